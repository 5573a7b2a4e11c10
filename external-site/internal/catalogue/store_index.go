package catalogue

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// readIndex reads what lists are made of.
func (s *Store) readIndex(ctx context.Context) (*Index, error) {
	var r rows
	for _, part := range []func(context.Context, *rows) error{
		s.indexServices, s.indexEnglish, s.indexCategories, s.indexSituations, s.indexBodies, s.indexPlaces, s.indexExample,
	} {
		if err := part(ctx, &r); err != nil {
			return nil, err
		}
	}
	return newIndex(r), nil
}

// collect asks and puts the rows that scan makes into list.
func collect[T any](ctx context.Context, db pg.Queryer, what string, list *[]T, scan func(pgx.CollectableRow) (T, error), sql string, args ...any) error {
	found, err := db.Query(ctx, sql, args...)
	if err != nil {
		return pg.Fault(what, err)
	}
	*list, err = pgx.CollectRows(found, scan)
	return pg.Fault(what, err)
}

// indexServices reads the services in the order of their Ukrainian names.
func (s *Store) indexServices(ctx context.Context, r *rows) error {
	return collect(ctx, s.db, "index of services", &r.services, func(row pgx.CollectableRow) (v indexed, err error) {
		return v, row.Scan(&v.id, &v.category, &v.authority, &v.applicants)
	}, `
		select id, category_id, authority_id, applicant_types from catalogue.services
		where published order by name collate "uk-x-icu", id`)
}

// indexEnglish reads the order of the English names. Services that are not translated come last, since their names are
// Ukrainian.
func (s *Store) indexEnglish(ctx context.Context, r *rows) error {
	return collect(ctx, s.db, "index of English names", &r.english, pgx.RowTo[uuid.UUID], `
		select id from catalogue.services where published
		order by nullif(name_en, '') collate "en-x-icu" nulls last, name collate "uk-x-icu", id`)
}

func (s *Store) indexCategories(ctx context.Context, r *rows) error {
	return collect(ctx, s.db, "categories", &r.categories, func(row pgx.CollectableRow) (c Category, err error) {
		return c, row.Scan(&c.ID, &c.Code, &c.Name.UK, &c.Name.EN, &c.ParentID)
	}, `select id, code, name, name_en, parent_id from catalogue.categories order by position, name collate "uk-x-icu"`)
}

func (s *Store) indexSituations(ctx context.Context, r *rows) error {
	return collect(ctx, s.db, "life situations", &r.situations, func(row pgx.CollectableRow) (l Situation, err error) {
		return l, row.Scan(&l.ID, &l.Code, &l.Name.UK, &l.Name.EN, &l.Description.UK, &l.Description.EN)
	}, `select id, code, name, name_en, description, description_en from catalogue.life_situations where published order by position, name collate "uk-x-icu"`)
}

func (s *Store) indexBodies(ctx context.Context, r *rows) error {
	err := collect(ctx, s.db, "index of authorities", &r.authorities, scanRef, `select id, code, name, name_en from org.authorities where published order by code`)
	if err != nil {
		return err
	}
	return collect(ctx, s.db, "index of centres", &r.centres, scanRef, `select id, code, name, name_en from org.centres where published order by code`)
}

// indexPlaces reads which services belong to which situation, and to which centre.
func (s *Store) indexPlaces(ctx context.Context, r *rows) (err error) {
	if r.inSituation, err = s.lists(ctx, `select situation_id, array_agg(service_id) from catalogue.service_situations group by situation_id`); err != nil {
		return err
	}
	r.inCentre, err = s.lists(ctx, `select centre_id, array_agg(service_id) from catalogue.service_centres group by centre_id`)
	return err
}

func (s *Store) lists(ctx context.Context, sql string) (map[uuid.UUID][]uuid.UUID, error) {
	found, err := s.db.Query(ctx, sql)
	if err != nil {
		return nil, pg.Fault("index of places", err)
	}
	all := map[uuid.UUID][]uuid.UUID{}
	var id uuid.UUID
	var services []uuid.UUID
	_, err = pgx.ForEachRow(found, []any{&id, &services}, func() error {
		all[id], services = services, nil
		return nil
	})
	return all, pg.Fault("index of places", err)
}

func (s *Store) indexExample(ctx context.Context, r *rows) error {
	var keywords, name string
	err := s.db.QueryRow(ctx, `
		select code, keywords, name_en from catalogue.services
		where published and keywords ~ '[[:alpha:]]'
		order by length(name), code limit 1`).Scan(&r.example.Code, &keywords, &name)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	r.example.Word = locale.Text{UK: firstKeyword(keywords), EN: strings.ToLower(name)}
	return pg.Fault("example of a search", err)
}
