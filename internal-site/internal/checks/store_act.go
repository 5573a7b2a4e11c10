package checks

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// Do carries out what a member of staff does with the package they saw at version. A package that changed since is a Conflict.
func (s *Store) Do(ctx context.Context, actor access.Actor, id uuid.UUID, version int, c Command) error {
	c = c.clean()
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		p, err := load(ctx, tx, actor, id, " for update of p")
		if err != nil {
			return err
		}
		if err := access.Require(actor, AnswerTo, p.Object()); err != nil {
			return err
		}
		switch {
		case p.Version != version:
			return fault.New(fault.Conflict, "checks.changed_already")
		case !p.May(c.Act):
			return fault.New(fault.Conflict, "checks.not_now")
		}
		if err := c.check(p); err != nil {
			return err
		}
		if err := s.apply(ctx, tx, actor, p, c); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "checks.package." + string(c.Act), ObjectType: "check", ObjectID: id.String(), CentreID: &p.CentreID,
			Detail: map[string]string{"number": p.Number},
		})
	})
}

// apply writes the package as it is after the command, what was said of each paper, and the answer, which leaves sealed.
func (s *Store) apply(ctx context.Context, tx pgx.Tx, actor access.Actor, p Package, c Command) error {
	now, kind := s.now(), KindAnswer
	if c.Act == DoClose {
		kind = KindClosing
	}
	after := p.after(c, now)
	_, err := tx.Exec(ctx, `
		update checks.packages set state = $2, answered_at = $3, closed_at = $4, files_until = $5, version = version + 1 where id = $1`,
		p.ID, after.State, after.AnsweredAt, after.ClosedAt, after.FilesUntil)
	if err != nil {
		return pg.Fault("change check", err)
	}
	if c.Act == DoAnswer {
		for _, paper := range p.Papers {
			j := c.Papers[paper.Position]
			if _, err := tx.Exec(ctx, `update checks.papers set verdict = $2, remark = $3 where id = $1`, paper.ID, j.Verdict, j.Remark); err != nil {
				return pg.Fault("judge paper", err)
			}
		}
	}
	raw, err := json.Marshal(c.answer(p))
	if err != nil {
		return fmt.Errorf("answer to check: %w", err)
	}
	sealed, err := seal.ForCode(p.recipient, raw)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	batch.Queue(`
		insert into checks.answers (id, package_id, at, kind, text, author_id, author, sealed) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		uuid.Must(uuid.NewV7()), p.ID, now, kind, c.Text, actor.UserID, actor.Name, sealed)
	outbox.QueueAnswer(batch, outbox.Answer{PackageID: p.ID, Closed: kind == KindClosing, At: now})
	return pg.Fault("write answer to check", tx.SendBatch(ctx, batch).Close())
}
