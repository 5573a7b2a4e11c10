package offices

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Store keeps offices and absences in PostgreSQL.
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

// headOf holds when the account p.id is head of a place: when a group gives it there the right to manage offices.
const headOf = `exists (select from access.group_rights g where g.group_code = r.role and g.action = 'offices.manage')`

// DeskOf returns what somebody may do by offices on a date. A substitute acts only where they work themselves.
func DeskOf(ctx context.Context, db pg.Queryer, user uuid.UUID, date time.Time) (Desk, error) {
	return deskOf(ctx, db, user, date, true)
}

// OwnDesksOf are the desks of several people without those for whom they substitute.
func OwnDesksOf(ctx context.Context, db pg.Queryer, users []uuid.UUID, date time.Time) (map[uuid.UUID]Desk, error) {
	return desksOf(ctx, db, users, date, false)
}

// QueueOwnDesk is OwnDesksOf for one person, in a batch.
func QueueOwnDesk(batch *pgx.Batch, user uuid.UUID, date time.Time, d *Desk) {
	queueDesk(batch, user, date, false, d)
}

// QueueDesk is DeskOf in a batch.
func QueueDesk(batch *pgx.Batch, user uuid.UUID, date time.Time, d *Desk) {
	queueDesk(batch, user, date, true, d)
}

func queueDesk(batch *pgx.Batch, user uuid.UUID, date time.Time, substituting bool, d *Desk) {
	batch.Queue(selectDesks, []uuid.UUID{user}, date, substituting).Query(func(rows pgx.Rows) error {
		desks, err := collectDesks(rows)
		*d = desks[user]
		return err
	})
}

func deskOf(ctx context.Context, db pg.Queryer, user uuid.UUID, date time.Time, substituting bool) (Desk, error) {
	desks, err := desksOf(ctx, db, []uuid.UUID{user}, date, substituting)
	return desks[user], err
}

func desksOf(ctx context.Context, db pg.Queryer, users []uuid.UUID, date time.Time, substituting bool) (map[uuid.UUID]Desk, error) {
	rows, err := db.Query(ctx, selectDesks, users, date, substituting)
	if err != nil {
		return nil, pg.Fault("desk", err)
	}
	return collectDesks(rows)
}

// selectDesks are the seats, the headships and the offices that are held in the places of the people $1 on the date $2, with those for whom they
// substitute when $3 says so.
const selectDesks = `
	with people as (
		select u as of, u as id, '' as name from unnest($1::uuid[]) u
		union all
		select a.substitute_id, u.id, u.full_name from offices.absences a join access.users u on u.id = a.user_id
		where $3 and a.substitute_id = any($1) and a.ended_at is null and $2 between a.first_day and a.last_day
	), mine as (select user_id as of, coalesce(centre_id, authority_id) as place from access.roles where user_id = any($1))
	select p.of, h.place, h.key, p.name, false, false from people p join offices.holders h on h.user_id = p.id
	where (p.of, h.place) in (select * from mine)
	union all
	select p.of, coalesce(r.centre_id, r.authority_id), '', p.name, true, false from people p join access.roles r on r.user_id = p.id
	where (p.of, coalesce(r.centre_id, r.authority_id)) in (select * from mine) and ` + headOf + `
	union all
	select distinct m.of, h.place, h.key, '', false, true from mine m join offices.holders h on h.place = m.place join access.users u on u.id = h.user_id
	where u.state = 'active'`

func collectDesks(rows pgx.Rows) (map[uuid.UUID]Desk, error) {
	desks := map[uuid.UUID]Desk{}
	var of uuid.UUID
	var seat Seat
	var head, held bool
	_, err := pgx.ForEachRow(rows, []any{&of, &seat.Place, &seat.Key, &seat.For, &head, &held}, func() error {
		d := desks[of]
		switch {
		case head:
			d.Heads = append(d.Heads, Headship{seat.Place, seat.For})
		case held:
			d.Held = append(d.Held, seat.Office)
		default:
			d.Seats = append(d.Seats, seat)
		}
		desks[of] = d
		return nil
	})
	return desks, pg.Fault("desk", err)
}

