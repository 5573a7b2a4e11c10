package search

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// suggest returns what has every word of the query, or a word that begins like it. Of many services it looks at the first that come:
// whoever has typed so little will type on.
func (s *Store) suggest(ctx context.Context, q Query) ([]Suggestion, error) {
	rows, err := s.db.Query(ctx, `
		with asked as materialized (
		  select string_agg(format('(%s)', concat_ws(' | ', nullif(plainto_tsquery('public.portal_uk', w)::text, ''), quote_literal(w) || ':*')), ' & ')::tsquery as q
		  from unnest($1::text[]) w
		),
		service as (
		  (select s.id, s.code, s.name, s.name_en, s.plain, ts_filter(s.search, '{a}') @@ asked.q as named
		   from asked join catalogue.services s on s.search @@ asked.q where s.published limit 300)
		  union -- the dictionary knows words by their root, of which an unfinished one may have no more than the beginning
		  (select id, code, name, name_en, plain, true from catalogue.services where published and plain like '%' || $2 || '%' limit 100)
		)
		(select 'situation', code, name, name_en from asked, catalogue.life_situations l
		 where l.search @@ asked.q or ' ' || public.portal_plain(name) like '% ' || $2 || '%' order by length(name), code limit 2)
		union all
		(select 'service', code, name, name_en from service order by not named, plain not like $2 || '%', length(name), code limit 6)
		union all
		(select 'centre', code, name, name_en from asked join org.centres c on c.search @@ asked.q where published order by length(name), code limit 2)
		union all
		(select 'authority', code, name, name_en from asked join org.authorities a on a.search @@ asked.q where published order by length(name), code limit 2)
		limit $3`, q.Words, likePrefix(q), maxSuggested)
	if err != nil {
		return nil, pg.Fault("suggest", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v Suggestion, err error) {
		return v, row.Scan(&v.Kind, &v.Code, &v.Name.UK, &v.Name.EN)
	})
	return list, pg.Fault("suggest", err)
}
