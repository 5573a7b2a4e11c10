package intake

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Tx is the transaction in which one message is handled.
type Tx = pgx.Tx

// Store keeps messages on the internal node. It runs with the role intake.
type Store struct{ pool *pgxpool.Pool }

// NewStore makes a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

// inTx runs fn in a transaction that may rest long between two statements: attachments are scanned within it, as its
// row lock keeps other workers away.
func (s *Store) inTx(ctx context.Context, fn func(tx Tx) error) error {
	return pg.InTx(ctx, s.pool, func(tx Tx) error {
		if _, err := tx.Exec(ctx, "set local idle_in_transaction_session_timeout = '300s'"); err != nil {
			return pg.Fault("begin", err)
		}
		return fn(tx)
	})
}

// savepoint runs fn so that what it wrote can be undone without giving up the transaction.
func savepoint(ctx context.Context, tx Tx, fn func(sp Tx) error) error {
	return pgx.BeginFunc(ctx, tx, fn)
}

// listen calls wake at once and whenever a message arrives, until the connection or ctx ends.
func (s *Store) listen(ctx context.Context, wake func()) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return pg.Fault("listen", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "listen intake_message"); err != nil {
		return pg.Fault("listen", err)
	}
	for {
		wake() // the first time for whatever arrived before we listened
		if _, err := conn.Conn().WaitForNotification(ctx); err != nil {
			return pg.Fault("listen", err)
		}
	}
}

// claim takes the next message that is due and puts it off by lease, so that a process that dies over it meets it
// again only later, behind the others. The attempt counts as a failure until it turned out to be none.
func (s *Store) claim(ctx context.Context, lease time.Duration) (id uuid.UUID, found bool, err error) {
	err = s.pool.QueryRow(ctx, `
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
func (s *Store) nextDue(ctx context.Context, longest time.Duration) (time.Duration, error) {
	var wait time.Duration
	err := s.pool.QueryRow(ctx, `
		select coalesce(min(greatest(next_attempt_at - now(), interval '0')), $1) from intake.messages where state = 'waiting'`,
		longest).Scan(&wait)
	return min(wait, longest), pg.Fault("next message", err)
}

// lock reads a message and keeps others away until the transaction ends. found is false when somebody else has it.
func lock(ctx context.Context, tx Tx, id uuid.UUID) (m Message, found bool, err error) {
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
func (s *Store) putOff(ctx context.Context, id uuid.UUID, wait time.Duration, own bool, why string) error {
	_, err := s.pool.Exec(ctx, `
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
func finish(ctx context.Context, tx Tx, m Message, a Answer, words locale.Text) error {
	_, err := tx.Exec(ctx, `
		update intake.messages set state = $2, finished_at = now(), waiting_for = '' where id = $1`, m.ID, a.Outcome)
	if err != nil {
		return pg.Fault("finish message", err)
	}
	return answer(ctx, tx, m.ID, m.ReceiptNumber, m.Kind, a, words)
}

// answer writes the citizen's answer. One that says that a case was registered is never overwritten by another.
func answer(ctx context.Context, tx Tx, id uuid.UUID, receipt, kind string, a Answer, words locale.Text) error {
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
func enqueue(ctx context.Context, tx Tx, m Message, r *Refusal) error {
	_, err := tx.Exec(ctx, `
		insert into intake.refusals (source, message_id, receipt_number, kind, reason, detail, service_id, centre_id, submitted_at)
		values ('refused', $1, $2, $3, $4, left($5, 1000),
			(select id from catalogue.services where id = $6), (select id from org.centres where id = $7), $8)`,
		m.ID, m.ReceiptNumber, m.Kind, r.Reason, r.Detail, r.Known.ServiceID, r.Known.CentreID, m.SubmittedAt)
	return pg.Fault("queue refusal", err)
}

// registeredCase returns the case that a message became earlier, if it did.
func registeredCase(ctx context.Context, tx Tx, message uuid.UUID) (id uuid.UUID, number string, found bool, err error) {
	err = tx.QueryRow(ctx, `select id, number from cases.cases where message_id = $1`, message).Scan(&id, &number)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, "", false, nil
	}
	return id, number, err == nil, pg.Fault("case of message", err)
}

// loadForm reads a version of a service's form.
func loadForm(ctx context.Context, tx Tx, id, service uuid.UUID) (*forms.Form, error) {
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
