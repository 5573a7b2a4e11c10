package requests

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Recount counts the last days of the requests that wait for their answer over a calendar, and says how many move. With write set it
// moves them: the request says until when it was due before, and the trail that the calendar moved it. Its version stays, so nobody's
// act is refused because a day moved.
func (s *Store) Recount(ctx context.Context, tx pgx.Tx, over workdays.Calendar, write bool) (moved int, err error) {
	rows, err := tx.Query(ctx, `select id, case_id, asker, asker_kind, authority_id, asked_at, days, days_in, due_on
		from requests.requests where state = 'asked' order by id`)
	if err != nil {
		return 0, pg.Fault("recount requests", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Request, err error) {
		return r, row.Scan(&r.ID, &r.CaseID, &r.Asker.ID, &r.Asker.Kind, &r.Authority, &r.AskedAt, &r.Days, &r.DaysIn, &r.DueOn)
	})
	if err != nil {
		return 0, pg.Fault("recount requests", err)
	}
	for _, r := range list {
		due := over.Deadline(r.AskedAt, r.Span(), r.AskedAt).Due
		if due.Equal(r.DueOn) {
			continue
		}
		moved++
		if !write {
			continue
		}
		if err := recount(ctx, tx, r, due.Format(time.DateOnly)); err != nil {
			return moved, err
		}
	}
	return moved, nil
}

// recount moves the last day of a request that still waits.
func recount(ctx context.Context, tx pgx.Tx, r Request, due string) error {
	tag, err := tx.Exec(ctx, `update requests.requests set due_was = due_on, due_on = $2::date where id = $1 and state = 'asked'`, r.ID, due)
	if err != nil || tag.RowsAffected() == 0 {
		return pg.Fault("recount request", err)
	}
	e := audit.Entry{
		Action: "requests.request.recount", ObjectType: "request", ObjectID: r.ID.String(), AuthorityID: &r.Authority,
		Detail: map[string]string{"case": r.CaseID.String(), "from": r.DueOn.Format(time.DateOnly), "to": due},
	}
	if r.Asker.Kind == access.Centre {
		e.CentreID = &r.Asker.ID
	}
	return audit.Record(ctx, tx, access.System("calendar").Audit(), e)
}
