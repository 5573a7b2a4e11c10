package counter

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/kept"
	"portal.example/shared/pg"
)

// KeptKinds are visits that nobody has ended. The visitor is long gone: what was taken down ends as if they had left, and the copies of
// their papers go. shelf is the bucket documents; nil where nothing is removed.
func KeptKinds(shelf kept.Shelf) []kept.Kind {
	return []kept.Kind{{Name: "open_visits", Least: 7, Most: 365, Owner: kept.Site, Data: openVisits{shelf}}}
}

type openVisits struct{ shelf kept.Shelf }

func openVisitsDue(order kept.Order) string {
	return `select v.id, v.saved_at as at,
		pg_column_size(v.*) + coalesce((select sum(s.size) from counter.scans s where s.visit_id = v.id), 0)::bigint as bytes
	from counter.visits v where v.state = 'open' and v.saved_at < $1 order by v.saved_at` + string(order) + ` limit $2`
}

// Look implements kept.Data.
func (o openVisits) Look(ctx context.Context, db pg.Queryer, before time.Time, most int) (kept.Found, error) {
	return kept.Measure(ctx, db, openVisitsDue, before, most)
}

// visitsAtOnce bounds one batch: objects are removed while its transaction is open.
const visitsAtOnce = 20

// Remove implements kept.Data. A visit that a clerk is saving at the moment is not waited for; the next round sees how old it is then.
func (o openVisits) Remove(ctx context.Context, tx pgx.Tx, before time.Time, most int) (gone kept.Gone, err error) {
	rows, _ := tx.Query(ctx, openVisitsDue(kept.OldestFirst)+` for update of v skip locked`, before, min(most, visitsAtOnce))
	type visit struct {
		ID    uuid.UUID
		At    time.Time
		Bytes int64
	}
	due, err := pgx.CollectRows(rows, pgx.RowToStructByPos[visit])
	if err != nil {
		return gone, pg.Fault("visits that nobody has ended", err)
	}
	for _, v := range due {
		if err := o.forget(ctx, tx, v.ID); err != nil {
			return gone, err
		}
		gone.Rows++
		gone.Bytes += v.Bytes
	}
	return gone, nil
}

func (o openVisits) forget(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	scans, err := dropScans(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, scan := range scans {
		if err := o.shelf.Remove(ctx, scan.ObjectKey); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `update counter.visits set state = 'left', content = '{}', ended_at = now(), version = version + 1 where id = $1`, id)
	return pg.Fault("forget visit", err)
}
