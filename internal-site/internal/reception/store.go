package reception

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Store keeps halls and their queues in PostgreSQL.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewStore returns a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool, now: time.Now} }

// At returns a copy of the store whose clock is now.
func (s *Store) At(now func() time.Time) *Store {
	c := *s
	c.now = now
	return &c
}

// Object returns where the hall of a centre belongs. One whose centre has the module switched off is NotFound.
func (s *Store) Object(ctx context.Context, centre uuid.UUID) (access.Object, error) {
	var on bool
	err := s.pool.QueryRow(ctx, `select not `+switchedOff+` from org.centres c where c.id = $1`, centre).Scan(&on)
	switch {
	case err != nil:
		return access.Object{}, pg.Fault("find hall", err)
	case !on:
		return access.Object{}, fault.New(fault.NotFound, "site.module_off")
	}
	return object(centre), nil
}

// switchedOff holds for the centres c that have the module switched off; the whole installation is the site's business.
const switchedOff = `exists (select from modules.switches w where w.module = 'reception' and w.centre_id = c.id and not w.enabled)`

func object(centre uuid.UUID) access.Object {
	return access.Object{Own: []access.Place{access.InCentre(centre)}}
}

// Summary is one line of the list of halls.
type Summary struct {
	CentreID uuid.UUID
	Centre   locale.Text
	Arranged bool // there is something to come for
	Waiting  int
	Windows  int // with a clerk
}

// Halls lists the halls that the actor may see, by the name of the centre.
func (s *Store) Halls(ctx context.Context, actor access.Actor) ([]Summary, error) {
	if err := access.RequireEver(actor, Watch); err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `
		select c.id, c.name, c.name_en,
		       exists (select from reception.groups g where g.centre_id = c.id and not g.retired),
		       (select count(*) from reception.tickets t where t.centre_id = c.id and t.day = @today and t.state = 'waiting'),
		       (select count(*) from reception.seats s where s.centre_id = c.id and s.day = @today)
		from org.centres c where `+ScopeSQL+` and not `+switchedOff+` order by c.name collate "uk-x-icu", c.id`,
		pgx.NamedArgs(access.ScopeOf(actor, Watch).Args(map[string]any{"today": s.today()})))
	if err != nil {
		return nil, pg.Fault("list halls", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Summary, err error) {
		return h, row.Scan(&h.CentreID, &h.Centre.UK, &h.Centre.EN, &h.Arranged, &h.Waiting, &h.Windows)
	})
	return list, pg.Fault("list halls", err)
}

// today is the date in Kyiv, by which queues are kept apart.
func (s *Store) today() time.Time { return workdays.DateOf(s.now()) }

// Now returns the hall of a centre with its queue of today, for whoever may watch, serve or display it.
func (s *Store) Now(ctx context.Context, actor access.Actor, centre uuid.UUID) (n Now, err error) {
	if !access.Can(actor, Watch, object(centre)) && !access.Can(actor, Serve, object(centre)) {
		if err := access.Require(actor, Display, object(centre)); err != nil {
			return Now{}, err
		}
	}
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		n, err = s.read(ctx, tx, centre)
		return err
	})
	return n, err
}

// Version says by which act the hall of a centre stands, so that a page can ask whether it is old. It is 0 before the first of the day.
func (s *Store) Version(ctx context.Context, centre uuid.UUID) (version string, err error) {
	err = s.pool.QueryRow(ctx, `
		select $2::date || '/' || coalesce((select version from reception.halls where centre_id = $1), 0) || '/' ||
		       coalesce((select version from reception.days where centre_id = $1 and day = $2), 0)`, centre, s.today()).Scan(&version)
	return version, pg.Fault("version of hall", err)
}

// read reads a hall and its queue of today.
func (s *Store) read(ctx context.Context, tx pgx.Tx, centre uuid.UUID) (n Now, err error) {
	n.At = s.now()
	if n.Hall, err = hall(ctx, tx, centre); err != nil {
		return n, err
	}
	if n.Opening, err = openingSoon(ctx, tx, centre, workdays.DateOf(n.At)); err != nil {
		return n, err
	}
	n.Day, err = day(ctx, tx, centre, workdays.DateOf(n.At))
	n.Day.Tickets = n.parted()
	return n, err
}

