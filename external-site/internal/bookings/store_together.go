package bookings

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// mostBeside bounds what can be chosen beside something.
const mostBeside = 500

// together fills in which of the further matters can be booked beside the offer's first one and those before them, how long all of it takes, and what
// else can be: what some window with a free time can do with all that is chosen, by services where a group names several.
func together(ctx context.Context, tx pgx.Tx, o *Offer, further []contract.Matter, between int, from time.Time) error {
	able, err := abilities(ctx, tx, o.Centre.ID, from)
	if err != nil {
		return err
	}
	list, err := matters(ctx, tx, o, able)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(b Beside) bool { return b.Same(o.First()) }) // it is there already
	minutes := []int{o.Alone}
	for _, m := range further {
		i := slices.IndexFunc(list, func(b Beside) bool { return b.Same(m) })
		if i < 0 || len(minutes) == contract.MaxMatters || slices.ContainsFunc(o.Further, func(b Beside) bool { return b.Same(m) }) || !can(able, append(o.groups(), m.GroupID)) {
			continue
		}
		o.Further, minutes = append(o.Further, list[i]), append(minutes, list[i].Minutes)
	}
	if len(minutes) < contract.MaxMatters {
		o.Beside = slices.DeleteFunc(list, func(b Beside) bool {
			return slices.ContainsFunc(o.Further, func(f Beside) bool { return f.Same(b.Matter) }) || !can(able, append(o.groups(), b.GroupID))
		})
	}
	o.Minutes = contract.MattersLast(minutes, between)
	return nil
}

// ability is what some window with a free time can do: it receives appointments of the group, and serves all of the groups.
type ability struct {
	group  uuid.UUID
	serves []uuid.UUID
}

// can says whether one window with a free time does all of the groups and receives appointments of one of them. One group alone always goes
// with itself, whether something is free or not.
func can(able []ability, groups []uuid.UUID) bool {
	alone := !slices.ContainsFunc(groups, func(g uuid.UUID) bool { return g != groups[0] })
	return alone || slices.ContainsFunc(able, func(a ability) bool {
		return slices.Contains(groups, a.group) && !slices.ContainsFunc(groups, func(g uuid.UUID) bool { return !slices.Contains(a.serves, g) })
	})
}

// abilities are those of a centre's free times from a moment on, each once. A centre has tens of thousands of times and a few abilities, as many as
// different windows: each is found by one look into the index slots_able, behind the one before it.
func abilities(ctx context.Context, tx pgx.Tx, centre uuid.UUID, from time.Time) ([]ability, error) {
	rows, err := tx.Query(ctx, `
		with recursive able as (
			(select group_id, serves from reception.slots where centre_id = $1 and free and begins_at > $2 order by group_id, serves limit 1)
			union all
			select next.group_id, next.serves from able cross join lateral (
				select s.group_id, s.serves from reception.slots s
				where s.centre_id = $1 and s.free and s.begins_at > $2 and (s.group_id, s.serves) > (able.group_id, able.serves)
				order by s.group_id, s.serves limit 1) next)
		select group_id, serves from able`, centre, from)
	if err != nil {
		return nil, pg.Fault("what windows can do", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a ability, err error) { return a, row.Scan(&a.group, &a.serves) })
	return list, pg.Fault("what windows can do", err)
}

// matters are all that could be booked beside the offer's group at windows that are able to do both, and what the group itself is for.
func matters(ctx context.Context, tx pgx.Tx, o *Offer, able []ability) ([]Beside, error) {
	groups := []uuid.UUID{o.Group}
	for _, a := range able {
		if slices.Contains(a.serves, o.Group) {
			groups = append(groups, a.serves...)
		}
	}
	rows, err := tx.Query(ctx, `
		select g.id, g.name, g.name_en, g.minutes, v.id, coalesce(v.name, ''), coalesce(v.name_en, '')
		from reception.groups g left join catalogue.services v on v.published and v.id = any(g.services)
		where g.centre_id = $1 and g.booked and g.id = any($2) and (v.id is not null or g.services = '{}')
		order by g.name, g.id, v.name, v.id limit $3`, o.Centre.ID, groups, mostBeside)
	if err != nil {
		return nil, pg.Fault("what can be booked together", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b Beside, err error) {
		return b, row.Scan(&b.GroupID, &b.Group.UK, &b.Group.EN, &b.Minutes, &b.ServiceID, &b.Service.UK, &b.Service.EN)
	})
	if len(o.Services) == 1 { // it is what the group is booked for
		list = slices.DeleteFunc(list, func(b Beside) bool { return b.GroupID == o.Group })
	}
	return list, pg.Fault("what can be booked together", err)
}

// furtherNames are what else an appointment is for, in words: the service where it is known, or its group.
func furtherNames(ctx context.Context, tx pgx.Tx, b *Booking) error {
	var groups []uuid.UUID
	var services []*uuid.UUID
	for _, m := range b.Further {
		groups, services = append(groups, m.GroupID), append(services, m.ServiceID)
	}
	rows, err := tx.Query(ctx, `
		select coalesce(v.name, g.name, ''), coalesce(v.name_en, g.name_en, '') from unnest($1::uuid[], $2::uuid[]) with ordinality m (group_id, service_id, nth)
		left join reception.groups g on g.id = m.group_id left join catalogue.services v on v.id = m.service_id order by m.nth`, groups, services)
	if err != nil {
		return pg.Fault("names of further matters", err)
	}
	b.Also, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t locale.Text, err error) { return t, row.Scan(&t.UK, &t.EN) })
	return pg.Fault("names of further matters", err)
}
