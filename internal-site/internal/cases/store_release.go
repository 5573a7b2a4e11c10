package cases

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/pg"
)

const openOf = `assigned_to = $1 and state not in ('issued', 'closed')`

// OpenOf says how many open cases are assigned to somebody, whoever asks: it is a number for those who keep accounts, who
// see no cases.
func (s *Store) OpenOf(ctx context.Context, user uuid.UUID) (n int, err error) {
	err = s.pool.QueryRow(ctx, `select count(*) from cases.cases where `+openOf, user).Scan(&n)
	return n, pg.Fault("count cases of a user", err)
}

// Release takes the open cases off somebody who cannot work on them any more, so that their colleagues find them among
// those that are assigned to nobody, and returns how many there were. It is for whoever may block the account: of says
// where that belongs.
func (s *Store) Release(ctx context.Context, actor access.Actor, user uuid.UUID, of access.Object) (n int, err error) {
	if err := access.Require(actor, access.ManageUsers, of); err != nil {
		return 0, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `update cases.cases set assigned_to = null, version = version + 1 where `+openOf+`
			returning id, tracked, centre_id, authority_id`, user)
		if err != nil {
			return err
		}
		released, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Case, err error) {
			return c, row.Scan(&c.ID, &c.Tracked, &c.CentreID, &c.AuthorityID)
		})
		if err != nil {
			return err
		}
		n = len(released)
		return s.recordRelease(ctx, tx, actor, user, released)
	})
	return n, pg.Fault("release cases", err)
}

func (s *Store) recordRelease(ctx context.Context, tx pgx.Tx, actor access.Actor, user uuid.UUID, released []Case) error {
	batch := &pgx.Batch{}
	for _, c := range released {
		queueEvent(batch, s.event(c, actor.Audit(), EventNote, saysReleased, false))
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	for _, c := range released {
		if err := audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "cases.case.release", ObjectType: "case", ObjectID: c.ID.String(), CentreID: &c.CentreID, AuthorityID: &c.AuthorityID,
			Detail: map[string]string{"from": user.String()},
		}); err != nil {
			return err
		}
	}
	return nil
}
