package services_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/services"
	"portal.example/shared/contract"
	"portal.example/shared/pgtest"
)

func currentCard(t *testing.T, db *pgtest.Database, code string) (number int, card contract.Card) {
	t.Helper()
	var raw []byte
	err := db.Pool.QueryRow(t.Context(), `select c.number, c.content from catalogue.cards c join catalogue.services s on s.id = c.service_id
		where s.code = $1 and c.published order by c.effective_from desc, c.number desc limit 1`, code).Scan(&number, &raw)
	if err != nil {
		t.Fatalf("card of %s: %v", code, err)
	}
	if err := json.Unmarshal(raw, &card); err != nil {
		t.Fatal(err)
	}
	return number, card
}

func TestImport(t *testing.T) {
	db := pgtest.Internal(t)
	s := load(t, db, source(t, catalogue()))
	if c := s.Of(report.Service); c.Added != 4 || s.Written() != 4+4+1+2+1 {
		t.Errorf("%+v", s.Counts)
	}
	number, card := currentCard(t, db, "old-1")
	if number != 1 || len(card.Acts) != 1 || card.Acts[0].Note.UK != "стаття 8" || card.Term.Days != -1 || !card.Fee.NotStated {
		t.Errorf("%d %+v", number, card)
	}
	if got := one[string](t, db, `select title || kind || published from law.acts where id = $1`, card.Acts[0].ID); got != "Про адміністративні послугиlawtrue" {
		t.Error(got)
	}
	for sql, want := range map[string]string{
		`select string_agg(code, ' ' order by code) from catalogue.services where published`:                                                                                                                                     "old-1 old-10 old-2 old-5",
		`select string_agg(c.code || coalesce('<' || p.code, ''), ' ' order by c.code) from catalogue.categories c left join catalogue.categories p on p.id = c.parent_id`:                                                       "old-dovidky<old-hromadianam old-dozvoly<old-orhanizatsiiam old-hromadianam old-orhanizatsiiam",
		`select string_agg(code || ' ' || name_en, ', ' order by code) from catalogue.life_situations`:                                                                                                                           "old-birth Birth, old-dytyna ",
		`select string_agg(code || ' ' || level || ' ' || published, ', ') from org.authorities`:                                                                                                                                 "old-ministerstvo-vnutrishnikh-sprav state true",
		`select string_agg(distinct state || ' ' || effective_from || ' ' || change_note, ', ') from catalogue.cards`:                                                                                                            "published 2020-01-15 Імпорт: старий портал",
		`select string_agg(s.code || '/' || t.code, ' ' order by s.code, t.code) from catalogue.service_situations l join catalogue.services s on s.id = l.service_id join catalogue.life_situations t on t.id = l.situation_id`: "old-1/old-birth old-1/old-dytyna old-2/old-dytyna",
		`select string_agg(action || ' ' || object_id || ' ' || actor, ', ') from audit.events`:                                                                                                                                  "import.services old test",
	} {
		if got := one[string](t, db, sql); got != want {
			t.Errorf("%s\n%s\nwant\n%s", sql, got, want)
		}
	}
}

func TestImportTwiceChangesNothing(t *testing.T) {
	db := pgtest.Internal(t)
	load(t, db, source(t, catalogue()))
	before := state(t, db)
	s := load(t, db, source(t, catalogue()))
	if n := touched(before, state(t, db)); len(n) > 0 || s.Written() != 0 {
		t.Errorf("touched %v, reported %+v", n, s.Counts)
	}
}

