package catalogue

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var monday = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// scattered is a region in which everything that a list is filtered by is missing somewhere, and dates lie on both sides of
// monday.
const scattered = `
	insert into catalogue.categories (id, code, parent_id, name, name_en, position)
	select md5('c' || n)::uuid, 'c' || n, case when n > 4 then md5('c' || n % 4)::uuid end, 'Напрям ' || n, 'Field ' || n, n % 3 from generate_series(0, 11) n;
	insert into catalogue.life_situations (id, code, name, name_en, description, description_en, position)
	select md5('l' || n)::uuid, 'l' || n, 'Подія ' || n, '', '', '', n from generate_series(0, 5) n;
	insert into org.authorities (id, code, edrpou, name, name_en, short_name, short_name_en, level, address, address_en, phones, email, site, schedule, people, published, updated_at)
	select md5('a' || n)::uuid, 'a' || n, '', 'Орган ' || n, '', '', '', 'local', '', '', '{}', '', '', '{}', '[]', true, now() from generate_series(0, 4) n;
	insert into org.centres (id, code, name, name_en, address, address_en, directions, directions_en, phones, email, site, schedule, people, published, updated_at)
	select md5('z' || n)::uuid, 'z' || n, 'Центр ' || n, 'Centre ' || n, '', '', '', '', '{}', '', '', '{}', '[]', n < 3, now() from generate_series(0, 3) n;
	insert into catalogue.services (id, code, name, name_en, summary, summary_en, keywords, category_id, authority_id, applicant_types, quick, published, updated_at)
	select md5('s' || n)::uuid, 's' || n, (array['Їжа', 'ґанок', 'Апостроф', 'ім’я', 'Єдиний', 'яблуко'])[n % 6 + 1] || ' ' || n % 11, case when n % 3 > 0 then 'Name ' || n % 17 else '' end,
	  '', '', '', case when n % 13 > 0 then md5('c' || n % 12)::uuid end, case when n % 7 > 0 then md5('a' || n % 6)::uuid end,
	  case n % 4 when 0 then '{}' when 1 then '{person}' when 2 then '{person,entity}' else '{entrepreneur}' end::text[], n % 2 = 0, n % 10 > 0, '2026-01-01'
	from generate_series(1, 150) n;
	insert into catalogue.service_situations (service_id, situation_id) select md5('s' || n)::uuid, md5('l' || n % 5)::uuid from generate_series(1, 150, 2) n;
	insert into catalogue.service_centres (service_id, centre_id)
	select md5('s' || n)::uuid, md5('z' || k)::uuid from generate_series(1, 150) n, generate_series(0, 3) k where (n + k) % 3 > 0;
	insert into catalogue.cards (id, service_id, number, effective_from, content, published_at, published)
	select gen_random_uuid(), md5('s' || n)::uuid, k, date '2026-11-23' + n % 5 - 3 + k, jsonb_build_object('term', jsonb_build_object('days', n + k)), now(), n % 9 > 0
	from generate_series(1, 150) n, generate_series(0, 1) k where n % 8 > 0;
	insert into catalogue.forms (id, service_id, number, effective_from, schema, published)
	select gen_random_uuid(), md5('s' || n)::uuid, 1, date '2026-11-20' + n % 6, '{}', n % 5 > 0 from generate_series(1, 150) n;`

// judged is what a list means, said by SQL that asks of every service each time.
const judged = `
	with recursive branch as (
	  select id from catalogue.categories where code = @category
	  union
	  select c.id from catalogue.categories c join branch b on c.parent_id = b.id
	),
	found as (select * from unnest(@found::uuid[], @points::float8[]) as f(id, points)),
	online as (
	  select service_id from catalogue.forms where published and effective_from <= @today
	  intersect
	  select service_id from catalogue.cards where published and effective_from <= @today
	),
	judged as (
	  select s.*, coalesce(f.points, 0) as points, s.quick and s.id in (select service_id from online) as online,
	    @category = '' or s.category_id in (select id from branch) as in_category,
	    @authority = '' or s.authority_id in (select id from org.authorities where code = @authority) as in_authority,
	    @applicant = '' or @applicant = any(s.applicant_types) as in_applicant,
	    not @quick or (s.quick and s.id in (select service_id from online)) as in_quick,
	    @situation = '' or s.id in (select service_id from catalogue.service_situations x join catalogue.life_situations l on l.id = x.situation_id where l.code = @situation) as in_situation,
	    @centre = '' or s.id in (select service_id from catalogue.service_centres x join org.centres c on c.id = x.centre_id where c.code = @centre and c.published) as in_centre
	  from catalogue.services s left join found f on f.id = s.id
	  where s.published and (@found::uuid[] is null or f.id is not null)
	)`

