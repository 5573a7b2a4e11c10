package reception

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// holdTimes makes whoever books, gives back or offers times of a centre wait for one another until their transactions end.
func holdTimes(ctx context.Context, tx pgx.Tx, centre uuid.UUID) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('reception.slots/' || $1::text, 0))`, centre)
	return pg.Fault("hold times", err)
}

// opening reads when the centre is open. A centre that people do not see is never open.
func opening(ctx context.Context, tx pgx.Tx, centre uuid.UUID) (o Opening, err error) {
	var published bool
	if err := tx.QueryRow(ctx, `select schedule, published from org.centres where id = $1`, centre).Scan(&o.Schedule, &published); err != nil {
		return o, pg.Fault("read hours of hall", err)
	}
	days, err := org.SpecialDays(ctx, tx)
	if err != nil {
		return o, err
	}
	o.Off, o.Works = map[time.Time]bool{}, map[time.Time]bool{}
	for _, d := range days {
		if d.Working {
			o.Works[d.Date] = true
		} else {
			o.Off[d.Date] = true
		}
	}
	if !published {
		o.Schedule.Week, o.Schedule.Exceptions = nil, nil
	}
	return o, nil
}

// openingSoon reads when the centre is open from a date (midnight UTC) on, as far as anybody asks when it opens. That people do not see a centre
// keeps nobody out of its hall.
func openingSoon(ctx context.Context, tx pgx.Tx, centre uuid.UUID, from time.Time) (o Opening, err error) {
	var off, works []time.Time
	err = tx.QueryRow(ctx, `
		select c.schedule, array(select d.day from org.calendar_days d where not d.working and d.day >= $2::date and d.day < $2::date + $3::int),
		       array(select d.day from org.calendar_days d where d.working and d.day >= $2::date and d.day < $2::date + $3::int)
		from org.centres c where c.id = $1`, centre, from, soon).Scan(&o.Schedule, &off, &works)
	o.Off, o.Works = map[time.Time]bool{}, map[time.Time]bool{}
	for _, date := range off {
		o.Off[date] = true
	}
	for _, date := range works {
		o.Works[date] = true
	}
	return o, pg.Fault("read hours of hall", err)
}

// madeOf names what the times of the halls h are made of. The calendar and the hours change elsewhere, and days go by.
const madeOf = `md5(concat_ws('|', h.version, @today::date, (select c.published || c.schedule::text from org.centres c where c.id = h.centre_id),
	(select string_agg(d.day || '/' || d.working, ',' order by d.day) from org.calendar_days d)))`

// Follow makes the times anew of halls whose hours, calendar or day have changed.
func (s *Store) Follow(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, `select h.centre_id from reception.halls h where h.slots_of is distinct from `+madeOf+` order by h.centre_id`,
		pgx.NamedArgs{"today": s.today()})
	if err != nil {
		return pg.Fault("find old times", err)
	}
	centres, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return pg.Fault("find old times", err)
	}
	for _, centre := range centres {
		usual, err := s.learn(ctx, centre)
		if err != nil {
			return fmt.Errorf("times of %s: %w", centre, err)
		}
		paces, err := s.learnPaces(ctx, centre)
		if err != nil {
			return fmt.Errorf("times of %s: %w", centre, err)
		}
		err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
			if err := s.offerTimes(ctx, tx, centre); err != nil {
				return err
			}
			if err := s.forget(ctx, tx, centre); err != nil {
				return err
			}
			if err := writeUsual(ctx, tx, centre, usual); err != nil {
				return err
			}
			if err := writePaces(ctx, tx, centre, paces); err != nil {
				return err
			}
			return tell(ctx, tx)
		})
		if err != nil {
			return fmt.Errorf("times of %s: %w", centre, err)
		}
	}
	return nil
}

// keepsPeople is for how many days after an appointment it is known who had it.
const keepsPeople = 60

// forget clears who had the appointments of long ago, and takes them off the public site, and what clerks noted on earlier days. Each hall does so once a day at least, with its times.
func (s *Store) forget(ctx context.Context, tx pgx.Tx, centre uuid.UUID) error {
	_, err := tx.Exec(ctx, `update reception.bookings set name = '–', email = '', phone = '', tracked = false, forgotten_at = $3 where centre_id = $1 and begins_at < $2 and forgotten_at is null`,
		centre, s.now().AddDate(0, 0, -keepsPeople), s.now())
	if err != nil {
		return pg.Fault("forget who had appointments", err)
	}
	_, err = tx.Exec(ctx, `update reception.tickets set note = '', note_window = null where centre_id = $1 and day < $2 and note <> ''`, centre, s.today())
	return pg.Fault("forget notes of earlier days", err)
}

// offerTimes writes the times that the hall offers, as it is in the transaction, and which appointments it has a place for. Rows that stay right
// are not touched.
func (s *Store) offerTimes(ctx context.Context, tx pgx.Tx, centre uuid.UUID) error {
	if err := holdTimes(ctx, tx, centre); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update reception.halls h set slots_of = `+madeOf+` where centre_id = @centre`, pgx.NamedArgs{"today": s.today(), "centre": centre})
	if err != nil {
		return pg.Fault("mark times", err)
	}
	h, err := hall(ctx, tx, centre)
	if err != nil {
		return err
	}
	o, err := opening(ctx, tx, centre)
	if err != nil {
		return err
	}
	if err := s.writeSlots(ctx, tx, h, o); err != nil {
		return err
	}
	if err := writeIntakes(ctx, tx, h, h.Givings(o, s.now())); err != nil {
		return err
	}
	return s.markFallen(ctx, tx, h, o)
}

