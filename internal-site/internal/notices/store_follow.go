package notices

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

const (
	unprovenLife = 3 * 24 * time.Hour   // of a follower whose address was not proven
	goneKept     = 48 * time.Hour       // letters of followers who are gone: limits count by the day
	followedLife = 365 * 24 * time.Hour // after the last event of the case
)

// claimCopy takes the oldest letter to a follower that is due, as claim does a notice.
func (s *Store) claimCopy(ctx context.Context, lease time.Duration) (c Copy, found bool, err error) {
	now := s.now()
	var event, of uuid.NullUUID
	var kind *string
	err = s.pool.QueryRow(ctx, `
		with taken as (
			update notices.copies set attempts = attempts + 1, next_at = $2
			where id = (select id from notices.copies where state = 'waiting' and next_at <= $1 order by next_at, id limit 1 for update skip locked)
			returning id, follower_id, event_id, proof, at, attempts)
		select t.id, t.follower_id, t.proof, t.at, t.attempts, f.address, f.language, f.quiet_from, f.quiet_to, f.proven_at is not null, f.stop,
		       t.event_id, o.case_id, o.kind,
		       t.event_id is null and exists (select from notices.copies d where d.follower_id = t.follower_id and d.event_id is null and d.id > t.id)
		from taken t join notices.followers f on f.id = t.follower_id left join notices.outbox o on o.event_id = t.event_id`, now, now.Add(lease)).
		Scan(&c.ID, &c.Follower, &c.Proof, &c.At, &c.Attempts, &c.To, &c.Language, &c.Quiet.From, &c.Quiet.To, &c.Proven, &c.Stop, &event, &of, &kind, &c.Outdated)
	if errors.Is(err, pgx.ErrNoRows) {
		return c, false, nil
	}
	if err == nil && kind != nil {
		c.Notice = Notice{EventID: event.UUID, CaseID: of.UUID, Kind: Kind(*kind), At: c.At, Attempts: c.Attempts}
	}
	return c, err == nil, pg.Fault("claim letter to follower", err)
}

// putOffCopy lets a letter wait until a moment.
func (s *Store) putOffCopy(ctx context.Context, id int64, until time.Time, reason, detail string) error {
	_, err := s.pool.Exec(ctx, `update notices.copies set state = 'waiting', next_at = $2, reason = $3, detail = $4
		where id = $1 and state in ('waiting', 'sending')`, id, until, reason, detail)
	return pg.Fault("put letter off", err)
}

// handOverCopy marks that a letter is about to leave; false when another worker took it.
func (s *Store) handOverCopy(ctx context.Context, c Copy, lease time.Duration) (mine bool, err error) {
	tag, err := s.pool.Exec(ctx, `update notices.copies set state = 'sending', next_at = $2 where id = $1 and state = 'waiting' and attempts = $3`,
		c.ID, s.now().Add(lease), c.Attempts)
	return tag.RowsAffected() == 1, pg.Fault("hand letter over", err)
}

// endCopy records what became of a letter; the proof that it carried is kept no longer.
func (s *Store) endCopy(ctx context.Context, c Copy, state State, reason, detail string) error {
	var sentAt *time.Time
	var person []byte
	if state == Sent {
		now := s.now()
		sentAt, person = &now, personOf(c.To)
	}
	_, err := s.pool.Exec(ctx, `update notices.copies set state = $2, reason = $3, detail = $4, sent_at = $5, person = $6, proof = ''
		where id = $1 and state in ('waiting', 'sending', 'unknown')`, c.ID, state, reason, detail, sentAt, person)
	return pg.Fault("end letter", err)
}

// tendFollowers ends what was interrupted, and forgets followers who never proved their address, and cases in which nothing happens any
// more.
func (s *Store) tendFollowers(ctx context.Context) error {
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{`update notices.copies set state = 'unknown', reason = $2, proof = '' where state = 'sending' and next_at <= $1`, []any{s.now(), ReasonInterrupted}},
		{`delete from notices.letters_gone where sent_at < $1`, []any{s.now().Add(-goneKept)}},
		{`delete from notices.followed d where not exists (select from cases.events e where e.case_id = d.case_id and e.at > $1)`, []any{s.now().Add(-followedLife)}},
		{`delete from notices.followers f where proven_at is null and set_at < $1 or not exists (select from notices.followed d where d.follower_id = f.id)
			and set_at < $1`, []any{s.now().Add(-unprovenLife)}},
	} {
		if _, err := s.pool.Exec(ctx, q.sql, q.args...); err != nil {
			return pg.Fault("tend followers", err)
		}
	}
	return nil
}
