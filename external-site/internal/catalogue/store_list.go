package catalogue

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// List returns one page of the services that match, with the card in force on the day.
func (s *Store) List(ctx context.Context, f Filter, day time.Time) (List, error) {
	x, online, err := s.indexOn(ctx, day)
	if err != nil {
		return List{}, err
	}
	ids, l := x.page(f, online)
	if len(ids) == 0 {
		return l, nil
	}
	rows, err := s.db.Query(ctx, `
		select s.id, s.code, s.name, s.name_en, s.summary, s.summary_en,
		       coalesce(nullif(a.short_name, ''), a.name, ''), coalesce(nullif(a.short_name_en, ''), a.name_en, ''),
		       c.content is not null,
		       case when c.content is null then '{}' when @searched then c.content
		         else jsonb_build_object('fee', c.content -> 'fee', 'term', c.content -> 'term') end
		from unnest(@ids::uuid[]) with ordinality as p(id, place)
		join catalogue.services s on s.id = p.id and s.published
		left join org.authorities a on a.id = s.authority_id`+inForce+`
		order by p.place`, pgx.NamedArgs{"ids": ids, "today": day, "searched": f.Found != nil})
	if err != nil {
		return List{}, pg.Fault("list services", err)
	}
	l.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (i Item, err error) {
		err = row.Scan(&i.ID, &i.Code, &i.Name.UK, &i.Name.EN, &i.Summary.UK, &i.Summary.EN,
			&i.Authority.UK, &i.Authority.EN, &i.HasCard, &i.CardText)
		i.Fee, i.Term, i.Quick = i.CardText.Fee, i.CardText.Term, online.has(x.places[i.ID])
		return i, err
	})
	return l, pg.Fault("list services", err)
}

// Facets counts, for every value of every filter, the services that would match with it.
func (s *Store) Facets(ctx context.Context, f Filter, day time.Time) (Facets, error) {
	x, online, err := s.indexOn(ctx, day)
	if err != nil {
		return Facets{}, err
	}
	return x.facets(f, online), nil
}
