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
	points float64
	words  []int32
}

// What a word is worth by where it was found. The name says most; a word of the card may be there by chance.
const hits = `
	with term as materialized (
	  select word, factor, case kind
	      when 'begins' then to_tsquery('pg_catalog.simple', text || ':*')
	      else plainto_tsquery('public.portal_uk', text) end as q
	  from unnest(@words::int[], @kinds::text[], @texts::text[], @factors::float8[]) as t(word, kind, text, factor)
	),
	hit as (
	  select s.id, t.word, t.factor * case when ts_filter(s.search, '{a}') @@ t.q then 1 else 0.4 end as points
	  from term t join catalogue.services s on s.search @@ t.q
	  where s.published
	  union all
	  select s.id, t.word, t.factor * 0.3
	  from term t join org.authorities a on a.search @@ t.q join catalogue.services s on s.authority_id = a.id
	  where s.published
	  union all
	  select s.id, t.word, t.factor * 0.3
	  from term t join catalogue.categories c on c.search @@ t.q join catalogue.services s on s.category_id = c.id
	  where s.published
	  union all
	  select x.service_id, t.word, t.factor * 0.3
	  from term t join catalogue.life_situations l on l.search @@ t.q
	  join catalogue.service_situations x on x.situation_id = l.id
	  union all
	  select c.service_id, t.word, t.factor * 0.1
	  from term t join catalogue.cards c on c.search @@ t.q
	  where c.published and c.effective_from <= @today and not exists (
	    select from catalogue.cards n
	    where n.service_id = c.service_id and n.published and n.effective_from <= @today
	      and (n.effective_from, n.number) > (c.effective_from, c.number))
	),
	best as (
	  select id, word, max(points) as points from hit group by id, word
	),
	rarity as (
	  select word, ln(1 + 1000.0 / count(*)) as rarity from best group by word
	)
	select s.id,
	  -- a name that begins with what was asked, or is short, is more likely what was meant
	  sum(b.points) + case when s.plain like @start || '%' then 0.3 else 0 end - least(length(s.name), 300) / 1000.0,
	  array_agg(b.word order by b.word)
	from best b join rarity r using (word) join catalogue.services s on s.id = b.id and s.published
	group by s.id
	order by count(*) desc, 2 desc
	limit 3000`

// find returns the services that have at least one of the words, the ones with most words first.
func (s *Store) find(ctx context.Context, q Query, list []term, day time.Time) ([]hit, error) {
	var words []int
	var kinds, texts []string
	var factors []float64
	for _, t := range list {
		words, kinds = append(words, t.word), append(kinds, t.kind)
		texts, factors = append(texts, t.text), append(factors, t.factor)
	}
	rows, err := s.db.Query(ctx, hits, pgx.NamedArgs{
		"words": words, "kinds": kinds, "texts": texts, "factors": factors, "today": day, "start": likePrefix(q),
	})
	if err != nil {
		return nil, pg.Fault("search", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (hit, error) {
		var h hit
		err := row.Scan(&h.id, &h.points, &h.words)
		return h, err
	})
	return found, pg.Fault("search", err)
}

// byCode returns the services whose code is, or contains, the one typed; leading zeros may be left out.
func (s *Store) byCode(ctx context.Context, code string) ([]uuid.UUID, error) {
	rows, err := s.db.Query(ctx, `
		select id from catalogue.services
		where published and position($1 in code) > 0
		order by code <> $1, ltrim(code, '0') <> ltrim($1, '0'), length(code), code
		limit 50`, code)
	if err != nil {
		return nil, pg.Fault("search by code", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return found, pg.Fault("search by code", err)
}

// similar returns words of names and keywords that look like the word.
func (s *Store) similar(ctx context.Context, word string) ([]Candidate, error) {
	rows, err := s.db.Query(ctx, `
		select w, count(*)
		from catalogue.services s, regexp_split_to_table(s.plain, '[^[:alnum:]]+') w
		where s.published and $1 operator(public.<%) s.plain and public.similarity(w, $1) > 0.2
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

// bodies returns centres and authorities whose name or address has every word.
func (s *Store) bodies(ctx context.Context, q Query) ([]Body, error) {
	rows, err := s.db.Query(ctx, `
		with q as (select plainto_tsquery('public.portal_uk', $1) as q)
		select 'centre', code, name, name_en from org.centres, q where published and numnode(q) > 0 and search @@ q
		union all
		select 'authority', code, name, name_en from org.authorities, q where published and numnode(q) > 0 and search @@ q
		order by 1 desc, 3 limit 5`, strings.Join(q.Words, " "))
	if err != nil {
		return nil, pg.Fault("search bodies", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Body, error) {
		var b Body
		err := row.Scan(&b.Kind, &b.Code, &b.Name.UK, &b.Name.EN)
		return b, err
	})
	return list, pg.Fault("search bodies", err)
}
