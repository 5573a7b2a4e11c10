package bookings

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// mostBeside bounds what can be chosen beside something.
const mostBeside = 500

// together fills in which of the further matters can be booked beside the offer's group, how long all of it takes, and what else can be:
// groups that some window with a free time can do with all that is chosen, by their services where they name several.
func together(ctx context.Context, tx pgx.Tx, o *Offer, further []contract.Matter, between int) error {
	chosen := []uuid.UUID{o.Group}
	for _, m := range further {
		chosen = append(chosen, m.GroupID)
	}
	rows, err := tx.Query(ctx, `
		with beside as (
			select distinct x.id from (
				select distinct group_id, serves from reception.slots where centre_id = $1 and free and serves @> array[$2::uuid]) s
			cross join lateral unnest(s.serves) x (id) where s.group_id = any($3) or s.group_id = x.id)
		select g.id, g.name, g.name_en, g.minutes, v.id, coalesce(v.name, ''), coalesce(v.name_en, '')
		from reception.groups g left join catalogue.services v on v.published and v.id = any(g.services)
		where g.centre_id = $1 and g.booked and (g.id in (select id from beside) or g.id = $2) and (v.id is not null or g.services = '{}')
		order by g.name, g.id, v.name, v.id limit $4`, o.Centre.ID, o.Group, chosen, mostBeside)
	if err != nil {
		return pg.Fault("what can be booked together", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b Beside, err error) {
		return b, row.Scan(&b.GroupID, &b.Group.UK, &b.Group.EN, &b.minutes, &b.ServiceID, &b.Service.UK, &b.Service.EN)
	})
	if err != nil {
		return pg.Fault("what can be booked together", err)
	}
	if len(o.Services) == 1 { // it is what the group is booked for
		list = slices.DeleteFunc(list, func(b Beside) bool { return b.GroupID == o.Group })
	}
	list = slices.DeleteFunc(list, func(b Beside) bool { return b.Same(o.First()) }) // it is there already
	minutes := []int{o.Minutes}
	for _, m := range further {
		i := slices.IndexFunc(list, func(b Beside) bool { return b.GroupID == m.GroupID && b.Same(m) })
		if i < 0 || len(minutes) == contract.MaxMatters || slices.ContainsFunc(o.Further, func(b Beside) bool { return b.Same(m) }) {
			continue
		}
		o.Further, minutes = append(o.Further, list[i]), append(minutes, list[i].minutes)
	}
	if len(minutes) < contract.MaxMatters {
		o.Beside = slices.DeleteFunc(list, func(b Beside) bool {
			return slices.ContainsFunc(o.Further, func(f Beside) bool { return f.Same(b.Matter) })
		})
	}
	o.Minutes = contract.MattersLast(minutes, between)
	return nil
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