type rowsOf struct {
	tb testing.TB
	db pgx.NamedArgs
	q  *pgtest.Database
}

func (r rowsOf) codes(sql string) (list []string) {
	r.tb.Helper()
	found, err := r.q.Pool.Query(r.tb.Context(), judged+sql, r.db)
	if err == nil {
		list, err = pgx.CollectRows(found, pgx.RowTo[string])
	}
	if err != nil {
		r.tb.Fatal(err)
	}
	return list
}

// A list is what SQL would make of the rows, whatever is chosen.
func TestListsAreWhatTheRowsSay(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	db.Exec(scattered)
	s := NewStore(db.Pool, nil)
	random := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano()))) //nolint:gosec // a test
	some := func(prefix string, n int) string {
		if random.IntN(3) > 0 {
			return ""
		}
		return fmt.Sprint(prefix, random.IntN(n))
	}
	for range 150 {
		f := Filter{
			Category: some("c", 13), Situation: some("l", 7), Authority: some("a", 6), Centre: some("z", 5), Quick: random.IntN(4) == 0,
			Lang: []locale.Lang{locale.UK, locale.EN}[random.IntN(2)], Page: random.IntN(4) + 1, Sort: ByName,
		}
		if random.IntN(3) == 0 {
			f.Applicant = Applicants[random.IntN(3)]
		}
		if random.IntN(3) == 0 {
			f.Found, f.Sort = []Found{}, []Sort{ByName, ByRelevance}[random.IntN(2)]
			for n := range 80 {
				if random.IntN(2) == 0 {
					f.Found = append(f.Found, Found{ID: serviceID(t, db, n), Points: float64(random.IntN(5))})
				}
			}
		}
		same(t, db, s, f, monday.AddDate(0, 0, random.IntN(7)-3))
	}
}

func serviceID(tb testing.TB, db *pgtest.Database, n int) (id uuid.UUID) {
	tb.Helper()
	if err := db.Pool.QueryRow(tb.Context(), `select md5('s' || $1::int)::uuid`, n).Scan(&id); err != nil {
		tb.Fatal(err)
	}
	return id
}

func same(t *testing.T, db *pgtest.Database, s *Store, f Filter, day time.Time) {
	t.Helper()
	ids, points := []uuid.UUID(nil), []float64{}
	for _, found := range f.Found {
		ids, points = append(ids, found.ID), append(points, found.Points)
	}
	if f.Found != nil && ids == nil {
		ids = []uuid.UUID{}
	}
	r := rowsOf{t, pgx.NamedArgs{
		"category": f.Category, "situation": f.Situation, "authority": f.Authority, "centre": f.Centre, "applicant": string(f.Applicant), "quick": f.Quick,
		"found": ids, "points": points, "today": day, "relevance": f.Sort == ByRelevance && f.Found != nil, "english": f.Lang == locale.EN,
	}, db}
	all := r.codes(`select code from judged where in_category and in_authority and in_applicant and in_quick and in_situation and in_centre
		order by case when @relevance then -points end, case when @english then nullif(name_en, '') end collate "en-x-icu" nulls last, name collate "uk-x-icu", id`)
	online := r.codes(`select code from judged where online`)
	got, err := s.List(t.Context(), f, day)
	if err != nil {
		t.Fatal(err)
	}
	page, count := pages(len(all), f.Page)
	want := all[min(len(all), (page-1)*PerPage):min(len(all), page*PerPage)]
	if got.Total != len(all) || got.Page != page || got.Pages != count || !slices.EqualFunc(got.Items, want, func(i Item, code string) bool { return i.Code == code }) {
		t.Errorf("%+v on %s: %d of %d, page %d of %d, want %v", f, day, len(got.Items), got.Total, got.Page, got.Pages, want)
	}
	for _, i := range got.Items {
		if i.Quick != slices.Contains(online, i.Code) {
			t.Errorf("%s on %s: %+v", i.Code, day, i)
		}
	}
	facets, err := s.Facets(t.Context(), f, day)
	if err != nil {
		t.Fatal(err)
	}
	for kind, sql := range map[string]string{
		"c": `select c.code from judged j join catalogue.categories c on c.id = j.category_id where in_authority and in_applicant and in_quick and in_situation and in_centre`,
		"a": `select a.code from judged j join org.authorities a on a.id = j.authority_id where in_category and in_applicant and in_quick and in_situation and in_centre`,
		"l": `select l.code from judged j join catalogue.service_situations x on x.service_id = j.id join catalogue.life_situations l on l.id = x.situation_id
			where in_category and in_authority and in_applicant and in_quick and in_centre`,
		"z": `select c.code from judged j join catalogue.service_centres x on x.service_id = j.id join org.centres c on c.id = x.centre_id and c.published
			where in_category and in_authority and in_applicant and in_quick and in_situation`,
		"t": `select t from judged, unnest(applicant_types) t where in_category and in_authority and in_quick and in_situation and in_centre`,
		"q": `select 'q' from judged where online and in_category and in_authority and in_applicant and in_situation and in_centre`,
	} {
		values := map[string][]Facet{
			"c": facets.Categories, "a": facets.Authorities, "l": facets.Situations, "z": facets.Centres, "t": facets.Applicants,
			"q": {{Code: "q", Count: facets.Quick}},
		}[kind]
		counted, wanted := map[string]int{}, map[string]int{}
		for _, v := range values {
			if v.Count > 0 {
				counted[v.Code] = v.Count
			}
		}
		for _, code := range r.codes(sql) {
			wanted[code]++
		}
		if !maps.Equal(counted, wanted) {
			t.Errorf("%+v on %s: of %s %v, want %v", f, day, kind, counted, wanted)
		}
	}
}

