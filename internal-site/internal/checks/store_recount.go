package checks

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Recount counts the last days of the packages that wait for their answer over a calendar, and says how many move. With write set it
// moves them, and the trail says that the calendar did. Their versions stay, so nobody's act is refused because a day moved.
func (s *Store) Recount(ctx context.Context, tx pgx.Tx, over workdays.Calendar, write bool) (moved int, err error) {
	rows, err := tx.Query(ctx, `select id, centre_id, registered_at, due_on from checks.packages where state = 'open' order by id`)
	if err != nil {
		return 0, pg.Fault("recount checks", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Package, err error) {
		return p, row.Scan(&p.ID, &p.CentreID, &p.RegisteredAt, &p.DueOn)
	})
	if err != nil {
		return 0, pg.Fault("recount checks", err)
	}
	for _, p := range list {
		due := DueOn(over, p.RegisteredAt)
		if due.Equal(p.DueOn) {
			continue
		}
		moved++
		if !write {
			continue
		}
		if err := recount(ctx, tx, p.ID, due); err != nil {
			return moved, err
		}
		err := audit.Record(ctx, tx, access.System("calendar").Audit(), audit.Entry{
			Action: "checks.package.recount", ObjectType: "check", ObjectID: p.ID.String(), CentreID: &p.CentreID,
			Detail: map[string]string{"from": p.DueOn.Format(time.DateOnly), "to": due.Format(time.DateOnly)},
		})
		if err != nil {
			return moved, err
		}
	}
	return moved, nil
}

func recount(ctx context.Context, tx pgx.Tx, id uuid.UUID, due time.Time) error {
	_, err := tx.Exec(ctx, `update checks.packages set due_on = $2 where id = $1 and state = 'open'`, id, due)
	return pg.Fault("recount check", err)
}
