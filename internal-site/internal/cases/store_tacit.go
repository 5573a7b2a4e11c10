package cases

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// FlagTacit flags the cases in which silence counts as consent by now, for a person, and returns how many it flagged. Each is a
// transaction of its own.
func (s *Store) FlagTacit(ctx context.Context) (flagged int, err error) {
	rows, err := s.pool.Query(ctx, `select c.id from cases.cases c join catalogue.cards k on k.id = c.card_id
		where c.state in ('registered', 'in_progress') and c.due_on < $1 and c.tacit_at is null and k.content->'term'->>'tacit' = 'true' order by c.due_on, c.id`,
		workdays.DateOf(s.now()).AddDate(0, 0, -silence.Days))
	if err != nil {
		return 0, pg.Fault("find silence", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return 0, pg.Fault("find silence", err)
	}
	for _, id := range ids {
		done, err := s.flagTacit(ctx, id)
		if err != nil {
			return flagged, err
		}
		if done {
			flagged++
		}
	}
	return flagged, nil
}

func (s *Store) flagTacit(ctx context.Context, id uuid.UUID) (flagged bool, err error) {
	all := access.System("terms")
	all.Rights = access.Rights{View: {All: true}}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		w, err := s.load(ctx, tx, all, id, true)
		if err != nil || !w.flagTacit() {
			return err
		}
		flagged = true
		batch := &pgx.Batch{}
		batch.Queue(`update cases.cases set tacit_at = $2 where id = $1`, id, s.now())
		for _, e := range w.Events[len(w.Events)-w.added:] {
			queueEvent(batch, e)
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return pg.Fault("flag silence", err)
		}
		return audit.Record(ctx, tx, all.Audit(), audit.Entry{
			Action: "cases.case.tacit", ObjectType: "case", ObjectID: id.String(), CentreID: &w.Case.CentreID, AuthorityID: &w.Case.AuthorityID,
		})
	})
	return flagged, err
}