// writeSlots makes the rows of a hall those that it offers, with how they stand among appointments.
func (s *Store) writeSlots(ctx context.Context, tx pgx.Tx, h Hall, o Opening) error {
	now := s.now()
	taken, err := bookings(ctx, tx, `centre_id = $1 and state in ('booked', 'arrived') and begins_at >= $2`, h.CentreID, now.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	byDate := map[time.Time][]Booking{}
	for _, b := range taken {
		date := workdays.DateOf(b.BeginsAt)
		byDate[date] = append(byDate[date], b)
	}
	var list []Place
	for ahead := range h.Plan.Ahead + 1 {
		date := workdays.DateOf(now).AddDate(0, 0, ahead)
		list = append(list, h.Places(o, date, now, byDate[date])...)
	}
	ids, windows, groups := make([]uuid.UUID, len(list)), make([]uuid.UUID, len(list)), make([]uuid.UUID, len(list))
	begins, minutes := make([]time.Time, len(list)), make([]int, len(list))
	for i, s := range list {
		ids[i], windows[i], groups[i], begins[i], minutes[i] = uuid.Must(uuid.NewV7()), s.WindowID, s.GroupID, s.BeginsAt, s.Minutes
	}
	booked := []uuid.UUID{}
	for _, g := range h.BookedGroups() {
		booked = append(booked, g.ID)
	}
	batch := &pgx.Batch{}
	batch.Queue(`
		delete from reception.slots s where s.centre_id = $1 and not exists (
			select from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::int[]) w (window_id, group_id, begins_at, minutes)
			where (w.window_id, w.group_id, w.begins_at, w.minutes) = (s.window_id, s.group_id, s.begins_at, s.minutes))`,
		h.CentreID, windows, groups, begins, minutes)
	batch.Queue(`
		insert into reception.slots (id, centre_id, window_id, group_id, begins_at, minutes, free)
		select w.id, $1, w.window_id, w.group_id, w.begins_at, w.minutes, true
		from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::int[]) w (id, window_id, group_id, begins_at, minutes)
		on conflict (window_id, begins_at) do nothing`, h.CentreID, ids, windows, groups, begins, minutes)
	batch.Queue(`update reception.groups set booked = id = any($2) where centre_id = $1 and booked <> (id = any($2))`, h.CentreID, booked)
	for _, w := range h.OpenWindows() {
		serves := slices.DeleteFunc(slices.Clone(booked), func(g uuid.UUID) bool { return !slices.Contains(w.Groups, g) })
		batch.Queue(`update reception.slots set serves = $2 where window_id = $1 and serves <> $2`, w.ID, serves)
	}
	queueFree(batch, list)
	return pg.Fault("write times", tx.SendBatch(ctx, batch).Close())
}

// writeIntakes says when tickets are given. A row that stays right is not touched.
func writeIntakes(ctx context.Context, tx pgx.Tx, h Hall, list []Giving) error {
	_, err := tx.Exec(ctx, `update reception.halls set intakes = $2 where centre_id = $1 and intakes is distinct from $2`, h.CentreID, append([]Giving{}, list...))
	return pg.Fault("write hours of intake", err)
}

// queueFree writes how times stand among appointments. Rows that stay right are not touched, and times without a row get none.
func queueFree(batch *pgx.Batch, list []Place) {
	windows, begins, rooms := make([]uuid.UUID, len(list)), make([]time.Time, len(list)), make([]int, len(list))
	for i, p := range list {
		windows[i], begins[i], rooms[i] = p.WindowID, p.BeginsAt, p.Room
	}
	batch.Queue(`
		update reception.slots s set free = w.room > 0, room = w.room
		from unnest($1::uuid[], $2::timestamptz[], $3::int[]) w (window_id, begins_at, room)
		where s.window_id = w.window_id and s.begins_at = w.begins_at and (s.free, s.room) is distinct from (w.room > 0, w.room)`, windows, begins, rooms)
}

// writeFreeOf says of the times of windows on a date (midnight UTC) that have not begun how they stand.
func writeFreeOf(ctx context.Context, tx pgx.Tx, h Hall, o Opening, windows []Window, date, now time.Time) error {
	ids := make([]uuid.UUID, len(windows))
	for i, w := range windows {
		ids[i] = w.ID
	}
	list, err := bookings(ctx, tx, `window_id = any($1) and state in ('booked', 'arrived') and begins_at >= $2 and begins_at < $3`,
		ids, midnight(date.AddDate(0, 0, -1)), midnight(date.AddDate(0, 0, 1)))
	if err != nil {
		return err
	}
	var places []Place
	for _, w := range windows {
		places = append(places, h.placesOn(o, w, date, now, list)...)
	}
	batch := &pgx.Batch{}
	queueFree(batch, slices.DeleteFunc(places, func(p Place) bool { return !p.BeginsAt.After(now) }))
	return pg.Fault("free times", tx.SendBatch(ctx, batch).Close())
}

// PassTime says anew of the times that are left of today how they stand: what people without an appointment keep of a day is found among the times
// that have not begun, so the later it is the shorter an appointment can be that passes over kept ones.
func (s *Store) PassTime(ctx context.Context) error {
	now, today := s.now(), s.today()
	rows, err := s.pool.Query(ctx, `
		select h.centre_id from reception.halls h where h.ahead_days > 0 and exists (
			select from reception.groups g join reception.slots s on s.centre_id = g.centre_id and s.group_id = g.id and s.begins_at > $1 and s.begins_at < $2
			where g.centre_id = h.centre_id and g.booked) order by h.centre_id`, now, midnight(today.AddDate(0, 0, 1)))
	if err != nil {
		return pg.Fault("find halls with times today", err)
	}
	centres, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return pg.Fault("find halls with times today", err)
	}
	for _, centre := range centres {
		err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
			if err := holdTimes(ctx, tx, centre); err != nil {
				return err
			}
			h, o, err := offer(ctx, tx, centre)
			if err != nil {
				return err
			}
			return writeFreeOf(ctx, tx, h, o, h.OpenWindows(), today, now)
		})
		if err != nil {
			return fmt.Errorf("times of today of %s: %w", centre, err)
		}
	}
	return nil
}

