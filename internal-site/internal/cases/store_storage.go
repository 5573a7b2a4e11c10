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

// storageSQL is for how many calendar days the region stores results.
const storageSQL = `coalesce((select storage_days from region.profile), 30)`

// FollowStorage reminds applicants of results whose storage term ends soon, marks those whose term is over as not collected, and returns
// how many cases it wrote to. Each is a transaction of its own.
func (s *Store) FollowStorage(ctx context.Context) (written int, err error) {
	var days int
	if err := s.pool.QueryRow(ctx, `select `+storageSQL).Scan(&days); err != nil || days <= 0 {
		return 0, pg.Fault("find storage term", err)
	}
	today := workdays.DateOf(s.now())
	rows, err := s.pool.Query(ctx, `select c.id from cases.cases c join cases.turns t on t.case_id = c.id and t.standing = 'issue'
		where c.state = 'decided' and c.uncollected_at is null and (c.stored_until < $1 or c.stored_until is null and c.decided_at < $2) order by c.decided_at, c.id`,
		today, today.AddDate(0, 0, leadOf(days)-days+1))
	if err != nil {
		return 0, pg.Fault("find stored results", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return 0, pg.Fault("find stored results", err)
	}
	for _, id := range ids {
		done, err := s.followStorage(ctx, id)
		if err != nil {
			return written, err
		}
		if done {
			written++
		}
	}
	return written, nil
}

func (s *Store) followStorage(ctx context.Context, id uuid.UUID) (written bool, err error) {
	all := access.System("terms")
	all.Rights = access.Rights{View: {All: true}}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		w, err := s.load(ctx, tx, all, id, true)
		if err != nil || !w.followStorage() {
			return err
		}
		written = true
		batch := &pgx.Batch{}
		batch.Queue(`update cases.cases set stored_until = $2, uncollected_at = $3 where id = $1`, id, w.Case.StoredUntil, w.Case.UncollectedAt)
		said := w.Events[len(w.Events)-w.added:]
		for _, e := range said {
			queueEvent(batch, e)
		}
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return pg.Fault("follow storage", err)
		}
		return audit.Record(ctx, tx, all.Audit(), audit.Entry{
			Action: "cases.case." + string(said[0].Kind), ObjectType: "case", ObjectID: id.String(), CentreID: &w.Case.CentreID, AuthorityID: &w.Case.AuthorityID,
			Detail: map[string]string{"stored_until": w.Case.StoredUntil.Format("2006-01-02")},
		})
	})
	return written, err
}
