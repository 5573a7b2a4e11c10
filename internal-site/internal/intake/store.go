package intake

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

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

// claim takes, in the order of arrival here, the next message that is due and puts it off by lease, so that a process that dies over it meets it
// again only later, behind the others. The attempt counts as a failure until it turned out to be none.
func (s *Store) claim(ctx context.Context, lease time.Duration) (id uuid.UUID, found bool, err error) {
	err = s.pool.QueryRow(ctx, `
		update intake.messages set attempts = attempts + 1, failures = failures + 1, next_attempt_at = now() + $1
		where id = (select id from intake.messages where state = 'waiting' and next_attempt_at <= now()
		            order by next_attempt_at, received_at, id limit 1 for update skip locked)
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

// lock reads a message and keeps others away until the transaction ends. found is false when somebody else has handled
// it. It waits for whoever holds the row: that is either another worker that handles it, or one that looked for work and
// met the row while we claimed it, and lets go at once. To skip a locked row here left such a message to rest for a lease.
func lock(ctx context.Context, tx Tx, id uuid.UUID) (m Message, found bool, err error) {
	err = tx.QueryRow(ctx, `
		select id, coalesce(sealed_id, id), kind, receipt_number, key_id, envelope, attachments, submitted_at, received_at, released,
		       attempts, failures
		from intake.messages where id = $1 and state = 'waiting' for update`, id).Scan(
		&m.ID, &m.SealedID, &m.Kind, &m.ReceiptNumber, &m.KeyID, &m.Envelope, &m.Attachments, &m.SubmittedAt, &m.ReceivedAt, &m.Released,
		&m.Attempts, &m.Failures)
	if errors.Is(err, pgx.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, pg.Fault("lock message", err)
}

// hopeless says whether the database refused what a message holds, as it will again however often it is tried.
func hopeless(err error) bool {
	code := pg.Code(err)
	return strings.HasPrefix(code, "22") || code == pg.CodeCheckViolation
}

// placeOf is the place of a submission if there is such a centre or authority, or the zero id: a place that somebody
// made up has no allowance of its own.
func placeOf(ctx context.Context, tx Tx, known Known) (place uuid.UUID, err error) {
	err = tx.QueryRow(ctx, `
		select coalesce((select id from org.centres where id = $1), (select id from org.authorities where id = $1), $2)`,
		known.place(), uuid.Nil).Scan(&place)
	return place, pg.Fault("place of submission", err)
}

// arrivedThisHour counts the messages of a kind for a place that were handled in this hour.
func arrivedThisHour(ctx context.Context, tx Tx, kind string, place uuid.UUID) (n int, err error) {
	err = tx.QueryRow(ctx, `
		select coalesce(sum(messages), 0) from intake.inflow
		where kind = $1 and place = $2 and hour = date_trunc('hour', now())`, kind, place).Scan(&n)
	return n, pg.Fault("count arrivals", err)
}

// countArrival counts a message, and forgets hours that nobody asks about any more.
func countArrival(ctx context.Context, tx Tx, kind string, place uuid.UUID) error {
	var n int
	err := tx.QueryRow(ctx, `
		insert into intake.inflow as i (kind, place, hour, messages) values ($1, $2, date_trunc('hour', now()), 1)
		on conflict (kind, place, hour) do update set messages = i.messages + 1
		returning messages`, kind, place).Scan(&n)
	if err == nil && n == 1 {
		_, err = tx.Exec(ctx, `delete from intake.inflow where hour < now() - interval '7 days'`)
	}
	return pg.Fault("count arrival", err)
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
func finish(ctx context.Context, tx Tx, m Message, a Answer, words said) error {
	_, err := tx.Exec(ctx, `
		update intake.messages set state = $2, finished_at = now(), waiting_for = '' where id = $1`, m.ID, a.Outcome)
	if err != nil {
		return pg.Fault("finish message", err)
	}
	return answer(ctx, tx, m.ID, m.ReceiptNumber, m.Kind, a, words)
}

// answer writes the citizen's answer, by the message's id: anybody may write the receipt number of somebody else into a
// message. An answer that says that something was registered is never overwritten by another.
func answer(ctx context.Context, tx Tx, id uuid.UUID, receipt, kind string, a Answer, words said) error {
	_, err := tx.Exec(ctx, `
		insert into submission.answers (message_id, receipt_number, kind, outcome, reason, reason_en, subject, subject_id, subject_number,
			case_id, case_number, code_hash, sealed)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $7 = $11 then $8::uuid end, case when $7 = $11 then $9 else '' end, $10, $12)
		on conflict (message_id) do update set outcome = excluded.outcome, reason = excluded.reason,
			reason_en = excluded.reason_en, sealed = excluded.sealed, subject = excluded.subject, subject_id = excluded.subject_id,
			subject_number = excluded.subject_number, case_id = excluded.case_id, case_number = excluded.case_number,
			kind = excluded.kind, code_hash = coalesce(excluded.code_hash, submission.answers.code_hash), answered_at = now()
		where submission.answers.outcome <> 'registered'`,
		id, receipt, kind, a.Outcome, words.own.UK, words.own.EN, a.Subject, pg.NullUUID(a.SubjectID), a.SubjectNumber, a.CodeHash, SubjectCase, words.sealed)
	return pg.Fault("write answer", err)
}

// enqueue puts a refused message into the queue of staff.
func enqueue(ctx context.Context, tx Tx, m Message, r *Refusal) error {
	_, err := tx.Exec(ctx, `
		insert into intake.refusals (source, message_id, receipt_number, kind, reason, detail, service_id, centre_id, authority_id,
			applicant, phone, email, submitted_at, recipient, record)
		values ('refused', $1, $2, $3, $4, left($5, 1000),
			(select id from catalogue.services where id = $6), (select id from org.centres where id = $7),
			(select id from org.authorities where id = $8), left($9, 500), left($10, 40), left($11, 254), $12, $13, $14)`,
		m.ID, m.ReceiptNumber, m.Kind, r.Reason, r.Detail, r.known.ServiceID, r.known.CentreID, r.known.AuthorityID,
		r.known.Sender.Name, r.known.Sender.Phone, r.known.Sender.Email, filedAt(m.SubmittedAt, m.ReceivedAt), r.known.Recipient, r.known.Record)
	return pg.Fault("queue refusal", err)
}
