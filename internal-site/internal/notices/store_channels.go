package notices

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// ChannelNames lists the channels in the order pages show them.
var ChannelNames = []ChannelName{Email, SMS}

// ChannelState is how a channel does, as the worker said last.
type ChannelState struct {
	Name       ChannelName
	Configured bool
	SeenAt     *time.Time // the worker said so; nil: no worker has run
	Since      *time.Time // it has worked without a failure
	SentAt     *time.Time
	FailedAt   *time.Time
	Error      string
}

// silence is how long the worker may say nothing before it counts as away.
const silence = 5 * time.Minute

// Away says whether no worker has been heard of for a while.
func (c ChannelState) Away(now time.Time) bool {
	return c.SeenAt == nil || now.Sub(*c.SeenAt) > silence
}

// Post is how the channels do, and what waits for them.
type Post struct {
	Channels []ChannelState
	Length
	Letters int // to staff, today
	Failed  int // of which the server refused
}

// Post says how the channels do.
func (d *Desk) Post(ctx context.Context, actor access.Actor) (p Post, err error) {
	if err := access.Require(actor, SeeChannels, access.Object{}); err != nil {
		return p, err
	}
	rows, _ := d.pool.Query(ctx, `select n.name, coalesce(c.configured, false), c.seen_at, c.since, c.sent_at, c.failed_at, coalesce(c.error, '')
		from unnest($1::text[]) with ordinality n (name, position) left join notices.channels c on c.channel = n.name order by n.position`, ChannelNames)
	if p.Channels, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ChannelState]); err != nil {
		return p, pg.Fault("state of channels", err)
	}
	if p.Length, err = Measure(ctx, d.pool, d.now()); err != nil {
		return p, err
	}
	err = d.pool.QueryRow(ctx, `select count(*) filter (where state in ('sent', 'sending')), count(*) filter (where state = 'failed') from notices.digests where day = $1`,
		workdays.DateOf(d.now())).Scan(&p.Letters, &p.Failed)
	return p, pg.Fault("state of channels", err)
}

// Subscribed says whether the actor gets the letter of the morning, and whether their account has an address for it.
func (d *Desk) Subscribed(ctx context.Context, actor access.Actor) (yes, address bool, err error) {
	err = d.pool.QueryRow(ctx, `select exists (select from notices.subscribers where user_id = $1),
		exists (select from access.users where id = $1 and email <> '')`, actor.UserID).Scan(&yes, &address)
	return yes, address, pg.Fault("letters to staff", err)
}

// Subscribe lets the actor have the letter of the morning, or not.
func (d *Desk) Subscribe(ctx context.Context, actor access.Actor, yes bool) error {
	sql := `delete from notices.subscribers where user_id = $1`
	if yes {
		sql = `insert into notices.subscribers (user_id) values ($1) on conflict do nothing`
	}
	_, err := d.pool.Exec(ctx, sql, actor.UserID)
	return pg.Fault("letters to staff", err)
}

// channelsSeen records that the worker runs, and which channels it has.
func (s *Store) channelsSeen(ctx context.Context, has map[ChannelName]bool) error {
	for _, name := range ChannelNames {
		_, err := s.pool.Exec(ctx, `insert into notices.channels (channel, configured, seen_at) values ($1, $2, $3)
			on conflict (channel) do update set configured = excluded.configured, seen_at = excluded.seen_at`, name, has[name], s.now())
		if err != nil {
			return pg.Fault("record channels", err)
		}
	}
	return nil
}

// channelWorked records that a server took a letter.
func (s *Store) channelWorked(ctx context.Context, name ChannelName) error {
	_, err := s.pool.Exec(ctx, `insert into notices.channels (channel, configured, seen_at, since, sent_at) values ($1, true, $2, $2, $2)
		on conflict (channel) do update set since = coalesce(notices.channels.since, excluded.since), sent_at = excluded.sent_at`, name, s.now())
	return pg.Fault("record channel", err)
}

// channelFailed records that a server did not take a letter. A letter that it refuses for good is the letter's fault.
func (s *Store) channelFailed(ctx context.Context, name ChannelName, f *Failure) error {
	if f.Fate == Never {
		return nil
	}
	_, err := s.pool.Exec(ctx, `insert into notices.channels (channel, configured, seen_at, failed_at, error) values ($1, true, $2, $2, $3)
		on conflict (channel) do update set since = null, failed_at = excluded.failed_at, error = excluded.error`, name, s.now(), Said(f.Detail))
	return pg.Fault("record channel", err)
}
