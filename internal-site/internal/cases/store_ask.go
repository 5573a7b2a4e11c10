package cases

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Ask tells on a case that an authority is asked for something, in the transaction that makes the request, and returns the
// party that asks. The case stays locked until that transaction ends. It changes nothing else of the case, so it refuses no
// form that a colleague has open.
func (s *Store) Ask(ctx context.Context, tx pgx.Tx, actor access.Actor, id uuid.UUID, authority locale.Text) (access.Place, error) {
	w, err := s.load(ctx, tx, actor, id, true)
	if err != nil {
		return access.Place{}, err
	}
	party, err := w.Asks(actor)
	if err != nil {
		return access.Place{}, err
	}
	by := actor.Audit()
	by.Name = actor.Name
	return party, s.TellOfRequest(ctx, tx, by, id, EventAsked, authority)
}

// TellOfRequest tells on a case what happened to one of its requests. Whoever answers may have no sight of the case, so the
// caller has asked for the right.
func (s *Store) TellOfRequest(ctx context.Context, tx pgx.Tx, by audit.Actor, id uuid.UUID, kind EventKind, authority locale.Text) error {
	c := Case{ID: id}
	if err := tx.QueryRow(ctx, `select tracked from cases.cases where id = $1`, id).Scan(&c.Tracked); err != nil {
		return pg.Fault("tell of a request", err)
	}
	batch := &pgx.Batch{}
	queueEvent(batch, s.event(c, by, kind, saysOfRequest(kind, authority), true))
	return pg.Fault("tell of a request", tx.SendBatch(ctx, batch).Close())
}
