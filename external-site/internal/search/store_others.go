package search

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/citation"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// elsewhere returns what others give and the text names, at most three. Of phrases that were typed the longest say what was meant.
func (s *Store) elsewhere(ctx context.Context, text string) ([]Elsewhere, error) {
	rows, err := s.db.Query(ctx, `
		with named as (
		  select e.id, max((numnode(p) + 1) / 2) as words
		  from catalogue.elsewhere e, unnest(e.phrases) p
		  where e.published and to_tsvector('public.portal_uk', $1) @@ p
		  group by e.id
		)
		select e.name, e.name_en, e.provider, e.provider_en, e.url, e.phone, e.address, e.address_en, e.how, e.how_en, e.checked_on, n.words
		from named n join catalogue.elsewhere e using (id)
		where n.words = (select max(words) from named)
		order by e.position, e.name collate "uk-x-icu" limit 3`, text)
	if err != nil {
		return nil, pg.Fault("search elsewhere", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Elsewhere, err error) {
		return e, row.Scan(&e.Name.UK, &e.Name.EN, &e.Provider.UK, &e.Provider.EN, &e.URL, &e.Phone, &e.Address.UK, &e.Address.EN,
			&e.How.UK, &e.How.EN, &e.CheckedOn, &e.words)
	})
	return list, pg.Fault("search elsewhere", err)
}

// actsNumbered returns the acts whose number is, or begins with, the one typed, or ends the address of their official text, and that have all words
// beside it. What was said of any act only orders them: «кму 588» has the act of the Cabinet before one of a city.
func (s *Store) actsNumbered(ctx context.Context, act numbered) ([]Act, error) {
	days := act.Days
	if days == nil {
		days = []time.Time{}
	}
	rows, err := s.db.Query(ctx, `
		select 'act', kind, title, title_en, number, '', id::text, coalesce(adopted_on::text, '')
		from law.acts
		where published
		  and (number_key = law.number_key($1) or number_key like law.number_key($2) || '-%' or number_key like law.number_key($2) || '/%'
		    or address_key <> '' and address_key in (lower($1), $3))
		  and not exists (select from unnest($4::text[]) word where found_by not like '%' || word || '%')
		  and (cardinality($5::date[]) = 0 or adopted_on = any($5::date[]) or adopted_on is null)
		order by number_key = law.number_key($1) or address_key in (lower($1), $3) desc,
		  (select count(*) from unnest($6::text[]) word where found_by like '%' || word || '%') desc, level <> 'state', adopted_on desc nulls last, id limit 5`,
		act.number, likeText(act.number), citation.Address(act.number), pg.LikeWords(strings.Join(act.beside, " ")), days, pg.LikeWords(act.Words))
	if err != nil {
		return nil, pg.Fault("acts by number", err)
	}
	var all Others
	_, err = pgx.CollectRows(rows, all.collect)
	return all.Acts, pg.Fault("acts by number", err)
}

