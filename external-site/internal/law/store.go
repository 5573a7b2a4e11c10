package law

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Store reads the library. It has no way to write.
type Store struct{ db pg.Queryer }

// NewStore makes a store over db.
func NewStore(db pg.Queryer) *Store { return &Store{db} }

const actColumns = `a.id, a.title, a.title_en, a.kind, a.number, a.issuer, a.adopted_on, a.level, a.url`

func (a *Act) into() []any {
	return []any{&a.ID, &a.Title.UK, &a.Title.EN, &a.Kind, &a.Number, &a.Issuer, &a.AdoptedOn, &a.Level, &a.URL}
}

// Act returns one act; NotFound when there is none that is published.
func (s *Store) Act(ctx context.Context, id uuid.UUID) (a Act, err error) {
	return a, pg.Fault("act", s.db.QueryRow(ctx, `select `+actColumns+` from law.acts a where a.id = $1 and a.published`, id).Scan(a.into()...))
}

// orders are how acts are listed, by the alphabet of the language as far as the index of each goes. In English acts that are not translated come last,
// since their titles are Ukrainian there.
var orders = map[locale.Lang]string{
	locale.UK: `left(a.title, 300) collate "uk-x-icu"`,
	locale.EN: `nullif(left(a.title_en, 300), '') collate "en-x-icu" nulls last, left(a.title, 300) collate "uk-x-icu"`,
}

// List returns one page of the acts of a level, of all when it is "", by the alphabet of the language, and how many there are.
func (s *Store) List(ctx context.Context, lang locale.Lang, level string, page, size int) (list []Act, total int, err error) {
	const where = ` from law.acts a where a.published and ($1 = '' or a.level = $1)`
	if err := s.db.QueryRow(ctx, `select count(*)`+where, level).Scan(&total); err != nil {
		return nil, 0, pg.Fault("count acts", err)
	}
	rows, _ := s.db.Query(ctx, `select `+actColumns+where+` order by `+orders[lang]+`, a.id limit $2 offset $3`, level, size, (max(page, 1)-1)*size)
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (a Act, err error) { return a, row.Scan(a.into()...) })
	return list, total, pg.Fault("list acts", err)
}

// All returns the ids of all acts, for the site map.
func (s *Store) All(ctx context.Context) ([]uuid.UUID, error) {
	rows, _ := s.db.Query(ctx, `select id from law.acts where published order by id`)
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return list, pg.Fault("all acts", err)
}

const editionColumns = `id, in_force_on, note, file_id`

func scanEdition(row pgx.CollectableRow) (e Edition, err error) {
	return e, row.Scan(&e.ID, &e.InForceOn, &e.Note, &e.FileID)
}

// mostEditions is how many editions the page of an act knows of; the rest stand in a list of their own.
const mostEditions = 12

// Editions returns the newest editions of an act, sorted around the day.
func (s *Store) Editions(ctx context.Context, act uuid.UUID, day time.Time) (Editions, error) {
	rows, _ := s.db.Query(ctx, `
		(select `+editionColumns+` from law.editions where act_id = $1 and published and in_force_on > $2 order by in_force_on limit $3)
		union all
		(select `+editionColumns+` from law.editions where act_id = $1 and published and in_force_on <= $2 order by in_force_on desc limit $3)
		order by in_force_on desc`, act, day, mostEditions+1)
	all, err := pgx.CollectRows(rows, scanEdition)
	if err != nil {
		return Editions{}, pg.Fault("editions of act", err)
	}
	e := around(all, day)
	if len(e.Coming) > mostEditions {
		e.Coming, e.More = e.Coming[:mostEditions], true
	}
	if len(e.Earlier) >= mostEditions {
		e.Earlier, e.More = e.Earlier[:mostEditions-1], true
	}
	return e, nil
}

