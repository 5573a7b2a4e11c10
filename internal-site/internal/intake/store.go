package intake

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// claim takes the next message that is due and puts it off by lease, so that a process that dies over it meets it
// again only later, behind the others. The attempt counts as a failure until it turned out to be none.
func claim(ctx context.Context, db pg.Queryer, lease time.Duration) (id uuid.UUID, found bool, err error) {
	err = db.QueryRow(ctx, `
		update intake.messages set attempts = attempts + 1, failures = failures + 1, next_attempt_at = now() + $1
		where id = (select id from intake.messages where state = 'waiting' and next_attempt_at <= now()
		            order by next_attempt_at, submitted_at limit 1 for update skip locked)
		returning id`, lease).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, false, nil
	}
	return id, err == nil, pg.Fault("claim message", err)
}

// nextDue is when the next waiting message is due, far away when none waits.
func nextDue(ctx context.Context, db pg.Queryer, longest time.Duration) (time.Duration, error) {
	var wait time.Duration
	err := db.QueryRow(ctx, `
		select coalesce(min(greatest(next_attempt_at - now(), interval '0')), $1) from intake.messages where state = 'waiting'`,
		longest).Scan(&wait)
	return min(wait, longest), pg.Fault("next message", err)
}

// lock reads a message and keeps others away until the transaction ends. found is false when somebody else has it.
func lock(ctx context.Context, tx pgx.Tx, id uuid.UUID) (m Message, found bool, err error) {
	err = tx.QueryRow(ctx, `
		select id, kind, receipt_number, key_id, envelope, attachments, submitted_at, attempts, failures
		from intake.messages where id = $1 and state = 'waiting' for update skip locked`, id).Scan(
		&m.ID, &m.Kind, &m.ReceiptNumber, &m.KeyID, &m.Envelope, &m.Attachments, &m.SubmittedAt, &m.Attempts, &m.Failures)
	if errors.Is(err, pgx.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, pg.Fault("lock message", err)
}

// putOff lets a message wait. The failure counted by claim is taken back when it was not the message's own.
func putOff(ctx context.Context, db pg.Execer, id uuid.UUID, wait time.Duration, own bool, why string) error {
	_, err := db.Exec(ctx, `
		update intake.messages set next_attempt_at = now() + $2, failures = failures - $3, waiting_for = left($4, 500)
		where id = $1 and state = 'waiting'`, id, wait, taken(own), why)
	return pg.Fault("put message off", err)
}

func taken(own bool) int {
	if own {
		return 0
	}
	return 1
}

// finish writes what became of a message and what the citizen is told, in the caller's transaction.
func finish(ctx context.Context, tx pgx.Tx, m Message, a Answer, words locale.Text) error {
	_, err := tx.Exec(ctx, `
		update intake.messages set state = $2, finished_at = now(), waiting_for = '' where id = $1`, m.ID, a.Outcome)
	if err != nil {
		return pg.Fault("finish message", err)
	}
	return answer(ctx, tx, m.ID, m.ReceiptNumber, m.Kind, a, words)
}

// answer writes the citizen's answer. One that says that a case was registered is never overwritten by another.
func answer(ctx context.Context, tx pgx.Tx, id uuid.UUID, receipt, kind string, a Answer, words locale.Text) error {
	_, err := tx.Exec(ctx, `
		insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, case_id, case_number, code_hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (message_id) do update set outcome = excluded.outcome, reason = excluded.reason,
			reason_en = excluded.reason_en, case_id = excluded.case_id, case_number = excluded.case_number,
			kind = excluded.kind, code_hash = coalesce(excluded.code_hash, submission.answers.code_hash), answered_at = now()
		where submission.answers.outcome <> 'registered'`,
		id, receipt, kind, a.Outcome, words.UK, words.EN, a.CaseID, a.CaseNumber, a.CodeHash)
	return pg.Fault("write answer", err)
}

// enqueue puts a refused message into the queue of staff.
func enqueue(ctx context.Context, tx pgx.Tx, m Message, r *Refusal) error {
	_, err := tx.Exec(ctx, `
		insert into intake.refusals (source, message_id, receipt_number, kind, reason, detail, service_id, centre_id, submitted_at)
		values ('refused', $1, $2, $3, $4, left($5, 1000),
			(select id from catalogue.services where id = $6), (select id from org.centres where id = $7), $8)`,
		m.ID, m.ReceiptNumber, m.Kind, r.Reason, r.Detail, r.Known.ServiceID, r.Known.CentreID, m.SubmittedAt)
	return pg.Fault("queue refusal", err)
}

// registeredCase returns the case that a message became earlier, if it did.
func registeredCase(ctx context.Context, tx pgx.Tx, message uuid.UUID) (id uuid.UUID, number string, found bool, err error) {
	err = tx.QueryRow(ctx, `select id, number from cases.cases where message_id = $1`, message).Scan(&id, &number)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, "", false, nil
	}
	return id, number, err == nil, pg.Fault("case of message", err)
}

// loadForm reads a version of a service's form.
func loadForm(ctx context.Context, tx pgx.Tx, id, service uuid.UUID) (*forms.Form, error) {
	var raw []byte
	err := tx.QueryRow(ctx, `select schema from catalogue.forms where id = $1 and service_id = $2`, id, service).Scan(&raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "")
	}
	if err != nil {
		return nil, pg.Fault("load form", err)
	}
	return forms.Parse(raw)
}
