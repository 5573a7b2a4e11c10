package catalogue

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/address"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store reads the catalogue. It has no way to write, and belongs to one transaction.
type Store struct {
	db     pg.Queryer
	memory Memory

	lastIndex *Index // that this transaction has seen
	lastTimes *Times
}

// Memory hands out what was read before and still holds, or has it read.
type Memory interface {
	Index(ctx context.Context, read func(context.Context) (*Index, error)) (*Index, error)
	Times(ctx context.Context, read func(context.Context) (*Times, error)) (*Times, error)
}

// NewStore makes a store over db. Without a memory it reads everything from db.
func NewStore(db pg.Queryer, memory Memory) *Store { return &Store{db: db, memory: memory} }

func (s *Store) index(ctx context.Context) (_ *Index, err error) {
	switch {
	case s.lastIndex != nil:
	case s.memory == nil:
		s.lastIndex, err = s.readIndex(ctx)
	default:
		s.lastIndex, err = s.memory.Index(ctx, s.readIndex)
	}
	return s.lastIndex, err
}

func (s *Store) times(ctx context.Context) (_ *Times, err error) {
	switch {
	case s.lastTimes != nil:
	case s.memory == nil:
		s.lastTimes, err = s.readTimes(ctx)
	default:
		s.lastTimes, err = s.memory.Times(ctx, s.readTimes)
	}
	return s.lastTimes, err
}

// indexOn returns the index with the services of it that take applications through the site on the day.
func (s *Store) indexOn(ctx context.Context, day time.Time) (*Index, bits, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, nil, err
	}
	t, err := s.times(ctx)
	if err != nil {
		return nil, nil, err
	}
	return x, t.on(day, x), nil
}

// Categories returns the classification as a tree with the number of services of each branch.
func (s *Store) Categories(ctx context.Context) ([]Category, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	return tree(x.categories), nil
}

// Situations returns the life situations in the order that staff gave them.
func (s *Store) Situations(ctx context.Context) ([]Situation, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(x.situations), nil
}

// Given says how many published services each centre and each authority gives.
func (s *Store) Given(ctx context.Context) (Given, error) {
	x, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	return x.given(), nil
}

// Newest is how many services Changed knows.
const Newest = 50

// Changed returns the services that were changed last, the newest first: by themselves or by a card that was published.
func (s *Store) Changed(ctx context.Context) ([]Changed, error) {
	t, err := s.times(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(t.newest), nil
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
	x, err := s.index(ctx)
	if err != nil {
		return 0, err
	}
	return len(x.ids), nil
}

// Example returns what a search may be tried with, from a service with keywords, one with a short name before others. It
// is NotFound when no service has any.
func (s *Store) Example(ctx context.Context) (Example, error) {
	x, err := s.index(ctx)
	if err == nil && x.example.Code == "" {
		err = fault.New(fault.NotFound, "")
	}
	if err != nil {
		return Example{}, err
	}
	return x.example, nil
}
