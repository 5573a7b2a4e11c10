package notices

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

// Store is the worker's side of the outbox. It runs with the role notices.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewStore makes a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool, time.Now} }

// At returns a copy of the store whose clock is now.
func (s *Store) At(now func() time.Time) *Store { return &Store{s.pool, now} }

// claim takes the oldest notice that is due and puts it off by lease: when the process dies before the letter was handed
// over, nothing has left, and the notice is taken again.
func (s *Store) claim(ctx context.Context, lease time.Duration) (n Notice, found bool, err error) {
	now := s.now()
	err = s.pool.QueryRow(ctx, `
		update notices.outbox set attempts = attempts + 1, next_at = $2
		where event_id = (select event_id from notices.outbox where state = 'waiting' and next_at <= $1
		                  order by next_at, at limit 1 for update skip locked)
		returning event_id, coalesce(case_id, $3), coalesce(booking_id, $3), coalesce(thread_id, $3), coalesce(package_id, $3), about, kind, at, attempts`,
		now, now.Add(lease), uuid.Nil).
		Scan(&n.EventID, &n.CaseID, &n.BookingID, &n.ThreadID, &n.PackageID, &n.About, &n.Kind, &n.At, &n.Attempts)
	if errors.Is(err, pgx.ErrNoRows) {
		return n, false, nil
	}
	return n, err == nil, pg.Fault("claim notice", err)
}

// facts reads what the notice depends on, as it stands now.
func (s *Store) facts(ctx context.Context, n Notice) (f Facts, err error) {
	err = s.pool.QueryRow(ctx, `
		select c.number, c.state, c.outcome, c.channel = 'counter', c.tracked, s.name, s.name_en, ce.name, ce.name_en, ce.address, ce.address_en,
		       ce.phones, a.phone, a.email, coalesce(ch.channel, ''), coalesce(ch.language, 'uk'),
		       exists (select from cases.events e where e.id = $2 and e.kind = 'undone'),
		       exists (select from notices.outbox o where o.case_id = c.id and o.at > $3 and o.state <> 'dropped'
		               and not exists (select from cases.events e where e.id = o.event_id and e.kind = 'undone')
		               and ($4 in ('registered', 'decided') and o.kind in ('decided', 'decision_corrected', 'decision_withdrawn', 'result_ready') or o.kind = $4 and $4 <> 'message')),
		       (select max(at) from cases.events e where e.case_id = c.id and e.kind = 'issued'), c.stored_until,
		       not exists (select from modules.switches m where m.module = $5 and not m.enabled and (m.centre_id is null or m.centre_id = c.centre_id))
		from cases.cases c join catalogue.services s on s.id = c.service_id join org.centres ce on ce.id = c.centre_id
		join cases.applicants a on a.id = c.applicant_id left join notices.choices ch on ch.case_id = c.id
		where c.id = $1 and exists (select from notices.outbox where event_id = $2)`,
		n.CaseID, n.EventID, n.At, n.Kind, contract.ModuleNotices).Scan(
		&f.Number, &f.State, &f.Outcome, &f.Counter, &f.Tracked, &f.Service.UK, &f.Service.EN, &f.Centre.UK, &f.Centre.EN, &f.Address.UK, &f.Address.EN,
		&f.Phones, &f.Contact.Phone, &f.Contact.Email, &f.Contact.Choice, &f.Contact.Language, &f.Undone, &f.Newer, &f.IssuedAt, &f.Until, &f.On)
	return f, pg.Fault("facts of notice", err)
}

// sentSince counts the notices that left for an address.
func (s *Store) sentSince(ctx context.Context, to string, since time.Time) (n int, err error) {
	err = s.pool.QueryRow(ctx, `select (select count(*) from notices.outbox where person = $1 and sent_at >= $2)
		+ (select count(*) from notices.copies where person = $1 and sent_at >= $2)
		+ (select count(*) from notices.letters_gone where person = $1 and sent_at >= $2)`, personOf(to), since).Scan(&n)
	return n, pg.Fault("count notices of a person", err)
}

// putOff lets a notice wait until a moment, with the reason that staff see meanwhile.
func (s *Store) putOff(ctx context.Context, id uuid.UUID, until time.Time, reason, detail string) error {
	_, err := s.pool.Exec(ctx, `update notices.outbox set state = 'waiting', next_at = $2, reason = $3, detail = $4
		where event_id = $1 and state in ('waiting', 'sending')`, id, until, reason, detail)
	return pg.Fault("put notice off", err)
}

