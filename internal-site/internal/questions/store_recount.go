package questions

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

// Recount counts the last days of the questions that wait for their answer over a calendar, and says how many move. With write set it
// moves them: the question says until when it was due before, and the trail that the calendar moved it. Its version stays, so nobody's
// act is refused because a day moved.
func (s *Store) Recount(ctx context.Context, tx pgx.Tx, over workdays.Calendar, write bool) (moved int, err error) {
	rows, err := tx.Query(ctx, `select id, centre_id, authority_id, registered_at, due_on from questions.threads where state = 'open' order by id`)
	if err != nil {
		return 0, pg.Fault("recount questions", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Thread, err error) {
		return t, row.Scan(&t.ID, &t.Addressee.CentreID, &t.Addressee.AuthorityID, &t.RegisteredAt, &t.DueOn)
	})
	if err != nil {
		return 0, pg.Fault("recount questions", err)
	}
	for _, t := range list {
		due := DueOn(over, t.RegisteredAt)
		if due.Equal(t.DueOn) {
			continue
		}
		moved++
		if !write {
			continue
		}
		if err := recount(ctx, tx, t.ID, due); err != nil {
			return moved, err
		}
		err := audit.Record(ctx, tx, access.System("calendar").Audit(), audit.Entry{
			Action: "questions.thread.recount", ObjectType: "question", ObjectID: t.ID.String(), CentreID: t.Addressee.CentreID, AuthorityID: t.Addressee.AuthorityID,
			Detail: map[string]string{"from": t.DueOn.Format(time.DateOnly), "to": due.Format(time.DateOnly)},
		})
		if err != nil {
			return moved, err
		}
	}
	return moved, nil
}

func recount(ctx context.Context, tx pgx.Tx, id uuid.UUID, due time.Time) error {
	_, err := tx.Exec(ctx, `update questions.threads set due_was = due_on, due_on = $2 where id = $1 and state = 'open'`, id, due)
	return pg.Fault("recount question", err)
}
