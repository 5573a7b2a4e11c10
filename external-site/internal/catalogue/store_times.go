package catalogue

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// readTimes reads what lists know of cards and forms.
func (s *Store) readTimes(ctx context.Context) (*Times, error) {
	var t Times
	if err := s.timesOnline(ctx, &t); err != nil {
		return nil, err
	}
	return &t, s.timesNewest(ctx, &t)
}

// timesOnline reads since when services take applications through the site: they need a card and a form that are in force.
func (s *Store) timesOnline(ctx context.Context, t *Times) error {
	return collect(ctx, s.db, "services online", &t.opens, func(row pgx.CollectableRow) (o opens, err error) {
		return o, row.Scan(&o.id, &o.since)
	}, `
		select s.id, greatest(f.since, c.since) as since
		from catalogue.services s
		join (select service_id, min(effective_from) as since from catalogue.forms where published group by service_id) f on f.service_id = s.id
		join (select service_id, min(effective_from) as since from catalogue.cards where published group by service_id) c on c.service_id = s.id
		where s.published and s.quick
		order by since`)
}

func (s *Store) timesNewest(ctx context.Context, t *Times) error {
	return collect(ctx, s.db, "changed services", &t.newest, func(row pgx.CollectableRow) (c Changed, err error) {
		return c, row.Scan(&c.Code, &c.Name.UK, &c.Name.EN, &c.Summary.UK, &c.Summary.EN, &c.ChangedAt)
	}, `
		select s.code, s.name, s.name_en, s.summary, s.summary_en, greatest(s.updated_at, c.published_at) as changed_at
		from catalogue.services s
		left join (select service_id, max(published_at) as published_at from catalogue.cards where published group by service_id) c on c.service_id = s.id
		where s.published order by changed_at desc, s.code limit $1`, Newest)
}
