package access

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// maxTakenReason is how long the reason may be for which a factor is taken off somebody, in characters.
const maxTakenReason = 500

// takenShown is how long the owner of a factor that was taken off them reads of it.
const takenShown = 90 * 24 * time.Hour

// TakeFactor takes one second factor off somebody who has lost it, and ends their sessions: one of them may have begun with it. Their
// recovery codes and other factors go on. The last factor is not taken so, but by ResetFactors, which asks a second person where that
// would open more than the actor may see.
func (s *Store) TakeFactor(ctx context.Context, actor Actor, id, factor uuid.UUID, reason string) error {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return fault.InvalidFields(fault.FieldError{Field: "reason", Key: "access.taken_reason"})
	case utf8.RuneCountInString(reason) > maxTakenReason:
		return fault.InvalidFields(fault.FieldError{Field: "reason", Key: "form.too_long", Args: []any{maxTakenReason}})
	}
	return s.manage(ctx, actor, id, func(tx pgx.Tx, actor Actor, u User) error {
		n, err := lockedFactors(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		var name string
		if err := tx.QueryRow(ctx, `select name from access.factors where id = $1 and user_id = $2`, factor, u.ID).Scan(&name); err != nil {
			return pg.Fault("take factor", err)
		}
		if n == 1 {
			return fault.New(fault.Conflict, "access.taken_last")
		}
		return s.takeFactor(ctx, tx, actor, u.ID, factor, name, reason)
	})
}

func (s *Store) takeFactor(ctx context.Context, tx pgx.Tx, actor Actor, owner, factor uuid.UUID, name, reason string) error {
	batch := &pgx.Batch{}
	batch.Queue(`delete from access.factors where id = $1`, factor)
	batch.Queue(`insert into access.factors_taken (id, user_id, name, taken_at, taken_by, reason) values ($1, $2, $3, $4, $5, $6)`,
		factor, owner, name, s.now(), actor.Name, reason)
	batch.Queue(ends+`user_id = $2`, s.now(), owner)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return pg.Fault("take factor", err)
	}
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: "access.user.take_factor", ObjectType: "user", ObjectID: owner.String(), Reason: reason,
		Detail: map[string]string{"factor": factor.String(), "name": name},
	})
}

// TakenFactor is a second factor that somebody else took off its owner.
type TakenFactor struct {
	Name   string // as its owner called it
	At     time.Time
	By     string
	Reason string
}

// TakenFactors are those that were taken off the actor lately, the latest first.
func (s *Store) TakenFactors(ctx context.Context, actor Actor) ([]TakenFactor, error) {
	rows, _ := s.pool.Query(ctx, `select name, taken_at, taken_by, reason from access.factors_taken where user_id = $1 and taken_at > $2 order by taken_at desc`,
		actor.UserID, s.now().Add(-takenShown))
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[TakenFactor])
	return list, pg.Fault("factors taken off", err)
}