// SavePlan says how the hall offers appointments.
func (s *Store) SavePlan(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, p Plan) error {
	return s.change(ctx, actor, centre, version, "plan", func(tx pgx.Tx, _ Hall) error {
		if err := p.check(); err != nil {
			return err
		}
		return save(ctx, tx, `
			update reception.halls set ahead_days = $2, notice_minutes = $3, cancel_minutes = $4, walk_in_share = $5, per_contact = $6, new_share = $7, between_minutes = $8
			where centre_id = $1`, centre, p.Ahead, p.Notice, p.Cancel, p.Share, p.PerContact, p.New, p.Between)
	})
}

// AddAbsence says on which days a window, or the whole hall, receives nobody by appointment. One that leaves appointments without their
// places is a *Falling, unless seen is that of just these.
func (s *Store) AddAbsence(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, a Absence, seen string) error {
	return s.changeSeen(ctx, actor, centre, version, "absence", seen, func(tx pgx.Tx, h Hall) error {
		if err := a.check(h, s.today()); err != nil {
			return err
		}
		return save(ctx, tx, `insert into reception.absences (id, centre_id, window_id, first_day, last_day, reason) values ($1, $2, $3, $4, $5, $6)`,
			uuid.Must(uuid.NewV7()), centre, a.WindowID, a.First, a.Last, a.Reason)
	})
}

// DropAbsence takes an absence back.
func (s *Store) DropAbsence(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, id uuid.UUID) error {
	return s.change(ctx, actor, centre, version, "absence_drop", func(tx pgx.Tx, _ Hall) error {
		return save(ctx, tx, `delete from reception.absences where id = $1 and centre_id = $2`, id, centre)
	})
}
