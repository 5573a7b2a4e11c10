package cases

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/pg"
)

// passing is what the passing of time writes into cases while nobody acts.
type passing struct {
	find   string // the query for the cases that it may have to write to
	args   []any
	write  func(*Work) bool // into the history; false when there is nothing to write
	keep   func(*pgx.Batch, *Work)
	detail func(*Work) map[string]string // for the trail; nil: none
}

// pass writes into each of the cases in a transaction of its own, and returns to how many it wrote.
func (s *Store) pass(ctx context.Context, p passing) (written int, err error) {
	rows, err := s.pool.Query(ctx, p.find, p.args...)
	if err != nil {
		return 0, pg.Fault("find cases that time has passed in", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return 0, pg.Fault("find cases that time has passed in", err)
	}
	for _, id := range ids {
		done, err := s.passIn(ctx, p, id)
		if err != nil {
			return written, err
		}
		if done {
			written++
		}
	}
	return written, nil
}

func (s *Store) passIn(ctx context.Context, p passing, id uuid.UUID) (written bool, err error) {
	all := access.System("terms")
	all.Rights = access.Rights{View: {All: true}}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		w, err := s.load(ctx, tx, all, id, true)
		if err != nil || !p.write(w) {
			return err
		}
		written = true
		batch := &pgx.Batch{}
		p.keep(batch, w)
		said := w.Events[len(w.Events)-w.added:]
		for _, e := range said {
			queueEvent(batch, e)
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return pg.Fault("write what time has brought", err)
		}
		entry := audit.Entry{
			Action: "cases.case." + string(said[0].Kind), ObjectType: "case", ObjectID: id.String(), CentreID: &w.Case.CentreID, AuthorityID: &w.Case.AuthorityID,
		}
		if p.detail != nil {
			entry.Detail = p.detail(w)
		}
		return audit.Record(ctx, tx, all.Audit(), entry)
	})
	return written, err
}
