package search

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

// Store asks the database. It has no way to write.
type Store struct{ db pg.Queryer }

// NewStore makes a store over db, a pool of connections that Warm has prepared.
func NewStore(db pg.Queryer) *Store { return &Store{db: db} }

// Warm prepares a new connection: each loads the dictionary for itself, which takes most of a second, so nobody's
// search should wait for it.
func Warm(ctx context.Context, conn *pgx.Conn) error {
	for _, sql := range []string{
		`set statement_timeout = '60s'`,
		`select to_tsvector('public.portal_uk', 'послуга'), public.similarity('а', 'б')`,
		`set pg_trgm.word_similarity_threshold = 0.4`,
		// Every search has its index; the planner thinks that comparing trigrams costs nothing and reads all rows.
		`set enable_seqscan = off`,
		`reset statement_timeout`,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return pg.Fault("prepare search", err)
		}
	}
	return nil
}

// lexize looks the words up in the dictionary.
func (s *Store) lexize(ctx context.Context, words []string) (map[string]lexemes, error) {
	rows, err := s.db.Query(ctx, `
		select w, l is not null, coalesce(l, '{}')
		from (select w, ts_lexize('public.portal_uk', w) from unnest($1::text[]) w) as t(w, l)`, words)
	if err != nil {
		return nil, pg.Fault("dictionary", err)
	}
	known := make(map[string]lexemes, len(words))
	var w string
	var l lexemes
	_, err = pgx.ForEachRow(rows, []any{&w, &l.known, &l.roots}, func() error {
		known[w] = l
		return nil
	})
	return known, pg.Fault("dictionary", err)
}

// hit is a service with the words of the query that it has.
type hit struct {
	id     uuid.UUID
	points float64 // of all words alike
	weight float64 // the same, rare words more
	words  []int32
}

// ways are the terms as rows: each with the query that finds it.
const ways = `
	with term as materialized (
	  select word, factor, case kind
	      when 'begins' then to_tsquery('pg_catalog.simple', text || ':*')
	      else plainto_tsquery('public.portal_uk', text) end as q
	  from unnest(@words::int[], @kinds::text[], @texts::text[], @factors::float8[]) as t(word, kind, text, factor)
	)`

func ofTerms(list []term) pgx.NamedArgs {
	var words []int
	var kinds, texts []string
	var factors []float64
	for _, t := range list {
		words, kinds = append(words, t.word), append(kinds, t.kind)
		texts, factors = append(texts, t.text), append(factors, t.factor)
	}
	return pgx.NamedArgs{"words": words, "kinds": kinds, "texts": texts, "factors": factors}
}

// What a word is worth by where it was found: the name and the keywords say most. Only services with a word there, in their category
// or in their life situation are found; among those that have most, words of the card and of the authority's name count a little, since
// they may stand there by chance.
const hits = ways + `,
	every as (
	  select string_agg('(' || q || ')', ' & ')::tsquery as q
	  from (select string_agg('(' || q::text || ')', ' | ') as q from term where numnode(q) > 0 group by word) word
	),
	whole as materialized (
	  select s.id from every join catalogue.services s on s.search @@ every.q where s.published limit @wide
	),
	hit as (
	  select s.id, t.word, t.factor * case when ts_filter(s.search, '{a}') @@ t.q then 1 else 0.4 end as points
	  from whole join catalogue.services s using (id) join term t on s.search @@ t.q
	  union all
	  select s.id, t.word, t.factor * case when ts_filter(s.search, '{a}') @@ t.q then 1 else 0.4 end
	  from term t cross join lateral (
	    select id, search from catalogue.services where search @@ t.q and published limit @wide) s
	  where not exists (select from whole)
	  union all
	  select s.id, t.word, t.factor * 0.3
	  from term t join catalogue.categories c on c.search @@ t.q join catalogue.services s on s.category_id = c.id
	  where s.published
	  union all
	  select x.service_id, t.word, t.factor * 0.3
	  from term t join catalogue.life_situations l on l.search @@ t.q
	  join catalogue.service_situations x on x.situation_id = l.id
	),
	strong as (
	  select id, word, max(points) as points from hit group by id, word
	),
	rarity as (
	  select word, ln(1 + 1000.0 / count(*)) as rarity from strong group by word
	),
	likely as materialized (
	  select id from strong join rarity using (word)
	  group by id order by count(*) desc, sum(points * rarity) desc, id limit 1000
	),
	found as (
	  select word, id, points from strong where id in (select id from likely)
	  union all
	  select t.word, l.id, t.factor * 0.1
	  from (select id from likely limit @reread) l cross join term t join catalogue.cards c on c.service_id = l.id and c.search @@ t.q
	  where c.published and c.effective_from <= @today and not exists (
	    select from catalogue.cards n
	    where n.service_id = c.service_id and n.published and n.effective_from <= @today
	      and (n.effective_from, n.number) > (c.effective_from, c.number))
	  union all
	  select t.word, s.id, t.factor * 0.2
	  from likely l join catalogue.services s using (id)
	  join org.authorities a on a.id = s.authority_id join term t on a.search @@ t.q
	),
	best as (
	  select id, word, max(points) as points from found group by id, word
	)
	select s.id,
	  -- words that stand together as they were typed, or at the beginning of the name, and short names are more likely what was meant
	  sum(b.points) + case when s.plain like @start || '%' then 0.3 when s.plain like '%' || @start || '%' then 0.2 else 0 end - least(length(s.name), 300) / 1000.0,
	  sum(b.points * coalesce(r.rarity, 1)) - least(length(s.name), 300) / 1000.0,
	  array_agg(b.word order by b.word)
	from best b left join rarity r using (word) join catalogue.services s on s.id = b.id and s.published
	group by s.id
	order by count(*) desc, 2 desc, s.id`

