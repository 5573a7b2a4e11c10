package questions

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

// threadOfMessage returns the thread that a message became earlier, if it did.
func threadOfMessage(ctx context.Context, tx pgx.Tx, message uuid.UUID) (id uuid.UUID, number string, found bool, err error) {
	err = tx.QueryRow(ctx, `select id, number from questions.threads where message_id = $1`, message).Scan(&id, &number)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, "", false, nil
	}
	return id, number, err == nil, pg.Fault("question of message", err)
}

// checkAddressee refuses a question to somebody, or about something, that the public site cannot have offered.
func checkAddressee(ctx context.Context, tx pgx.Tx, q *contract.Question) error {
	var centre, authority, service bool
	err := tx.QueryRow(ctx, `
		select $1::uuid is null or exists (select from org.centres where id = $1 and published),
		       $2::uuid is null or exists (select from org.authorities where id = $2 and published),
		       $3::uuid is null or exists (select from catalogue.services where id = $3)`,
		q.CentreID, q.AuthorityID, q.ServiceID).Scan(&centre, &authority, &service)
	if err != nil {
		return pg.Fault("addressee of question", err)
	}
	return intake.Offered(map[string]bool{"centre_id": centre, "authority_id": authority, "service_id": service})
}

// register makes a thread out of a question: its number without gaps, its deadline, and what was asked.
func register(ctx context.Context, tx pgx.Tx, q *contract.Question, o intake.Opened, now time.Time) (Thread, error) {
	if err := org.HoldCalendar(ctx, tx); err != nil {
		return Thread{}, err
	}
	cal, err := org.Calendar(ctx, tx)
	if err != nil {
		return Thread{}, err
	}
	t := Thread{ID: uuid.Must(uuid.NewV7()), RegisteredAt: now, DueOn: DueOn(cal, now)}
	var n int
	err = tx.QueryRow(ctx, `
		insert into questions.counters (year, last) values ($1, 1)
		on conflict (year) do update set last = questions.counters.last + 1 returning last`, yearOf(now)).Scan(&n)
	if err != nil {
		return Thread{}, pg.Fault("number question", err)
	}
	t.Number = Number(yearOf(now), n)
	_, err = tx.Exec(ctx, `
		insert into questions.threads (id, number, message_id, receipt_number, centre_id, authority_id, official, service_id, topic, name, email, phone,
			language, asked_at, registered_at, due_on, recipient)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		t.ID, t.Number, o.ID, o.ReceiptNumber, q.CentreID, q.AuthorityID, q.Official, q.ServiceID, q.Topic, q.Name, q.Email, q.Phone,
		q.Language, o.FiledAt, t.RegisteredAt, t.DueOn, q.Recipient)
	if err != nil {
		return Thread{}, pg.Fault("insert question", err)
	}
	_, err = tx.Exec(ctx, `insert into questions.messages (id, thread_id, at, kind, text) values ($1, $2, $3, $4, $5)`,
		uuid.Must(uuid.NewV7()), t.ID, o.FiledAt, Question, q.Text)
	return t, pg.Fault("insert question", err)
}

// attach writes the row of a file that is in the object store already.
func attach(ctx context.Context, tx pgx.Tx, thread uuid.UUID, f intake.File) error {
	file := f.Row()
	if err := documents.Insert(ctx, tx, file); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into questions.attachments (thread_id, file_id) values ($1, $2)`, thread, file.ID)
	return pg.Fault("attach file", err)
}
