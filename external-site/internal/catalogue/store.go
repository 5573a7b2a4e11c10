package catalogue

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/address"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Store reads the catalogue. It has no way to write.
type Store struct{ db pg.Queryer }

// NewStore makes a store over db.
func NewStore(db pg.Queryer) *Store { return &Store{db: db} }

// Categories returns the classification as a tree with the number of services of each branch.
func (s *Store) Categories(ctx context.Context) ([]Category, error) {
	rows, err := s.db.Query(ctx, `
		select c.id, c.code, c.name, c.name_en, c.parent_id, count(s.id)
		from catalogue.categories c left join catalogue.services s on s.category_id = c.id and s.published
		group by c.id
		order by c.position, c.name collate "uk-x-icu"`)
	if err != nil {
		return nil, pg.Fault("categories", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Category, error) {
		var c Category
		err := row.Scan(&c.ID, &c.Code, &c.Name.UK, &c.Name.EN, &c.ParentID, &c.Services)
		return c, err
	})
	return tree(list), pg.Fault("categories", err)
}

// Situations returns the life situations in the order that staff gave them.
func (s *Store) Situations(ctx context.Context) ([]Situation, error) {
	rows, err := s.db.Query(ctx, `
		select l.id, l.code, l.name, l.name_en, l.description, l.description_en, count(s.id)
		from catalogue.life_situations l
		left join catalogue.service_situations x on x.situation_id = l.id
		left join catalogue.services s on s.id = x.service_id and s.published
		group by l.id
		order by l.position, l.name collate "uk-x-icu"`)
	if err != nil {
		return nil, pg.Fault("life situations", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Situation, error) {
		var l Situation
		err := row.Scan(&l.ID, &l.Code, &l.Name.UK, &l.Name.EN, &l.Description.UK, &l.Description.EN, &l.Services)
		return l, err
	})
	return list, pg.Fault("life situations", err)
}

// Changed returns the n services that were changed last, the newest first: by themselves or by a card that was published.
func (s *Store) Changed(ctx context.Context, n int) ([]Changed, error) {
	rows, err := s.db.Query(ctx, `
		select s.code, s.name, s.name_en, s.summary, s.summary_en, greatest(s.updated_at, (
		  select max(c.published_at) from catalogue.cards c where c.service_id = s.id and c.published)) as changed_at
		from catalogue.services s where s.published order by changed_at desc, s.code limit $1`, n)
	if err != nil {
		return nil, pg.Fault("changed services", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Changed, err error) {
		err = row.Scan(&c.Code, &c.Name.UK, &c.Name.EN, &c.Summary.UK, &c.Summary.EN, &c.ChangedAt)
		return c, err
	})
	return list, pg.Fault("changed services", err)
}

// Slugs returns the address parts of all published services and when anything that their pages show of them was changed,
// for the site map.
func (s *Store) Slugs(ctx context.Context) ([]Listed, error) {
	rows, err := s.db.Query(ctx, `
		select s.code, greatest(s.updated_at, (
		  select max(c.published_at) from catalogue.cards c where c.service_id = s.id and c.published))
		from catalogue.services s where s.published order by s.code limit 50000`)
	if err != nil {
		return nil, pg.Fault("slugs", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Listed])
	for i := range list {
		list[i].Slug = address.Slug(list[i].Slug)
	}
	return list, pg.Fault("slugs", err)
}

// Named returns the published ones among the services with these codes, in their order.
func (s *Store) Named(ctx context.Context, codes []string) ([]Named, error) {
	rows, err := s.db.Query(ctx, `
		select code, name, name_en from catalogue.services where published and code = any($1)
		order by array_position($1, code)`, codes)
	if err != nil {
		return nil, pg.Fault("names of services", err)
	}
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (n Named, err error) {
		return n, r.Scan(&n.Code, &n.Name.UK, &n.Name.EN)
	})
	return list, pg.Fault("names of services", err)
}

// MostUsed returns the codes of the published services that most of the cases that can be followed here were registered for since the
// moment, the most used first, at most n. A service with few cases is left out: who looks at the first page learns nothing of a single one.
func (s *Store) MostUsed(ctx context.Context, since time.Time, n int) ([]string, error) {
	rows, err := s.db.Query(ctx, `
		select s.code
		from (
		  select service_id, count(*) as cases from cases.cases where registered_at >= $1
		  group by service_id having count(*) >= 5
		) used join catalogue.services s on s.id = used.service_id and s.published
		order by used.cases desc, s.code limit $2`, since, n)
	if err != nil {
		return nil, pg.Fault("most used services", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return list, pg.Fault("most used services", err)
}

// Count returns how many services are published.
func (s *Store) Count(ctx context.Context) (int, error) {
	var n int
	err := s.db.QueryRow(ctx, `select count(*) from catalogue.services where published`).Scan(&n)
	return n, pg.Fault("count services", err)
}

// Example returns what a search may be tried with, from a service with keywords, one with a short name before others. It
// is NotFound when no service has any.
func (s *Store) Example(ctx context.Context) (Example, error) {
	var e Example
	var keywords, name string
	err := s.db.QueryRow(ctx, `
		select code, keywords, name_en from catalogue.services
		where published and keywords ~ '[[:alpha:]]'
		order by length(name), code limit 1`).Scan(&e.Code, &keywords, &name)
	if err != nil {
		return Example{}, pg.Fault("example of a search", err)
	}
	e.Word = locale.Text{UK: firstKeyword(keywords), EN: strings.ToLower(name)}
	return e, nil
}

// ids splits what a search found into the two lists that SQL takes; nil without a search.
func ids(found []Found) (list []uuid.UUID, points []float64) {
	if found == nil {
		return nil, nil
	}
	list, points = make([]uuid.UUID, len(found)), make([]float64, len(found))
	for i, f := range found {
		list[i], points[i] = f.ID, f.Points
	}
	return list, points
}