func hall(ctx context.Context, tx pgx.Tx, centre uuid.UUID) (h Hall, err error) {
	err = tx.QueryRow(ctx, `
		select c.id, c.name, c.name_en, coalesce(h.in_row, 3), coalesce(h.last_minutes, 0), coalesce(h.version, 0),
		       coalesce(h.ahead_days, 0), coalesce(h.notice_minutes, 60), coalesce(h.cancel_minutes, 30), coalesce(h.walk_in_share, 20), coalesce(h.per_contact, 3),
		       coalesce(h.new_share, 70), coalesce(h.between_minutes, 0)
		from org.centres c left join reception.halls h on h.centre_id = c.id where c.id = $1`, centre).
		Scan(&h.CentreID, &h.Centre.UK, &h.Centre.EN, &h.InRow, &h.Last, &h.Version, &h.Plan.Ahead, &h.Plan.Notice, &h.Plan.Cancel, &h.Plan.Share, &h.Plan.PerContact, &h.Plan.New,
			&h.Plan.Between)
	if err != nil {
		return h, pg.Fault("read hall", err)
	}
	batch := &pgx.Batch{}
	batch.Queue(`select g.id, g.letter, g.name, g.name_en, g.minutes, g.services, g.retired, p.seconds
		from reception.groups g left join reception.paces p on p.group_id = g.id where g.centre_id = $1 order by g.letter, g.retired, g.id`, centre).
		Query(func(rows pgx.Rows) (err error) {
			h.Groups, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (g Group, err error) {
				var seconds []int
				err = row.Scan(&g.ID, &g.Letter, &g.Name.UK, &g.Name.EN, &g.Minutes, &g.Services, &g.Retired, &seconds)
				for _, each := range seconds {
					g.Pace = append(g.Pace, time.Duration(each)*time.Second)
				}
				return g, err
			})
			return err
		})
	batch.Queue(`select id, number, groups, appoints, retired from reception.windows where centre_id = $1 order by number, retired, id`, centre).
		Query(func(rows pgx.Rows) (err error) {
			h.Windows, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (w Window, err error) {
				return w, row.Scan(&w.ID, &w.Number, &w.Groups, &w.Appoints, &w.Retired)
			})
			return err
		})
	batch.Queue(`select id, name, name_en, retired from reception.priorities where centre_id = $1 order by name collate "uk-x-icu", id`, centre).
		Query(func(rows pgx.Rows) (err error) {
			h.Priorities, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Priority, err error) {
				return p, row.Scan(&p.ID, &p.Name.UK, &p.Name.EN, &p.Retired)
			})
			return err
		})
	batch.Queue(`select id, window_id, first_day, last_day, reason from reception.absences where centre_id = $1 order by first_day, id`, centre).
		Query(func(rows pgx.Rows) (err error) {
			h.Plan.Absences, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Absence])
			return err
		})
	return h, pg.Fault("read hall", tx.SendBatch(ctx, batch).Close())
}

const selectTicket = `
	select id, centre_id, day, letter, number, group_id, service_id, priority_id, booked_for, stands_at, for_window, state, since, window_id, calls,
	       issued_at, waiting, walking, serving, aside, note, note_window, further_groups, further_services, together, earlier
	from reception.tickets`

func scanTicket(row pgx.CollectableRow) (t Ticket, err error) {
	var f further
	err = row.Scan(&t.ID, &t.CentreID, &t.Day, &t.Letter, &t.Number, &t.GroupID, &t.ServiceID, &t.PriorityID, &t.BookedFor, &t.StandsAt, &t.ForWindow,
		&t.State, &t.Since, &t.WindowID, &t.Calls, &t.IssuedAt, &t.Spent.Waiting, &t.Spent.Walking, &t.Spent.Serving, &t.Spent.Aside, &t.Note, &t.NoteFrom, &f.groups, &f.services, &t.Together, &t.Earlier)
	t.Further = f.matters()
	return t, err
}

// further are further matters as rows hold them: by groups, and by services, null where none is known.
type further struct {
	groups   []uuid.UUID
	services []*uuid.UUID
}

func furtherOf(matters []Matter) further {
	f := further{[]uuid.UUID{}, []*uuid.UUID{}}
	for _, m := range matters {
		f.groups, f.services = append(f.groups, m.GroupID), append(f.services, m.ServiceID)
	}
	return f
}

func (f further) matters() (list []Matter) {
	for i, g := range f.groups {
		list = append(list, Matter{GroupID: g, ServiceID: f.services[i]})
	}
	return list
}

// day reads the queue of a date; one on which nothing was done yet is empty.
func day(ctx context.Context, tx pgx.Tx, centre uuid.UUID, date time.Time) (d Day, err error) {
	d.CentreID, d.Date = centre, date
	batch := &pgx.Batch{}
	batch.Queue(`select closed_at, closed_word, closed_word_en, in_row_now, version from reception.days where centre_id = $1 and day = $2`, centre, date).
		Query(func(rows pgx.Rows) error {
			_, err := pgx.ForEachRow(rows, []any{&d.ClosedAt, &d.ClosedWord.UK, &d.ClosedWord.EN, &d.Row, &d.Version}, func() error { return nil })
			return err
		})
	batch.Queue(selectTicket+` where centre_id = $1 and day = $2 order by issued_at, id`, centre, date).Query(func(rows pgx.Rows) (err error) {
		d.Tickets, err = pgx.CollectRows(rows, scanTicket)
		return err
	})
	batch.Queue(`select s.window_id, s.user_id, u.full_name, s.since from reception.seats s join access.users u on u.id = s.user_id
		where s.centre_id = $1 and s.day = $2 order by s.since`, centre, date).Query(func(rows pgx.Rows) (err error) {
		d.Seats, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Seat])
		return err
	})
	return d, pg.Fault("read queue", tx.SendBatch(ctx, batch).Close())
}