// restingOn returns services whose cards in force name one of the acts.
func (s *Store) restingOn(ctx context.Context, acts []uuid.UUID, day time.Time) ([]uuid.UUID, error) {
	rows, err := s.db.Query(ctx, `
		select s.id
		from unnest($1::uuid[]) with ordinality a(id, n)
		join catalogue.cards c on c.content -> 'acts' @> jsonb_build_array(jsonb_build_object('id', a.id))
		join catalogue.services s on s.id = c.service_id and s.published
		where c.published and c.effective_from <= $2 and not exists (
		  select from catalogue.cards n
		  where n.service_id = c.service_id and n.published and n.effective_from <= $2
		    and (n.effective_from, n.number) > (c.effective_from, c.number))
		group by s.id
		order by min(a.n), s.name collate "uk-x-icu" limit 1000`, acts, day)
	if err != nil {
		return nil, pg.Fault("services of acts", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return list, pg.Fault("services of acts", err)
}

// others returns what is called like all the words, or of a situation like most of them: at most five of a kind.
func (s *Store) others(ctx context.Context, list []term) (Others, error) {
	rows, err := s.db.Query(ctx, ways+`,
		word as (
		  select word, string_agg('(' || q::text || ')', ' | ')::tsquery as q from term where numnode(q) > 0 group by word
		),
		asked as materialized (
		  select string_agg('(' || q::text || ')', ' & ')::tsquery as every, string_agg('(' || q::text || ')', ' | ')::tsquery as some, count(*) as n
		  from word
		),
		worded as (
		  select l.id, l.search from asked join catalogue.life_situations l on l.search @@ asked.some
		  union all
		  select t.situation_id, t.search from asked join catalogue.situation_steps t on t.published and t.search @@ asked.some
		),
		situation as (
		  select l.id, l.code, l.name, l.name_en, count(distinct word.word) as n, bool_or(l.search @@ word.q) as named
		  from worded d join word on d.search @@ word.q join catalogue.life_situations l on l.id = d.id and l.published
		  group by l.id
		),
		person as (
		  select 'centre' as kind, b.code, b.name as body, b.name_en as body_en, p
		  from asked, org.centres b, jsonb_array_elements(b.people) p where b.published and b.people_search @@ asked.every
		  union all
		  select 'authority', b.code, b.name, b.name_en, p
		  from asked, org.authorities b, jsonb_array_elements(b.people) p where b.published and b.people_search @@ asked.every
		)
		(select 'situation', code, name, name_en, '', '', '', ''
		 from situation, asked where situation.n >= least(asked.n, 2) order by situation.n desc, named desc, length(name), code limit 3)
		union all
		(select 'act', kind, title, title_en, number, '', id::text, coalesce(adopted_on::text, '')
		 from law.acts a, asked where a.published and a.search @@ asked.every
		 order by level <> 'state', length(title), number limit 5)
		union all
		(select 'centre', code, name, name_en, '', '', '', ''
		 from org.centres b, asked where b.published and b.search @@ asked.every order by name collate "uk-x-icu" limit 5)
		union all
		(select 'authority', code, name, name_en, '', '', '', ''
		 from org.authorities b, asked where b.published and b.search @@ asked.every order by name collate "uk-x-icu" limit 5)
		union all
		(select 'person', code, body, body_en, kind, p ->> 'name', coalesce(p #>> '{position,uk}', ''), coalesce(p #>> '{position,en}', '')
		 from person, asked where public.portal_people(jsonb_build_array(p)) @@ asked.every order by p ->> 'name' limit 5)`, ofTerms(list))
	if err != nil {
		return Others{}, pg.Fault("search others", err)
	}
	var all Others
	_, err = pgx.CollectRows(rows, all.collect)
	return all, pg.Fault("search others", err)
}

// collect puts a row of others where it belongs.
func (o *Others) collect(row pgx.CollectableRow) (_ struct{}, err error) {
	var kind, code string
	var name locale.Text
	var more [4]string
	if err := row.Scan(&kind, &code, &name.UK, &name.EN, &more[0], &more[1], &more[2], &more[3]); err != nil {
		return struct{}{}, err
	}
	switch kind {
	case "situation":
		o.Situations = append(o.Situations, Situation{code, name})
	case "centre", "authority":
		o.Bodies = append(o.Bodies, Body{kind, code, name})
	case "person":
		o.Officials = append(o.Officials, Official{
			Name: more[1], Position: locale.Text{UK: more[2], EN: more[3]}, Body: Body{more[0], code, name},
		})
	case "act":
		a := Act{Kind: code, Title: name, Number: more[0]}
		if a.ID, err = uuid.Parse(more[2]); err != nil {
			return struct{}{}, err
		}
		if adopted, err := time.Parse(time.DateOnly, more[3]); err == nil {
			a.AdoptedOn = &adopted
		}
		o.Acts = append(o.Acts, a)
	}
	return struct{}{}, nil
}