// AllEditions returns one page of all editions of an act, the newest first, and how many there are.
func (s *Store) AllEditions(ctx context.Context, act uuid.UUID, page, size int) (list []Edition, total int, err error) {
	if err := s.db.QueryRow(ctx, `select count(*) from law.editions where act_id = $1 and published`, act).Scan(&total); err != nil {
		return nil, 0, pg.Fault("count editions", err)
	}
	rows, _ := s.db.Query(ctx, `select `+editionColumns+` from law.editions where act_id = $1 and published order by in_force_on desc, id limit $2 offset $3`,
		act, size, (max(page, 1)-1)*size)
	list, err = pgx.CollectRows(rows, scanEdition)
	return list, total, pg.Fault("all editions", err)
}

// Edition returns the edition of an act that is in force from the day; NotFound when there is none.
func (s *Store) Edition(ctx context.Context, act uuid.UUID, day time.Time) (Edition, error) {
	rows, _ := s.db.Query(ctx, `select `+editionColumns+` from law.editions where act_id = $1 and published and in_force_on = $2 limit 1`, act, day)
	e, err := pgx.CollectExactlyOneRow(rows, scanEdition)
	return e, pg.Fault("edition", err)
}

// Part returns one part of an edition with the list of contents of the whole. An edition that is only a file has no part, and no contents; NotFound when
// it has parts and not this one.
func (s *Store) Part(ctx context.Context, edition uuid.UUID, part int) ([]Paragraph, Contents, error) {
	rows, _ := s.db.Query(ctx, `
		select p.number, h.at, h.depth, h.text
		from law.parts p left join lateral jsonb_to_recordset(p.headings) h(at int, depth int, text text) on true
		where p.edition_id = $1 and p.published order by p.number, h.at`, edition)
	var all []Heading
	parts, number := 0, 0
	var at, depth *int
	var text *string
	_, err := pgx.ForEachRow(rows, []any{&number, &at, &depth, &text}, func() error {
		parts = max(parts, number)
		if at != nil && depth != nil && text != nil {
			all = append(all, Heading{Part: number, At: *at, Depth: *depth, Text: *text})
		}
		return nil
	})
	if err != nil || parts == 0 && part == 1 {
		return nil, Contents{}, pg.Fault("contents of edition", err)
	}
	var body string
	if err := s.db.QueryRow(ctx, `select body from law.parts where edition_id = $1 and number = $2 and published`, edition, part).Scan(&body); err != nil {
		return nil, Contents{}, pg.Fault("part of edition", err)
	}
	c := newContents(all, parts, part)
	return paragraphs(body, c.Own), c, nil
}

// Services returns one page of the services whose card in force on the day rests on the act, by the Ukrainian alphabet, and how many there are.
func (s *Store) Services(ctx context.Context, act uuid.UUID, day time.Time, page, size int) ([]Service, int, error) {
	rows, _ := s.db.Query(ctx, `
		select v.code, v.name, v.name_en, coalesce(n.note ->> 'uk', ''), coalesce(n.note ->> 'en', ''), count(*) over ()
		from catalogue.cards c
		join catalogue.services v on v.id = c.service_id and v.published
		cross join lateral (select r -> 'note' as note from jsonb_array_elements(c.content -> 'acts') r where r ->> 'id' = $1::uuid::text limit 1) n
		where c.content -> 'acts' @> jsonb_build_array(jsonb_build_object('id', $1::uuid)) and c.published and c.effective_from <= $2 and not exists (
		  select from catalogue.cards n
		  where n.service_id = c.service_id and n.published and n.effective_from <= $2 and (n.effective_from, n.number) > (c.effective_from, c.number))
		order by v.name collate "uk-x-icu", v.id limit $3 offset $4`, act, day, size, (max(page, 1)-1)*size)
	total := 0
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v Service, err error) {
		return v, row.Scan(&v.Code, &v.Name.UK, &v.Name.EN, &v.Note.UK, &v.Note.EN, &total)
	})
	return list, total, pg.Fault("services of act", err)
}