// Substituted returns those for whom somebody substitutes on a date, by name.
func Substituted(ctx context.Context, db pg.Queryer, user uuid.UUID, date time.Time) ([]Absence, error) {
	return absences(ctx, db, `a.substitute_id = $1 and a.first_day <= $2 and a.last_day >= $2`, user, date)
}

// absences lists those that were not ended, the soonest first.
func absences(ctx context.Context, db pg.Queryer, where string, args ...any) ([]Absence, error) {
	rows, err := db.Query(ctx, `
		select a.id, a.user_id, u.full_name, a.substitute_id, coalesce(s.full_name, ''), a.first_day, a.last_day, a.reason
		from offices.absences a join access.users u on u.id = a.user_id left join access.users s on s.id = a.substitute_id
		where a.ended_at is null and `+where+` order by a.first_day, `+byName+`, a.id`, args...)
	if err != nil {
		return nil, pg.Fault("list absences", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Absence])
	return list, pg.Fault("list absences", err)
}

// HoldersOf returns who holds one office, with their absence on a date.
func HoldersOf(ctx context.Context, db pg.Queryer, o Office, date time.Time) ([]Holder, error) {
	return holders(ctx, db, date, `h.place = $1 and h.key = $2`, o.Place, o.Key)
}

func holders(ctx context.Context, db pg.Queryer, date time.Time, where string, args ...any) ([]Holder, error) {
	rows, err := db.Query(ctx, `
		select h.place, h.key, h.title, h.kind, h.user_id, u.full_name, u.state = 'blocked', h.since
		from offices.holders h join access.users u on u.id = h.user_id
		where `+where+` order by h.title collate "uk-x-icu", `+byName+`, h.id`, args...)
	if err != nil {
		return nil, pg.Fault("list holders", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Holder, err error) {
		return h, row.Scan(&h.Place, &h.Key, &h.Title, &h.Kind, &h.User, &h.Name, &h.Gone, &h.Since)
	})
	if err != nil || len(list) == 0 {
		return list, pg.Fault("list holders", err)
	}
	var ids []uuid.UUID
	for _, h := range list {
		ids = append(ids, h.User)
	}
	away, err := absences(ctx, db, `a.user_id = any($1) and a.first_day <= $2 and a.last_day >= $2`, ids, date)
	for i := range list {
		if j := slices.IndexFunc(away, func(a Absence) bool { return a.User == list[i].User }); j >= 0 {
			list[i].Absence = &away[j]
		}
	}
	return list, err
}

// Colleague is somebody who works in a place.
type Colleague struct {
	ID       uuid.UUID
	Name     string
	Position locale.Text
	Gone     bool
	Absence  *Absence // on the day that was asked for
}

// ColleaguesIn lists who works in any of the places, by name, with those who are away on a date. Blocked ones come along.
func ColleaguesIn(ctx context.Context, db pg.Queryer, places []uuid.UUID, date time.Time) ([]Colleague, error) {
	rows, err := db.Query(ctx, `
		select u.id, u.full_name, u.position, u.position_en, u.state = 'blocked' from access.users u
		where exists (select from access.roles r where r.user_id = u.id and coalesce(r.centre_id, r.authority_id) = any($1))
		order by `+byName+`, u.id`, places)
	if err != nil {
		return nil, pg.Fault("list colleagues", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Colleague, err error) {
		return c, row.Scan(&c.ID, &c.Name, &c.Position.UK, &c.Position.EN, &c.Gone)
	})
	if err != nil || len(list) == 0 {
		return list, pg.Fault("list colleagues", err)
	}
	var ids []uuid.UUID
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	away, err := absences(ctx, db, `a.user_id = any($1) and a.first_day <= $2 and a.last_day >= $2`, ids, date)
	for i := range list {
		if j := slices.IndexFunc(away, func(a Absence) bool { return a.User == list[i].ID }); j >= 0 {
			list[i].Absence = &away[j]
		}
	}
	return list, err
}

// byName puts users u in the order of a Ukrainian list of names, as access.ByNameSQL does.
const byName = `translate(u.full_name, '’ʼ''` + "`" + `', '') collate "uk-x-icu"`
