package cases

import (
	"context"

	"github.com/jackc/pgx/v5"

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
	return s.pass(ctx, passing{
		find: `select c.id from cases.cases c join cases.turns t on t.case_id = c.id and t.standing = 'issue'
			where c.state = 'decided' and c.uncollected_at is null and (c.stored_until < $1 or c.stored_until is null and c.decided_at < $2) order by c.decided_at, c.id`,
		args:  []any{today, today.AddDate(0, 0, leadOf(days)-days+1)},
		write: (*Work).followStorage,
		keep: func(batch *pgx.Batch, w *Work) {
			batch.Queue(`update cases.cases set stored_until = $2, uncollected_at = $3 where id = $1`, w.Case.ID, w.Case.StoredUntil, w.Case.UncollectedAt)
		},
		detail: func(w *Work) map[string]string {
			return map[string]string{"stored_until": w.Case.StoredUntil.Format("2006-01-02")}
		},
	})
}
