package catalogue

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// matching judges every published service (or every one a search found) by each filter separately, so that the
// count beside a value can leave out the filter the value belongs to.
const matching = `
	with recursive branch as (
	  select id from catalogue.categories where code = @category
	  union
	  select c.id from catalogue.categories c join branch b on c.parent_id = b.id
	),
	found as (
	  select * from unnest(@found::uuid[], @points::float8[]) as f(id, points)
	),
	online as (
	  select service_id from catalogue.forms where published and effective_from <= @today
	  intersect
	  select service_id from catalogue.cards where published and effective_from <= @today
	),
	judged as materialized (
	  select s.id, s.name, s.name_en, s.category_id, s.authority_id, s.applicant_types, coalesce(f.points, 0) as points,
	    s.quick and s.id in (select service_id from online) as quick,
	    @category = '' or s.category_id in (select id from branch) as in_category,
	    @authority = '' or s.authority_id in (select id from org.authorities where code = @authority) as in_authority,
	    @applicant = '' or @applicant = any(s.applicant_types) as in_applicant,
	    not @quick or (s.quick and s.id in (select service_id from online)) as in_quick,
	    @situation = '' or s.id in (
	      select x.service_id from catalogue.service_situations x
	      join catalogue.life_situations l on l.id = x.situation_id where l.code = @situation) as in_situation,
	    @centre = '' or s.id in (
	      select x.service_id from catalogue.service_centres x
	      join org.centres c on c.id = x.centre_id where c.code = @centre) as in_centre
	  from catalogue.services s left join found f on f.id = s.id
	  where s.published and (@found::uuid[] is null or f.id is not null)
	)`

func (f Filter) args(day time.Time) pgx.NamedArgs {
	found, points := ids(f.Found)
	return pgx.NamedArgs{
		"category": f.Category, "situation": f.Situation, "authority": f.Authority, "centre": f.Centre,
		"applicant": string(f.Applicant), "quick": f.Quick, "found": found, "points": points, "today": day,
		"relevance": f.Sort == ByRelevance && f.Found != nil, "english": f.Lang == locale.EN,
	}
}

// byName orders services as a reader of the language looks for them. In English those that are not translated come
// last, since their names are Ukrainian.
const byName = `
	case when @english then nullif(name_en, '') end collate "en-x-icu" nulls last, name collate "uk-x-icu", id`

// List returns one page of the services that match, with the card in force on the day.
func (s *Store) List(ctx context.Context, f Filter, day time.Time) (List, error) {
	args := f.args(day)
	var l List
	err := s.db.QueryRow(ctx, matching+`
		select count(*) from judged
		where in_category and in_authority and in_applicant and in_quick and in_situation and in_centre`, args).Scan(&l.Total)
	if err != nil {
		return List{}, pg.Fault("count list", err)
	}
	l.Page, l.Pages = pages(l.Total, f.Page)
	if l.Total == 0 {
		return l, nil
	}
	args["limit"], args["offset"] = PerPage, (l.Page-1)*PerPage
	rows, err := s.db.Query(ctx, matching+`,
		page as (
		  select id, quick, row_number() over (order by case when @relevance then -points end,`+byName+`) as place
		  from judged
		  where in_category and in_authority and in_applicant and in_quick and in_situation and in_centre
		  order by place
		  limit @limit offset @offset
		)
		select s.id, s.code, s.name, s.name_en, s.summary, s.summary_en, p.quick,
		       coalesce(nullif(a.short_name, ''), a.name, ''), coalesce(nullif(a.short_name_en, ''), a.name_en, ''),
		       c.content is not null, coalesce(c.content, '{}')
		from page p
		join catalogue.services s on s.id = p.id
		left join org.authorities a on a.id = s.authority_id
		left join lateral (
		  select content from catalogue.cards
		  where service_id = s.id and published and effective_from <= @today
		  order by effective_from desc, number desc limit 1) c on true
		order by p.place`, args)
	if err != nil {
		return List{}, pg.Fault("list services", err)
	}
	l.Items, err = pgx.CollectRows(rows, scanItem)
	return l, pg.Fault("list services", err)
}

func scanItem(row pgx.CollectableRow) (Item, error) {
	var i Item
	err := row.Scan(&i.ID, &i.Code, &i.Name.UK, &i.Name.EN, &i.Summary.UK, &i.Summary.EN, &i.Quick,
		&i.Authority.UK, &i.Authority.EN, &i.HasCard, &i.CardText)
	i.Fee, i.Term = i.CardText.Fee, i.CardText.Term
	return i, err
}

// Facets counts, for every value of every filter, the services that would match with it.
func (s *Store) Facets(ctx context.Context, f Filter, day time.Time) (Facets, error) {
	rows, err := s.db.Query(ctx, matching+`
		select 'category', c.code, '', '', count(*) from judged j join catalogue.categories c on c.id = j.category_id
		where in_authority and in_applicant and in_quick and in_situation and in_centre group by c.id
		union all
		select 'authority', a.code, a.name, a.name_en, count(*) from judged j join org.authorities a on a.id = j.authority_id
		where in_category and in_applicant and in_quick and in_situation and in_centre group by a.id
		union all
		select 'situation', l.code, l.name, l.name_en, count(*) from judged j
		join catalogue.service_situations x on x.service_id = j.id join catalogue.life_situations l on l.id = x.situation_id
		where in_category and in_authority and in_applicant and in_quick and in_centre group by l.id
		union all
		select 'centre', c.code, c.name, c.name_en, count(*) from judged j
		join catalogue.service_centres x on x.service_id = j.id join org.centres c on c.id = x.centre_id and c.published
		where in_category and in_authority and in_applicant and in_quick and in_situation group by c.id
		union all
		select 'applicant', t, '', '', count(*) from judged j cross join unnest(j.applicant_types) t
		where in_category and in_authority and in_quick and in_situation and in_centre group by t
		union all
		select 'quick', '', '', '', count(*) from judged
		where quick and in_category and in_authority and in_applicant and in_situation and in_centre
		union all -- what was chosen keeps its name even where it leads to nothing
		select 'authority', code, name, name_en, 0 from org.authorities where code = @authority and published
		union all
		select 'situation', code, name, name_en, 0 from catalogue.life_situations where code = @situation
		union all
		select 'centre', code, name, name_en, 0 from org.centres where code = @centre and published
		order by 5 desc`, f.args(day))
	if err != nil {
		return Facets{}, pg.Fault("facets", err)
	}
	var all Facets
	var kind string
	var v Facet
	_, err = pgx.ForEachRow(rows, []any{&kind, &v.Code, &v.Name.UK, &v.Name.EN, &v.Count}, func() error {
		all.add(kind, v)
		return nil
	})
	all.sort(f.Lang)
	return all, pg.Fault("facets", err)
}