func TestImportChangesJustWhatChanged(t *testing.T) {
	for name, c := range map[string]struct {
		file, from, to string
		want           map[string]int
	}{
		"name":         {"services.csv", "2;Дозвіл \"А\"", "2;Дозвіл Б", map[string]int{"catalogue.services": 1}},
		"keywords":     {"services.csv", "слова", "інші слова", map[string]int{"catalogue.services": 1}},
		"subcategory":  {"services.csv", "10;Без суб’єкта;2", "10;Без суб’єкта;1", map[string]int{"catalogue.services": 1}},
		"authority":    {"services.csv", "10;Без суб’єкта;2;", "10;Без суб’єкта;2;Рада", map[string]int{"catalogue.services": 1, "org.authorities": 1}},
		"category":     {"sub.csv", "Довідки", "Витяги", map[string]int{"catalogue.categories": 1}},
		"situation":    {"tag.csv", "Дитина", "Діти", map[string]int{"catalogue.life_situations": 1}},
		"link comes":   {"link.csv", "2;2\n", "2;2\n5;2\n", map[string]int{"catalogue.service_situations": 1, "catalogue.life_situations": 1}},
		"link goes":    {"link.csv", "1;2\n", "", map[string]int{"catalogue.life_situations": 1}},
		"page":         {"info/1.html", "перелік", "список", map[string]int{"catalogue.cards": 2}}, // the new version and the withdrawn one
		"place in act": {"law/1.html", "стаття 8", "стаття 9", map[string]int{"catalogue.cards": 2}},
		"new act":      {"law/1.html", "5203-17", "5204-17", map[string]int{"catalogue.cards": 2, "law.acts": 1}},
		"new service":  {"services.csv", "10;Без", "11;Нова;1;МВС;;;;0\n10;Без", map[string]int{"catalogue.services": 1, "catalogue.cards": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			db := pgtest.Internal(t)
			load(t, db, source(t, catalogue()))
			before := state(t, db)
			s := load(t, db, source(t, with(t, c.file, c.from, c.to)))
			c.want["audit.events"] = 1
			if n := touched(before, state(t, db)); !maps.Equal(n, c.want) {
				t.Errorf("touched %v, want %v; reported %+v", n, c.want, s.Counts)
			}
		})
	}
}

func TestChangedPageIsANewVersionFromToday(t *testing.T) {
	db := pgtest.Internal(t)
	load(t, db, source(t, catalogue()))
	s := load(t, db, source(t, with(t, "info/1.html", "перелік", "список")))
	if number, card := currentCard(t, db, "old-1"); number != 2 || !strings.Contains(card.Description.UK, "список") {
		t.Errorf("%d %+v", number, card)
	}
	got := one[string](t, db, `select string_agg(number || state || effective_from, ' ' order by number) from catalogue.cards c
		join catalogue.services s on s.id = c.service_id where s.code = 'old-1'`)
	if got != "1withdrawn2020-01-15 2published2026-11-22" || s.Of(report.Service).Updated != 1 || s.Of(report.Service).Same != 3 {
		t.Errorf("%s, %+v", got, s.Of(report.Service))
	}
}

func TestBrokenSourceChangesNothing(t *testing.T) {
	db := pgtest.Internal(t)
	load(t, db, source(t, catalogue()))
	before := state(t, db)
	for name, files := range map[string]fstest.MapFS{
		"cut in quotes":     with(t, "services.csv", "2;Дозвіл \"А\"", "2;Інша назва\n3;\"Дозвіл"),
		"folder is missing": without("law"),
		"wrong column":      with(t, "link.csv", "s;t", "s;tt"),
	} {
		if _, err := services.Import(t.Context(), db.Pool, source(t, files), options); err == nil {
			t.Errorf("%s passed", name)
		}
	}
	dry := options
	dry.DryRun = true
	if _, err := services.Import(t.Context(), db.Pool, source(t, with(t, "services.csv", "слова", "інші")), dry); err != nil {
		t.Error(err)
	}
	if n := touched(before, state(t, db)); len(n) > 0 {
		t.Errorf("touched %v", n)
	}
}

func TestDraftsWhenNotPublished(t *testing.T) {
	db := pgtest.Internal(t)
	src := source(t, catalogue())
	src.Mapping = mapping(t, strings.Replace(mappingText, "publish: true", "publish: false", 1))
	load(t, db, src)
	states := `select string_agg(distinct c.state || s.published || a.published, ' ') from catalogue.cards c
		join catalogue.services s on s.id = c.service_id join org.authorities a on a.id = s.authority_id`
	if got := one[string](t, db, states); got != "draftfalsefalse" {
		t.Error(got)
	}
	before := state(t, db)
	if load(t, db, src); len(touched(before, state(t, db))) > 0 {
		t.Errorf("again: %v", touched(before, state(t, db)))
	}
	src.Files = with(t, "info/1.html", "перелік", "список")
	if s := load(t, db, src); s.Of(report.Service).Updated != 1 || one[int](t, db, `select count(*)::int from catalogue.cards`) != 4 {
		t.Errorf("a draft is changed in place: %+v", s.Counts)
	}
	load(t, db, source(t, catalogue()))
	if number, _ := currentCard(t, db, "old-2"); number != 1 {
		t.Errorf("publishing the draft made version %d", number)
	}
}

