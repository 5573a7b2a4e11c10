package org

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Store reads centres and authorities. It has no way to write.
type Store struct{ db pg.Queryer }

// NewStore makes a store over db.
func NewStore(db pg.Queryer) *Store { return &Store{db: db} }

const selectCentre = `
	select c.id, c.code, c.name, c.name_en, coalesce(c.unit_code, ''), coalesce(u.category, ''), coalesce(u.name, ''),
	       c.address, c.address_en, c.phones, c.email, c.site, c.directions, c.directions_en,
	       coalesce(c.latitude::text, ''), coalesce(c.longitude::text, ''), c.schedule, c.people, c.updated_at
	from org.centres c left join org.units u on u.code = c.unit_code
	where c.published`

// Centres lists every centre by its code.
func (s *Store) Centres(ctx context.Context) ([]Centre, error) {
	rows, err := s.db.Query(ctx, selectCentre+` order by c.code`)
	if err != nil {
		return nil, pg.Fault("list centres", err)
	}
	list, err := pgx.CollectRows(rows, scanCentre)
	return list, pg.Fault("list centres", err)
}

// Centre returns the centre with the code, NotFound when there is none.
func (s *Store) Centre(ctx context.Context, code string) (Centre, error) {
	rows, err := s.db.Query(ctx, selectCentre+` and c.code = $1`, code)
	if err != nil {
		return Centre{}, pg.Fault("centre", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, scanCentre)
	return c, pg.Fault("centre", err)
}

// CentreByID is Centre for a reference from another row.
func (s *Store) CentreByID(ctx context.Context, id uuid.UUID) (Centre, error) {
	rows, err := s.db.Query(ctx, selectCentre+` and c.id = $1`, id)
	if err != nil {
		return Centre{}, pg.Fault("centre", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, scanCentre)
	return c, pg.Fault("centre", err)
}

// CentresOf lists the centres where the service is given.
func (s *Store) CentresOf(ctx context.Context, service uuid.UUID) ([]Centre, error) {
	rows, err := s.db.Query(ctx, selectCentre+`
		and exists (select from catalogue.service_centres sc where sc.service_id = $1 and sc.centre_id = c.id)
		order by c.code`, service)
	if err != nil {
		return nil, pg.Fault("centres of service", err)
	}
	list, err := pgx.CollectRows(rows, scanCentre)
	return list, pg.Fault("centres of service", err)
}

// Places lists the settlements and communities of the regions that have centres, by their codes.
func (s *Store) Places(ctx context.Context) (Places, error) {
	rows, err := s.db.Query(ctx, `
		select u.code, u.category, u.name from org.units u
		where left(u.code, 4) in (select left(c.unit_code, 4) from org.centres c where c.published)
		order by u.code`)
	if err != nil {
		return nil, pg.Fault("places", err)
	}
	units, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (u unit, err error) {
		return u, row.Scan(&u.code, &u.category, &u.name)
	})
	return newPlaces(units), pg.Fault("places", err)
}

func scanCentre(row pgx.CollectableRow) (Centre, error) {
	var c Centre
	var category, unit string
	err := row.Scan(&c.ID, &c.Code, &c.Name.UK, &c.Name.EN, &c.UnitCode, &category, &unit,
		&c.Contacts.Address.UK, &c.Contacts.Address.EN, &c.Contacts.Phones, &c.Contacts.Email, &c.Contacts.Site,
		&c.Directions.UK, &c.Directions.EN, &c.Latitude, &c.Longitude, &c.Schedule, &c.People, &c.UpdatedAt)
	c.Unit = unitName(category, unit)
	return c, err
}

const selectAuthority = `
	select a.id, a.code, a.edrpou, a.name, a.name_en, a.short_name, a.short_name_en, a.level,
	       coalesce(u.category, ''), coalesce(u.name, ''), a.address, a.address_en, a.phones, a.email, a.site,
	       a.schedule, a.people, a.updated_at
	from org.authorities a left join org.units u on u.code = a.unit_code
	where a.published`

// Authorities lists every authority by its code; pages put them into the order of their language.
func (s *Store) Authorities(ctx context.Context) ([]Authority, error) {
	rows, err := s.db.Query(ctx, selectAuthority+` order by a.code`)
	if err != nil {
		return nil, pg.Fault("list authorities", err)
	}
	list, err := pgx.CollectRows(rows, scanAuthority)
	return list, pg.Fault("list authorities", err)
}

// Authority returns the authority with the code, NotFound when there is none.
func (s *Store) Authority(ctx context.Context, code string) (Authority, error) {
	return s.authority(ctx, selectAuthority+` and a.code = $1`, code)
}

// AuthorityByID is Authority for a reference from another row.
func (s *Store) AuthorityByID(ctx context.Context, id uuid.UUID) (Authority, error) {
	return s.authority(ctx, selectAuthority+` and a.id = $1`, id)
}

func (s *Store) authority(ctx context.Context, sql string, arg any) (Authority, error) {
	rows, err := s.db.Query(ctx, sql, arg)
	if err != nil {
		return Authority{}, pg.Fault("authority", err)
	}
	a, err := pgx.CollectExactlyOneRow(rows, scanAuthority)
	return a, pg.Fault("authority", err)
}

func scanAuthority(row pgx.CollectableRow) (Authority, error) {
	var a Authority
	var category, unit string
	err := row.Scan(&a.ID, &a.Code, &a.EDRPOU, &a.Name.UK, &a.Name.EN, &a.ShortName.UK, &a.ShortName.EN, &a.Level,
		&category, &unit, &a.Contacts.Address.UK, &a.Contacts.Address.EN, &a.Contacts.Phones, &a.Contacts.Email,
		&a.Contacts.Site, &a.Schedule, &a.People, &a.UpdatedAt)
	a.Unit = unitName(category, unit)
	return a, err
}

// AuthorityNames returns the names of authorities by id; those that are not published are left out.
func (s *Store) AuthorityNames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]locale.Text, error) {
	names := map[uuid.UUID]locale.Text{}
	if len(ids) == 0 {
		return names, nil
	}
	rows, err := s.db.Query(ctx, `select id, name, name_en from org.authorities where published and id = any($1)`, ids)
	if err != nil {
		return nil, pg.Fault("names of authorities", err)
	}
	var id uuid.UUID
	var name locale.Text
	_, err = pgx.ForEachRow(rows, []any{&id, &name.UK, &name.EN}, func() error {
		names[id] = name
		return nil
	})
	return names, pg.Fault("names of authorities", err)
}