// wide is up to how many services a word is looked at in: of 100,000 services «видача» names 40,000. Those that have every word are asked
// for first, so that two words of which both are common lose nothing by it.
const wide = 3000

// reread is in how many services the card is looked at for words that their names do not have.
const reread = 200

// find returns the services that have at least one of the words, the ones with most words first, at most 1,000.
func (s *Store) find(ctx context.Context, q Query, list []term, day time.Time) ([]hit, error) {
	args := ofTerms(list)
	args["today"], args["start"], args["reread"], args["wide"] = day, likePrefix(q), reread, wide
	rows, err := s.db.Query(ctx, hits, args)
	if err != nil {
		return nil, pg.Fault("search", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (hit, error) {
		var h hit
		err := row.Scan(&h.id, &h.points, &h.weight, &h.words)
		return h, err
	})
	return found, pg.Fault("search", err)
}

// mentioned returns services whose cards have the words themselves, those with most of them, and no more than it takes to see that
// they are many.
func (s *Store) mentioned(ctx context.Context, list []term, day time.Time) ([]uuid.UUID, error) {
	args := ofTerms(list)
	args["today"], args["most"] = day, fewMentions+1
	rows, err := s.db.Query(ctx, ways+`,
		word as (
		  select word, string_agg('(' || q::text || ')', ' | ')::tsquery as q from term
		  where numnode(q) > 0 and factor >= 0.5 group by word
		),
		any_of as (select string_agg('(' || q::text || ')', ' | ')::tsquery as q from word),
		mention as (
		  select c.service_id, (select count(*) from word where c.search @@ word.q) as words
		  from any_of join catalogue.cards c on c.search @@ any_of.q
		  where c.published and c.effective_from <= @today and not exists (
		    select from catalogue.cards n
		    where n.service_id = c.service_id and n.published and n.effective_from <= @today
		      and (n.effective_from, n.number) > (c.effective_from, c.number))
		  limit @most
		)
		select service_id from mention join catalogue.services s on s.id = service_id and s.published
		order by words desc, s.name collate "uk-x-icu"`, args)
	if err != nil {
		return nil, pg.Fault("mentions", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return found, pg.Fault("mentions", err)
}

// byCode returns the services whose code begins like the one typed; leading zeros may be left out.
func (s *Store) byCode(ctx context.Context, code string) ([]uuid.UUID, error) {
	key := strings.TrimLeft(strings.ToLower(code), "0")
	if key == "" {
		return nil, nil
	}
	rows, err := s.db.Query(ctx, `
		select id from catalogue.services
		where published and code_key like $2 || '%'
		order by code <> $1, code_key <> $3, length(code), code
		limit 50`, code, likeText(key), key)
	if err != nil {
		return nil, pg.Fault("search by code", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return found, pg.Fault("search by code", err)
}

// similar returns words of the catalogue that look like the word: of names and keywords of services, of what others give, and of the
// names of situations and bodies.
func (s *Store) similar(ctx context.Context, word string) ([]Candidate, error) {
	rows, err := s.db.Query(ctx, `
		with texts as (
		  (select plain from catalogue.services where published and $1 operator(public.<%) plain limit 400)
		  union all
		  (select plain from catalogue.elsewhere where $1 operator(public.<%) plain limit 50)
		  union all
		  (select public.portal_plain(name) from catalogue.life_situations
		   where $1 operator(public.<%) public.portal_plain(name) limit 50)
		)
		select w, count(*)
		from texts, regexp_split_to_table(plain, '[^[:alnum:]]+') w
		where public.similarity(w, $1) > 0.2
		group by w
		order by public.similarity(w, $1) desc, count(*) desc
		limit 40`, word)
	if err != nil {
		return nil, pg.Fault("similar words", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Candidate, error) {
		var c Candidate
		err := row.Scan(&c.Word, &c.Services)
		return c, err
	})
	return list, pg.Fault("similar words", err)
}

// mark returns the texts with what the terms find in them between the marks. The texts must be folded.
func (s *Store) mark(ctx context.Context, texts []string, list []term) ([]string, error) {
	var kinds, words []string
	for _, t := range list {
		kinds, words = append(kinds, t.kind), append(words, t.text)
	}
	rows, err := s.db.Query(ctx, `
		with q as materialized (
		  select string_agg('(' || case kind
		      when 'begins' then to_tsquery('pg_catalog.simple', word || ':*')
		      else plainto_tsquery('public.portal_uk', word) end::text || ')', ' | ')::tsquery as q
		  from unnest($2::text[], $3::text[]) as t(kind, word)
		  where numnode(plainto_tsquery('public.portal_uk', word)) > 0
		)
		select ts_headline('public.portal_uk', x, q.q, $4)
		from unnest($1::text[]) with ordinality as t(x, n), q order by n`,
		texts, kinds, words, "HighlightAll=true, StartSel="+markStart+", StopSel="+markStop)
	if err != nil {
		return nil, pg.Fault("mark", err)
	}
	marked, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return marked, pg.Fault("mark", err)
}
