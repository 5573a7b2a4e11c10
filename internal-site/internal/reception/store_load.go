package reception

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

const (
	calledLately = time.Hour // whose waiting says how long it takes now
	fewCalled    = 3         // of whom at least that many were called
	usualWeeks   = 8         // of which an hour is what it usually is
	fewCame      = 10        // in that hour of all those weeks; fewer say nothing
)

// writeLoad writes what everybody may know of the queue of a date (midnight UTC), as it is in tx. An act that changes none of it writes
// nothing. When somebody was called, the time they spent on the way and at the window says.
func writeLoad(ctx context.Context, tx pgx.Tx, centre uuid.UUID, date, now time.Time) error {
	_, err := tx.Exec(ctx, `
		insert into reception.loads as l (centre_id, day, waiting, windows, longest, half_wait, closed, closed_word, closed_word_en, at)
		select d.centre_id, d.day, w.waiting, (select count(*) from reception.seats s where s.centre_id = d.centre_id and s.day = d.day), w.longest,
		       case when w.called >= @few then round(extract(epoch from w.half) / 60) end, d.closed_at is not null, d.closed_word, d.closed_word_en, @now
		from reception.days d cross join lateral (
			select count(*) filter (where t.state = 'waiting') as waiting,
			       date_trunc('minute', min(t.since - t.waiting) filter (where t.state = 'waiting' and t.booked_for is null)) as longest,
			       count(*) filter (where t.lately) as called, percentile_disc(0.5) within group (order by t.waiting) filter (where t.lately) as half
			from (select *, calls > 0 and state <> 'waiting' and booked_for is null and since - walking - serving > @after as lately
			      from reception.tickets where centre_id = @centre and day = @day) t) w
		where d.centre_id = @centre and d.day = @day
		on conflict (centre_id) do update set day = excluded.day, waiting = excluded.waiting, windows = excluded.windows, longest = excluded.longest,
			half_wait = excluded.half_wait, closed = excluded.closed, closed_word = excluded.closed_word, closed_word_en = excluded.closed_word_en, at = excluded.at
		where (l.day, l.waiting, l.windows, l.longest, l.half_wait, l.closed, l.closed_word, l.closed_word_en) is distinct from
			(excluded.day, excluded.waiting, excluded.windows, excluded.longest, excluded.half_wait, excluded.closed, excluded.closed_word, excluded.closed_word_en)`,
		pgx.NamedArgs{"centre": centre, "day": date, "now": now, "after": now.Add(-calledLately), "few": fewCalled})
	return pg.Fault("write load", err)
}

// usualHour is how it usually is in an hour of a weekday, as reception.usual has it.
type usualHour struct{ Weekday, Hour, People, HalfWait int }

// learn reads from the weeks before today when the hall is quiet. Whoever left without being called is not in it: how long they would have
// waited is not known. Many rows are read, so nobody waits for it: it takes no lock.
func (s *Store) learn(ctx context.Context, centre uuid.UUID) ([]usualHour, error) {
	today := s.today()
	rows, err := s.pool.Query(ctx, `
		with open as (
			select extract(isodow from day)::int as weekday, count(*) as days from reception.days where centre_id = @centre and day >= @first and day < @today group by 1)
		select o.weekday, extract(hour from t.issued_at at time zone 'Europe/Kyiv')::int as hour, greatest(1, round(count(*)::numeric / max(o.days)))::int as people,
		       round(extract(epoch from percentile_disc(0.5) within group (order by t.waiting)) / 60)::int as half_wait
		from reception.tickets t join open o on o.weekday = extract(isodow from t.day)
		where t.centre_id = @centre and t.day >= @first and t.day < @today and t.booked_for is null and t.calls > 0
		group by 1, 2 having count(*) >= @few`,
		pgx.NamedArgs{"centre": centre, "today": today, "first": today.AddDate(0, 0, -7*usualWeeks), "few": fewCame})
	if err != nil {
		return nil, pg.Fault("learn usual load", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[usualHour])
	return list, pg.Fault("learn usual load", err)
}

// writeUsual makes the rows of a hall those of the list. Rows that stay right are not touched. The caller holds the times of the centre.
func writeUsual(ctx context.Context, tx pgx.Tx, centre uuid.UUID, list []usualHour) error {
	weekdays, hours, people, waits := make([]int, len(list)), make([]int, len(list)), make([]int, len(list)), make([]int, len(list))
	for i, u := range list {
		weekdays[i], hours[i], people[i], waits[i] = u.Weekday, u.Hour, u.People, u.HalfWait
	}
	batch := &pgx.Batch{}
	batch.Queue(`
		delete from reception.usual u where u.centre_id = $1 and not exists (
			select from unnest($2::int[], $3::int[]) l (weekday, hour) where (l.weekday, l.hour) = (u.weekday, u.hour))`, centre, weekdays, hours)
	batch.Queue(`
		insert into reception.usual as u (centre_id, weekday, hour, people, half_wait)
		select $1, l.weekday, l.hour, l.people, l.half_wait from unnest($2::int[], $3::int[], $4::int[], $5::int[]) l (weekday, hour, people, half_wait)
		on conflict (centre_id, weekday, hour) do update set people = excluded.people, half_wait = excluded.half_wait
		where (u.people, u.half_wait) is distinct from (excluded.people, excluded.half_wait)`, centre, weekdays, hours, people, waits)
	return pg.Fault("write usual load", tx.SendBatch(ctx, batch).Close())
}

// groupPace is how long people of a group took, in seconds, at even shares of them, as reception.paces has it.
type groupPace struct {
	Group   uuid.UUID
	Seconds []int
}

// learnPaces reads from the weeks before today how long people took at the windows. It takes no lock either. What took no time at all was
// pressed away and served nobody.
func (s *Store) learnPaces(ctx context.Context, centre uuid.UUID) ([]groupPace, error) {
	today := s.today()
	rows, err := s.pool.Query(ctx, `
		select t.group_id, array(select round(extract(epoch from q))::int from unnest(percentile_disc(
			array[0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975]) within group (order by t.walking + t.serving)) q)
		from reception.tickets t
		where t.centre_id = @centre and t.day >= @first and t.day < @today and t.state = 'done' and t.serving > '0' and t.further_groups = '{}' and t.earlier = 0
		group by 1 having count(*) >= @few`,
		pgx.NamedArgs{"centre": centre, "today": today, "first": today.AddDate(0, 0, -7*usualWeeks), "few": fewCame})
	if err != nil {
		return nil, pg.Fault("learn paces", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[groupPace])
	return list, pg.Fault("learn paces", err)
}

// writePaces makes the rows of a hall those of the list. The caller holds the times of the centre.
func writePaces(ctx context.Context, tx pgx.Tx, centre uuid.UUID, list []groupPace) error {
	batch := &pgx.Batch{}
	batch.Queue(`delete from reception.paces p using reception.groups g where g.id = p.group_id and g.centre_id = $1`, centre)
	for _, each := range list {
		batch.Queue(`insert into reception.paces (group_id, seconds) values ($1, $2)`, each.Group, each.Seconds)
	}
	return pg.Fault("write paces", tx.SendBatch(ctx, batch).Close())
}