func TestWhatStaffChangedStaysTheirs(t *testing.T) {
	db := pgtest.Internal(t)
	load(t, db, source(t, catalogue()))
	staff := uuid.New()
	db.Exec(`update catalogue.services set name = 'Назва працівника', updated_by = $1, version = version + 1 where code = 'old-2'`, staff)
	db.Exec(`insert into catalogue.cards (id, service_id, number, state, published, effective_from, content, created_by)
		select gen_random_uuid(), id, 2, 'draft', false, '2026-12-01', '{"description": {"uk": "<p>Своє</p>"}}', $1 from catalogue.services where code = 'old-1'`, staff)
	before := state(t, db)
	files := with(t, "info/1.html", "перелік", "список")
	files["services.csv"] = with(t, "services.csv", "2;Дозвіл \"А\"", "2;Дозвіл Б")["services.csv"]
	s := load(t, db, source(t, files))
	if n := touched(before, state(t, db)); len(n) > 0 {
		t.Errorf("touched %v", n)
	}
	if s.Of(report.Service).Kept != 2 || s.Count(report.Service, report.Noted, "staff_changed") != 2 {
		t.Errorf("%+v %+v", s.Of(report.Service), s.Groups)
	}
}

func TestLifeSituationsThatStaffChangedStayTheirs(t *testing.T) {
	for name, c := range map[string]struct {
		staff, file, from, to string
		kept                  report.Kind
	}{
		"its name":                 {"name = 'Від працівників'", "tag.csv", "Дитина", "Діти", report.Tag},
		"its name, hidden by them": {"published = false", "tag.csv", "Дитина", "Діти", report.Tag},
		"a service that comes":     {"description = 'Своє'", "link.csv", "2;2\n", "2;2\n5;2\n", report.Service},
		"a service that goes":      {"description = 'Своє'", "link.csv", "1;2\n", "", report.Service},
	} {
		t.Run(name, func(t *testing.T) {
			db := pgtest.Internal(t)
			load(t, db, source(t, catalogue()))
			db.Exec(`update catalogue.life_situations set `+c.staff+`, updated_by = $1, version = version + 1 where code = 'old-dytyna'`, uuid.New())
			before := state(t, db)
			s := load(t, db, source(t, with(t, c.file, c.from, c.to)))
			if n := touched(before, state(t, db)); len(n) > 0 {
				t.Errorf("touched %v", n)
			}
			if s.Of(c.kept).Kept != 1 || s.Count(c.kept, report.Noted, "staff_changed") != 1 || s.Written() != 0 {
				t.Errorf("%+v %+v", s.Counts, s.Groups)
			}
		})
	}
}

func TestTheOrderOfStaffStaysTheirs(t *testing.T) {
	db := pgtest.Internal(t)
	load(t, db, source(t, catalogue()))
	db.Exec(`update catalogue.life_situations set position = case code when 'old-dytyna' then 10 else 20 end, placed = true`)
	files := with(t, "tag.csv", "6;Ніким не вживана;;life;6", "6;Третя;;life;0")
	files["tag.csv"] = &fstest.MapFile{Data: []byte(strings.Replace(string(files["tag.csv"].Data), "Дитина", "Діти", 1))}
	files["link.csv"] = with(t, "link.csv", "2;2\n", "2;2\n2;6\n")["link.csv"]
	s := load(t, db, source(t, files))
	got := one[string](t, db, `select string_agg(name || ' ' || position || ' ' || version, ', ' order by position) from catalogue.life_situations`)
	if got != "Діти 10 2, Народження 20 1, Третя 30 1" {
		t.Error(got)
	}
	if c := s.Of(report.Tag); c.Added != 1 || c.Updated != 1 || c.Kept != 1 || s.Count(report.Tag, report.Noted, "staff_changed") != 2 {
		t.Errorf("%+v %+v", c, s.Groups)
	}
}