// Categories, situations, centres and authorities say how many published services they have.
func TestCountsOfTheIndex(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	db.Exec(scattered)
	s := NewStore(db.Pool, nil)
	sum := func(sql string) (n int) {
		t.Helper()
		if err := db.Pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	check := func(what string, got, want int, err error) {
		t.Helper()
		if err != nil || got != want || want == 0 {
			t.Errorf("%s: %d, want %d; %v", what, got, want, err)
		}
	}
	n, err := s.Count(t.Context())
	check("services", n, sum(`select count(*) from catalogue.services where published`), err)
	categories, err := s.Categories(t.Context())
	first, _, _ := Find(categories, "c1")
	check("a branch", first.Services, sum(`select count(*) from catalogue.services s join catalogue.categories c on c.id = s.category_id where s.published and c.code in ('c1', 'c5', 'c9')`), err)
	situations, err := s.Situations(t.Context())
	check("a situation", situations[2].Services, sum(`select count(*) from catalogue.services s join catalogue.service_situations x on x.service_id = s.id where s.published and x.situation_id = md5('l2')::uuid`), err)
	given, err := s.Given(t.Context())
	check("a centre", given[id(t, db, "z1")], sum(`select count(*) from catalogue.services s join catalogue.service_centres x on x.service_id = s.id where s.published and x.centre_id = md5('z1')::uuid`), err)
	check("an authority", given[id(t, db, "a1")], sum(`select count(*) from catalogue.services where published and authority_id = md5('a1')::uuid`), err)
	changed, err := s.Changed(t.Context())
	check("changed", len(changed), Newest, err)
	db.Exec(`update catalogue.services set updated_at = '2027-02-02' where code = 's11'; update catalogue.cards set published_at = '2027-02-03', published = true where service_id = md5('s12')::uuid`)
	changed, err = NewStore(db.Pool, nil).Changed(t.Context())
	if err != nil || changed[0].Code != "s12" || changed[1].Code != "s11" {
		t.Errorf("changed last: %v, %v", changed[:2], err)
	}
}

func id(tb testing.TB, db *pgtest.Database, of string) (id uuid.UUID) {
	tb.Helper()
	if err := db.Pool.QueryRow(tb.Context(), `select md5($1)::uuid`, of).Scan(&id); err != nil {
		tb.Fatal(err)
	}
	return id
}

// A page that asks for several lists reads the index once, and one that another has read not at all.
func TestIndexIsReadOnce(t *testing.T) {
	db := pgtest.ExternalPlain(t)
	db.Exec(scattered)
	var m memory
	for page := range 2 {
		s := NewStore(db.Pool, &m)
		for range 3 {
			if l, err := s.List(t.Context(), Filter{}, monday); err != nil || l.Total == 0 {
				t.Fatal(l.Total, err)
			}
		}
		if m.asked != 2*(page+1) {
			t.Errorf("asked for the index %d times by %d pages", m.asked, page+1)
		}
	}
}

type memory struct {
	asked int
	index *Index
	times *Times
}

func (m *memory) Index(ctx context.Context, read func(context.Context) (*Index, error)) (_ *Index, err error) {
	if m.asked++; m.index == nil {
		m.index, err = read(ctx)
	}
	return m.index, err
}

func (m *memory) Times(ctx context.Context, read func(context.Context) (*Times, error)) (_ *Times, err error) {
	if m.asked++; m.times == nil {
		m.times, err = read(ctx)
	}
	return m.times, err
}