// handOver marks that a letter is about to leave; from here on only its answer or an interruption ends it. false means that
// another worker took the notice meanwhile, so that this one must not send.
func (s *Store) handOver(ctx context.Context, n Notice, channel ChannelName, lease time.Duration) (mine bool, err error) {
	tag, err := s.pool.Exec(ctx, `update notices.outbox set state = 'sending', channel = $2, next_at = $3
		where event_id = $1 and state = 'waiting' and attempts = $4`, n.EventID, channel, s.now().Add(lease), n.Attempts)
	return tag.RowsAffected() == 1, pg.Fault("hand notice over", err)
}

// end records that a notice failed, was dropped, or nobody knows.
func (s *Store) end(ctx context.Context, id uuid.UUID, state State, reason, detail string) error {
	_, err := s.pool.Exec(ctx, `update notices.outbox set state = $2, reason = $3, detail = $4
		where event_id = $1 and state in ('waiting', 'sending')`, id, state, reason, detail)
	return pg.Fault("end notice", err)
}

// endInterrupted ends what a worker had handed over when it died: it may have left, so it is not sent again, and staff
// see it among what did not arrive. It returns how many there were.
func (s *Store) endInterrupted(ctx context.Context) (int64, error) {
	tag, err := s.pool.Exec(ctx, `update notices.outbox set state = 'unknown', reason = $2 where state = 'sending' and next_at <= $1`,
		s.now(), ReasonInterrupted)
	return tag.RowsAffected(), pg.Fault("end interrupted notices", err)
}

// sent records that the server took a letter, and which receipts will speak of it.
func (s *Store) sent(ctx context.Context, n Notice, to string, r Receipt) error {
	err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `update notices.outbox set state = 'sent', reason = '', detail = '', sent_at = $2, person = $3, parts = $4
			where event_id = $1 and state in ('sending', 'unknown')`, n.EventID, s.now(), personOf(to), len(r.MessageIDs)); err != nil {
			return err
		}
		for _, id := range r.MessageIDs {
			if _, err := tx.Exec(ctx, `insert into notices.receipts as r (message_id, event_id) values ($1, $2)
				on conflict (message_id) do update set event_id = coalesce(r.event_id, excluded.event_id)`, id, n.EventID); err != nil {
				return err
			}
		}
		return s.settle(ctx, tx, n.EventID)
	})
	return pg.Fault("record sent notice", err)
}

// Arrived records a receipt of the SMS centre, which may come before the answer to the letter itself was recorded.
func (s *Store) Arrived(ctx context.Context, messageID string, delivered bool, detail string) error {
	status := "failed"
	if delivered {
		status = "delivered"
	}
	err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		var event *uuid.UUID
		err := tx.QueryRow(ctx, `insert into notices.receipts as r (message_id, status, detail, at) values ($1, $2, $3, $4)
			on conflict (message_id) do update set status = excluded.status, detail = excluded.detail, at = excluded.at returning event_id`,
			messageID, status, detail, s.now()).Scan(&event)
		if err != nil || event == nil {
			return err
		}
		return s.settle(ctx, tx, *event)
	})
	return pg.Fault("record receipt", err)
}

// settle draws from the receipts of its parts whether a notice was delivered: all parts have to be, and one that was not is enough.
func (s *Store) settle(ctx context.Context, tx pgx.Tx, event uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		update notices.outbox o set
			state = case when p.failed > 0 then 'failed' else 'delivered' end,
			delivered_at = case when p.failed > 0 then null else p.at end,
			reason = case when p.failed > 0 then $2 else '' end, detail = p.detail
		from (select count(*) filter (where status = 'delivered') as delivered, count(*) filter (where status = 'failed') as failed,
		             max(at) as at, coalesce(max(detail) filter (where status = 'failed'), '') as detail
		      from notices.receipts where event_id = $1) p
		where o.event_id = $1 and o.state = 'sent' and o.parts > 0 and (p.delivered >= o.parts or p.failed > 0)`, event, ReasonUnreachable)
	return err
}

// Length is how much there is to send.
type Length struct {
	Waiting     int
	Oldest      time.Duration // since the act that the oldest tells of; what waits for the next morning is left out
	Undelivered int           // of cases, that did not arrive, and nobody has told the applicant yet
}

// Measure counts what waits and what did not arrive.
func Measure(ctx context.Context, db pg.Queryer, now time.Time) (l Length, err error) {
	err = db.QueryRow(ctx, `
		select count(*) filter (where state in ('waiting', 'sending')),
		       coalesce(greatest(max($1 - at) filter (where state in ('waiting', 'sending') and reason <> $2), interval '0'), interval '0'),
		       count(*) filter (where state in ('failed', 'unknown'))
		from notices.outbox where state in ('waiting', 'sending') or state in ('failed', 'unknown') and told_at is null and case_id is not null`, now, ReasonDaily).Scan(&l.Waiting, &l.Oldest, &l.Undelivered)
	return l, pg.Fault("measure notices", err)
}