// A service comes to a path that staff keep only when they say so; a place on a hidden one is hidden too.
func TestServicesComeToPathsThatAreNotOfStaff(t *testing.T) {
	db := pgtest.Internal(t)
	load(t, db, source(t, catalogue()))
	db.Exec(`delete from catalogue.service_situations`)
	db.Exec(`update catalogue.life_situations set published = false where code = 'old-birth'`)
	db.Exec(`update catalogue.life_situations set updated_by = $1 where code = 'old-dytyna'`, uuid.New())
	s := load(t, db, source(t, catalogue()))
	got := one[string](t, db, `select coalesce(string_agg(t.code || ' ' || l.service_published || ' ' || l.situation_published, ', '), '')
		from catalogue.service_situations l join catalogue.life_situations t on t.id = l.situation_id`)
	if got != "old-birth true false" || s.Count(report.Service, report.Noted, "staff_changed") != 2 {
		t.Errorf("%s; %+v", got, s.Groups)
	}
}

func TestDraftThatStaffWorkOnStaysTheirs(t *testing.T) {
	db := pgtest.Internal(t)
	src := source(t, catalogue())
	src.Mapping = mapping(t, strings.Replace(mappingText, "publish: true", "publish: false", 1))
	load(t, db, src)
	db.Exec(`update catalogue.cards set content = jsonb_set(content, '{result,uk}', '"Довідка"'), version = version + 1
		where service_id = (select id from catalogue.services where code = 'old-1')`)
	before := state(t, db)
	if s := load(t, db, src); s.Of(report.Service).Kept != 1 || len(touched(before, state(t, db))) > 0 {
		t.Errorf("%+v, touched %v", s.Of(report.Service), touched(before, state(t, db)))
	}
}

func TestKnownAuthoritiesAndActsAreFoundAgain(t *testing.T) {
	db := pgtest.Internal(t)
	authority, act := uuid.New(), uuid.New()
	db.Exec(`insert into org.authorities (id, code, name, published) values ($1, 'mvs', 'Міністерство  Внутрішніх справ', true)`, authority)
	db.Exec(`insert into law.acts (id, title, url, published) values ($1, 'Закон', 'https://zakon.rada.gov.ua/laws/show/5203-17', true)`, act)
	before := state(t, db)
	load(t, db, source(t, catalogue()))
	if n := touched(before, state(t, db)); n["org.authorities"] > 0 || n["law.acts"] > 0 {
		t.Errorf("touched %v", n)
	}
	if got := one[uuid.UUID](t, db, `select authority_id from catalogue.services where code = 'old-1'`); got != authority {
		t.Error("another authority")
	}
	if _, card := currentCard(t, db, "old-1"); card.Acts[0].ID != act {
		t.Error("another act")
	}
}

func TestTakenCodeRefusesTheRow(t *testing.T) {
	db := pgtest.Internal(t)
	db.Exec(`insert into catalogue.services (id, code, name) values (gen_random_uuid(), 'old-2', 'Чужа')`)
	s := load(t, db, source(t, catalogue()))
	if s.Count(report.Service, report.Refused, "code_taken") != 1 || s.Of(report.Service).Added != 3 {
		t.Errorf("%+v", s.Of(report.Service))
	}
}

func TestServicesThatAreGoneAreReported(t *testing.T) {
	db := pgtest.Internal(t)
	load(t, db, source(t, catalogue()))
	s := load(t, db, source(t, with(t, "services.csv", "10;Без", "10;_Без"))) // hidden in the source now
	if s.Count(report.Service, report.Noted, "gone") != 1 || s.Written() != 0 {
		t.Errorf("%+v", s.Groups)
	}
	if !one[bool](t, db, `select published from catalogue.services where code = 'old-10'`) {
		t.Error("the import withdrew a service")
	}
}
