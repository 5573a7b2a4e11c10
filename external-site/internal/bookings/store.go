package bookings

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/modules"
	"portal.example/external-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store finds times that can be booked. It has no way to write.
type Store struct {
	db  pg.Beginner
	now func() time.Time
}

// NewStore reads the replica behind db.
func NewStore(db pg.Beginner, now func() time.Time) *Store { return &Store{db, now} }

// mostPlaces bounds a list of places.
const mostPlaces = 500

// switches are those of the portal; NotFound when nothing is booked through the site.
func switches(ctx context.Context, tx pgx.Tx) (contract.Switches, error) {
	s, err := modules.NewStore(tx).Switches(ctx)
	if err == nil && !s.On(contract.ModuleReception) {
		err = fault.New(fault.NotFound, "modules.off.reception")
	}
	return s, err
}

// receives says that the group g is for the service $1: it names it, or names none and the centre gives it.
const receives = `($1 = any(g.services) or g.services = '{}' and exists (select from catalogue.service_centres o where o.service_id = $1 and o.centre_id = g.centre_id))`

// Books says whether a time can be booked anywhere because of a service, free or not now.
func (s *Store) Books(ctx context.Context, service uuid.UUID) (books bool, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		on, err := switches(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select distinct g.centre_id from reception.groups g join reception.halls h on h.centre_id = g.centre_id and h.published and h.ahead_days > 0
			join org.centres c on c.id = g.centre_id and c.published where g.booked and `+receives, service)
		if err != nil {
			return pg.Fault("whether a service is booked", err)
		}
		centres, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		books = slices.ContainsFunc(centres, func(centre uuid.UUID) bool { return on.OnAt(contract.ModuleReception, centre) })
		return pg.Fault("whether a service is booked", err)
	})
	if fault.Is(err, fault.NotFound) { // nothing is booked through the site
		return false, nil
	}
	return books, err
}

// Places lists what can be booked, for the service with the code or, with "", for anything; by centre. service is Nil when no
// service with the code is known.
func (s *Store) Places(ctx context.Context, code string) (list []Place, service uuid.UUID, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		on, err := switches(ctx, tx)
		if err != nil {
			return err
		}
		if code != "" {
			if err := tx.QueryRow(ctx, `select id from catalogue.services where published and code = $1 order by updated_at desc limit 1`, code).Scan(&service); err != nil {
				return pg.Fault("service of booking", err)
			}
		}
		rows, err := tx.Query(ctx, `
			select c.id, c.name, c.name_en, c.code, c.address, c.address_en, g.id, g.name, g.name_en,
			       (select min(s.begins_at) from reception.slots s where s.centre_id = g.centre_id and s.group_id = g.id and s.free
			        and s.begins_at > $2::timestamptz + h.notice_minutes * interval '60 seconds')
			from reception.groups g join reception.halls h on h.centre_id = g.centre_id and h.published and h.ahead_days > 0
			join org.centres c on c.id = g.centre_id and c.published
			where g.booked and ($1::uuid = '00000000-0000-0000-0000-000000000000' or `+receives+`) order by c.name, c.code, g.name, g.id limit $3`,
			service, s.now(), mostPlaces)
		if err != nil {
			return pg.Fault("places to book", err)
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Place, err error) {
			var centre uuid.UUID
			var code string
			err = row.Scan(&centre, &p.Centre.UK, &p.Centre.EN, &code, &p.Address.UK, &p.Address.EN, &p.Group, &p.Name.UK, &p.Name.EN, &p.Earliest)
			if p.Slug = address.Slug(code); !on.OnAt(contract.ModuleReception, centre) {
				p.Slug = ""
			}
			return p, err
		})
		list = slices.DeleteFunc(list, func(p Place) bool { return p.Slug == "" })
		return pg.Fault("places to book", err)
	})
	return list, service, err
}

// Offer is what can be booked of the group of the first matter at the centre with the code, together with further ones; of those, what cannot be
// booked there is left out. A service of the first matter that its group is not for is not looked at. NotFound when nothing can be booked.
func (s *Store) Offer(ctx context.Context, code string, first contract.Matter, further []contract.Matter) (o Offer, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		var centre uuid.UUID
		err := tx.QueryRow(ctx, `select id from org.centres where published and code = $1 limit 1`, code).Scan(&centre)
		if err != nil {
			return pg.Fault("centre of booking", err)
		}
		o, err = s.offer(ctx, tx, centre, first, further)
		return err
	})
	return o, err
}

// OfferOf is the same, by the ids of both, for somebody who has booked all of it: NotFound when some of it is not offered any more.
func (s *Store) OfferOf(ctx context.Context, centre, group uuid.UUID, further []contract.Matter) (o Offer, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		if o, err = s.offer(ctx, tx, centre, contract.Matter{GroupID: group}, further); err == nil && len(o.Further) != len(further) {
			err = fault.New(fault.NotFound, "")
		}
		return err
	})
	return o, err
}

func (s *Store) offer(ctx context.Context, tx pgx.Tx, centre uuid.UUID, first contract.Matter, further []contract.Matter) (o Offer, err error) {
	on, err := switches(ctx, tx)
	if err != nil {
		return o, err
	}
	if !on.OnAt(contract.ModuleReception, centre) {
		return o, fault.New(fault.NotFound, "modules.off.reception")
	}
	o.Group = first.GroupID
	notice, between := 0, 0
	err = tx.QueryRow(ctx, `
		select g.name, g.name_en, g.minutes, g.services, h.cancel_minutes, h.notice_minutes, h.between_minutes from reception.groups g
		join reception.halls h on h.centre_id = g.centre_id and h.published where g.id = $1 and g.centre_id = $2 and g.booked`, o.Group, centre).
		Scan(&o.Name.UK, &o.Name.EN, &o.Alone, &o.Services, &o.Cancel, &notice, &between)
	if err != nil {
		return o, pg.Fault("offer of appointments", err)
	}
	if o.Centre, err = org.NewStore(tx).CentreByID(ctx, centre); err != nil {
		return o, err
	}
	if first.ServiceID != nil && slices.Contains(o.Services, *first.ServiceID) {
		o.Service = first.ServiceID
	}
	from := s.now().Add(time.Duration(notice) * time.Minute)
	if err := together(ctx, tx, &o, further, between, from); err != nil {
		return o, err
	}
	groups := o.groups()
	rows, err := tx.Query(ctx, `
		select distinct begins_at from reception.slots
		where centre_id = $1 and group_id = any($2) and free and begins_at > $3 and (cardinality($2::uuid[]) = 1 and $5 = 1 or serves @> $2) and ($5 = 1 or room >= $4)
		order by begins_at limit 5000`,
		centre, groups, from, o.Minutes, 1+len(o.Further))
	if err != nil {
		return o, pg.Fault("free times", err)
	}
	o.Times, err = pgx.CollectRows(rows, pgx.RowTo[time.Time])
	return o, pg.Fault("free times", err)
}
