package search_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/search"
	"portal.example/shared/pgtest"
)

// region is the catalogue of a fictional region as its cards print it: 48 services that all ask for a passport, with the
// authorities, centres, acts and life situations around them, and what is given elsewhere.
type region struct {
	Categories, Situations []named
	Authorities, Centres   []struct {
		named
		Short, Address string
		People         []map[string]any
	}
	Acts      []struct{ Key, Number, Title, Kind, Adopted, URL string }
	Elsewhere []struct {
		named
		Words, Provider, URL string
	}
	Services []struct {
		named
		Summary, SummaryEN              string
		Keywords, Authority, Category   string
		Situations, Acts                []string
		Description, Conditions, Result string
		Documents                       []map[string]any
	}
}

type named struct{ Code, UK, EN string }

func id(kind, code string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(kind+"/"+code))
}

func readRegion(t *testing.T) region {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "region.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r region
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func fillRegion(t *testing.T, db *pgtest.Database) region {
	t.Helper()
	r := readRegion(t)
	for _, c := range r.Categories {
		db.Exec(`insert into catalogue.categories (id, code, name, name_en, position) values ($1, $2, $3, $4, 1)`, id("category", c.Code), c.Code, c.UK, c.EN)
	}
	for _, s := range r.Situations {
		db.Exec(`insert into catalogue.life_situations (id, code, name, name_en, description, description_en, position)
			values ($1, $2, $3, $4, '', '', 1)`, id("situation", s.Code), s.Code, s.UK, s.EN)
	}
	for _, a := range r.Authorities {
		db.Exec(`insert into org.authorities (id, code, edrpou, name, name_en, short_name, short_name_en, level, address, address_en, phones, email, site,
			schedule, people, published, updated_at) values ($1, $2, '', $3, $4, $5, '', 'local', '', '', '{}', '', '', '{}', $6, true, now())`,
			id("authority", a.Code), a.Code, a.UK, a.EN, a.Short, a.People)
	}
	for _, c := range r.Centres {
		db.Exec(`insert into org.centres (id, code, name, name_en, address, address_en, directions, directions_en, phones, email, site, schedule, people,
			published, updated_at) values ($1, $2, $3, $4, $5, '', '', '', '{}', '', '', '{}', $6, true, now())`,
			id("centre", c.Code), c.Code, c.UK, c.EN, c.Address, c.People)
	}
	for _, a := range r.Acts {
		db.Exec(`insert into law.acts (id, title, title_en, kind, number, issuer, adopted_on, level, url, published)
			values ($1, $2, '', $3, $4, '', $5::text::date, 'state', $6, true)`, id("act", a.Key), a.Title, a.Kind, a.Number, a.Adopted, a.URL)
	}
	for i, e := range r.Elsewhere {
		db.Exec(`insert into catalogue.elsewhere (id, code, name, name_en, words, provider, provider_en, url, position)
			values ($1, $2, $3, $4, $5, $6, '', $7, $8)`, id("elsewhere", e.Code), e.Code, e.UK, e.EN, e.Words, e.Provider, e.URL, i)
	}
	for _, s := range r.Services {
		db.Exec(`insert into catalogue.services (id, code, name, name_en, summary, summary_en, keywords, category_id, authority_id, applicant_types, quick,
			published, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{person}', false, true, now())`,
			id("service", s.Code), s.Code, s.UK, s.EN, s.Summary, s.SummaryEN, s.Keywords, id("category", s.Category), id("authority", s.Authority))
		for _, l := range s.Situations {
			db.Exec(`insert into catalogue.service_situations (service_id, situation_id) values ($1, $2)`, id("service", s.Code), id("situation", l))
		}
		acts := []any{}
		for _, a := range s.Acts {
			acts = append(acts, map[string]any{"id": id("act", a)})
		}
		text := func(uk string) map[string]any { return map[string]any{"uk": uk} }
		db.Exec(`insert into catalogue.cards (id, service_id, number, effective_from, content, published) values ($1, $2, 1, '2026-01-01', $3, true)`,
			id("card", s.Code), id("service", s.Code), map[string]any{
				"description": text(s.Description), "conditions": text(s.Conditions), "result": text(s.Result), "documents": s.Documents, "acts": acts,
			})
	}
	db.Exec(`analyze`)
	return r
}

// answer is what a search says first: an intent, what others give, an act, or a service, each as kind:name.
func answer(found search.Found, names map[uuid.UUID]string) []string {
	var all []string
	for _, i := range found.Intents {
		all = append(all, "intent:"+string(i))
	}
	for _, e := range found.Elsewhere {
		all = append(all, "elsewhere:"+e.Name.UK)
	}
	for _, a := range found.Acts {
		all = append(all, "act:"+a.Number)
	}
	for _, s := range found.Services {
		all = append(all, names[s.ID])
	}
	return all
}

func beside(others search.Others) (all []string) {
	for _, s := range others.Situations {
		all = append(all, "situation:"+s.Code)
	}
	for _, a := range others.Acts {
		all = append(all, "act:"+a.Number)
	}
	for _, b := range others.Bodies {
		all = append(all, b.Kind+":"+b.Code)
	}
	for _, o := range others.Officials {
		all = append(all, "official:"+o.Name)
	}
	return all
}

// What people type and what must stand first; «beside:» before an answer says that it must be among what is not services. «-» is an
// honest nothing.
var typed = []struct{ typed, first string }{
	// The lines of the trial: intents.
	{"записатися на прийом", "intent:booking"},
	{"години роботи цнап", "intent:hours"},
	{"консультація", "intent:ask"},
	{"кабінет", "intent:cabinet"},
	{"бланк заяви", "intent:blank"},
	{"оплата", "intent:price"},
	{"код", "intent:track"},
	{"оскаржити відмову", "intent:complaint"},
	{"скарга", "intent:complaint"},
	// Numbers of acts, as cards print them and as people do.
	{"2811-XII", "act:2811-XII"},
	{"5203-VI", "act:5203-VI"},
	{"№ 2811", "act:2811-XII"},
	{"закон 2811", "act:2811-XII"},
	{"2811-12", "act:2811-XII"},
	{"2811-ХІІ", "act:2811-XII"},
	{"2811", "act:2811-XII"},
	{"Закон України № 2811-XII", "act:2811-XII"},
	{"№2811", "act:2811-XII"},
	{"закону 393/96-ВР", "act:393/96-ВР"},
	{"рішення 17-1/2024", "act:17-1/2024"},
	{"закон 1871-ix", "act:1871-IX"},
	{"254к/96-вр", "act:254к/96-ВР"},
	{"2811 XII", "act:2811-XII"},
	{"2811xii", "act:2811-XII"},
	{"2811 – ХІІ", "act:2811-XII"},
	{"вру 2811", "act:2811-XII"},
	{"Закон № 393/96 ВР", "act:393/96-ВР"},
	{"393/96-bp", "act:393/96-ВР"},
	{"5203-17", "act:5203-VI"}, // as zakon.rada.gov.ua writes it
	{"https://zakon.rada.gov.ua/laws/show/5203-17#Text", "act:5203-VI"},
	{"закон про адміністративні послуги 5203-VI", "act:5203-VI"},
	{"закон про звернення громадян", "beside:act:393/96-ВР"},
	{"сімейний кодекс", "beside:act:2947-III"},
	// Given by others.
	{"закордонний паспорт", "elsewhere:Паспорт для виїзду за кордон"},
	{"паспорт", "elsewhere:Паспорт громадянина України"},
	{"passport", "elsewhere:Паспорт громадянина України"},
	{"водійські права", "elsewhere:Посвідчення водія"},
	{"УБД", "elsewhere:Статус учасника бойових дій"},
	{"пенсія", "elsewhere:Пенсія"},
	{"дрова", "elsewhere:Дрова для населення"},
	{"зброя", "elsewhere:Дозвіл на зброю"},
	{"інн", "elsewhere:Номер платника податків (РНОКПП)"},
	{"ІПН", "elsewhere:Номер платника податків (РНОКПП)"},
	{"развод", "elsewhere:Розірвання шлюбу"},
	{"розлучення", "elsewhere:Розірвання шлюбу"},
	{"загранпаспорт", "elsewhere:Паспорт для виїзду за кордон"},
	{"як оформити закордонний паспорт дитині", "elsewhere:Паспорт для виїзду за кордон"},
	{"права на машину", "elsewhere:Посвідчення водія"},
	{"довідка про несудимість", "elsewhere:Витяг про несудимість"},
	{"справка о несудимости", "elsewhere:Витяг про несудимість"},
	{"водительские права", "elsewhere:Посвідчення водія"},
	{"пенсию", "elsewhere:Пенсія"},
	{"zakordonnyi pasport", "elsewhere:Паспорт для виїзду за кордон"},
	{"gfcgjhn", "elsewhere:Паспорт громадянина України"},
	{"відкрити тов", "elsewhere:Реєстрація товариства (ТОВ)"},
	{"записатися до лікаря", "elsewhere:Запис до лікаря"},
	{"пасорт", "elsewhere:Паспорт громадянина України"},
	// Officials, centres, authorities, situations.
	{"Яворенко", "beside:official:Яворенко Людмила Григорівна"},
	{"директорка департаменту", "beside:official:Яворенко Людмила Григорівна"},
	{"дзвінчук марта", "beside:official:Дзвінчук Марта Остапівна"},
	{"цнап орлопіль", "beside:centre:01"},
	{"цнап орлополя", "beside:centre:01"},
	{"департамент соцзахисту", "beside:authority:social"},
	{"департамент соціального захисту", "beside:authority:social"},
	{"народилася дитина", "beside:situation:birth"},
	{"втрачено документи", "beside:situation:loss"},
	// Latin letters.
	{"subsydiya", "01-02/01"},
	{"subsydiia", "01-02/01"},
	{"subsidiya", "01-02/01"},
	{"dopomoha narodzhennia", "01-01/01"},
	{"dopomoga pry narodzhenni", "01-01/01"},
	{"fop", "90301"},
	{"IDP", "01-02/03"},
	{"sole proprietor", "90301"},
	{"shlyub", "90102"},
	{"shliub", "90102"},
	{"propyska", "01-08/01"},
	{"reiestratsiia shliubu", "90102"},
	{"birth benefit", "01-01/01"},
	// The wrong layout.
	{"ljgjvjuf ghb yfhjl;tyys", "01-01/01"},
	{"gjcj,bt ghb hj;ltybb", "01-01/01"},
	{"ce,cblsz", "01-02/01"},
	{"ce,cblbz", "01-02/01"},
	{"ajg", "90301"},
	{"ghjgbcrf", "01-08/01"},
	// Russian.
	{"пособие при рождении", "01-01/01"},
	{"субсидия", "01-02/01"},
	{"переселенец", "01-02/03"},
	{"одинокая мать", "01-01/02"},
	{"флп", "90301"},
	{"закрыть ИП", "90302"},
	{"закрити ИП", "90302"},
	{"открыть фоп", "90301"},
	{"справка о составе семьи", "01-08/03"},
	{"прописать ребёнка", "01-08/04"},
	{"прописка", "01-08/01"},
	{"выписаться", "01-08/02"},
	{"свадьба", "90102"},
	{"свидетельство о рождении", "90101"},
	{"срубить дерево", "01-13/01"},
	{"очередь на квартиру", "01-12/01"},
	{"детский сад", "01-07/02"},
	{"приватизация квартиры", "01-12/02"},
	{"субсидыя", "01-02/01"},
	// Slips, abbreviations, words of everyday.
	{"субсідія", "01-02/01"},
	{"субсдія", "01-02/01"},
	{"субсиидя", "01-02/01"},
	{"реестрація шлюбу", "90102"},
	{"ФОП", "90301"},
	{"закрити фоп", "90302"},
	{"ВПО", "01-02/03"},
	{"довідка впо", "01-02/03"},
	{"садочок", "01-07/02"},
	{"черга в садок", "01-07/02"},
	{"прописатися", "01-08/01"},
	{"виписатися", "01-08/02"},
	{"форма 3", "01-08/03"},
	{"склад сім'ї", "01-08/03"},
	{"довідка про склад сім’ї", "01-08/03"},
	{"одруження", "90102"},
	{"загс", "90102"},
	{"багатодітна", "01-01/03"},
	{"посвідчення багатодітної сім'ї", "01-01/03"},
	{"одиначка", "01-01/02"},
	{"собака", "01-13/02"},
	{"чіп собаці", "01-13/02"},
	{"зрубати дерево", "01-13/01"},
	{"літня тераса", "01-05/03"},
	{"кадастровий номер", "90202"},
	{"витяг на землю", "90201"},
	{"будпаспорт", "01-06/03"},
	{"будівельний паспорт", "01-06/03"},
	{"присвоїти адресу", "01-06/04"},
	{"адвокат", "01-03/02"},
	{"безкоштовний юрист", "01-03/02"},
	{"паркування", "01-11/01"},
	{"музична школа", "01-07/03"},
	{"атестат", "01-07/01"},
	{"загубив атестат", "01-07/01"},
	{"загубив свідоцтво", "90103"},
	{"змінити прізвище", "90104"},
	{"декретні", "01-01/01"},
	{"комуналка", "01-02/01"},
	{"режим роботи магазину", "01-10/01"},
	{"матеріальна допомога", "01-02/04"},
	{"догляд за літньою людиною", "01-03/01"},
	{"маршрутка", "01-11/03"},
	{"білборд", "01-06/05"},
	{"ярмарок", "01-10/02"},
	{"квартирна черга", "01-12/01"},
	// A citizen's own words.
	{"не знаю що мені треба у мене народилась дитина куди звертатися", "beside:situation:birth"},
	{"хочу відкрити свій бізнес фоп", "90301"},
	{"як отримати субсидію", "01-02/01"},
	{"де прописати новонароджену дитину", "01-08/04"},
	{"потрібна довідка що я переселенка", "01-02/03"},
	{"я хочу одружитися за добу", "90102"},
	{"сусід хоче спиляти дерево", "01-13/01"},
	{"бланк субсидії", "intent:blank"},
	{"скільки коштує реєстрація шлюбу", "intent:price"},
	{"скільки коштує закордонний паспорт", "intent:price"},
	{"графік роботи", "intent:hours"},
	{"коли працює цнап", "intent:hours"},
	{"стан заяви", "intent:track"},
	{"де моя заява", "intent:track"},
	{"адреса цнап", "intent:centres"},
	{"цнап", "intent:centres"},
	{"задати питання", "intent:ask"},
	{"особистий кабінет", "intent:cabinet"},
	{"поскаржитись на адміністратора", "intent:complaint"},
	{"талон", "intent:booking"},
	{"запис на прием", "intent:booking"},
	{"часы работы", "intent:hours"},
	{"opening hours", "intent:hours"},
	{"appointment", "intent:booking"},
	// Codes.
	{"01-01/01", "01-01/01"},
	{"90301", "90301"},
	{"01-02", "01-02/01"},
	// Nothing, said honestly.
	{"зоопарк", "-"},
	{"1-1/1", "-"},
	{"1", "-"},
	{"<script>alert(1)</script>", "-"},
	{"космос ракета", "-"},
	{"!!!", "-"},
}

func TestWhatPeopleType(t *testing.T) {
	db := pgtest.External(t)
	r := fillRegion(t, db)
	names := map[uuid.UUID]string{}
	for _, s := range r.Services {
		names[id("service", s.Code)] = s.Code
	}
	s := searcher(t, db)
	for _, c := range typed {
		found, err := s.Services(t.Context(), c.typed, day)
		if err != nil {
			t.Fatalf("%s: %v", c.typed, err)
		}
		others, err := s.Others(t.Context(), found)
		if err != nil {
			t.Fatalf("%s: %v", c.typed, err)
		}
		got := append(answer(found, names), "-")
		besides := beside(others)
		ok := got[0] == c.first
		if want, elsewhere := strings.CutPrefix(c.first, "beside:"); elsewhere {
			ok = slices.Contains(besides, want)
		}
		if !ok {
			t.Errorf("%q (as %q, partial %v, mentioned %v): %q beside %q, want %q", c.typed, found.Query.Text, found.Partial, found.Mentioned, got[:min(len(got), 4)], besides, c.first)
		}
	}
	t.Logf("%d texts", len(typed))
}

// What has only a word of a list of documents is not found.
func TestListsOfDocumentsFindNothingAlone(t *testing.T) {
	db := pgtest.External(t)
	fillRegion(t, db)
	db.Exec(`delete from catalogue.elsewhere`)
	s := searcher(t, db)
	for _, word := range []string{"РНОКПП", "посвідчення", "реквізити банку"} {
		if n := count(t, s, word, day); n > 8 {
			t.Errorf("%q stands in every list of documents and finds %d services", word, n)
		}
	}
}

// What others give is told with where and how; what staff have hidden answers nobody.
func TestElsewhereSaysWhereAndHow(t *testing.T) {
	db := pgtest.External(t)
	for name, published := range map[string]bool{"Зброя": true, "Гармати": false} {
		db.Exec(`insert into catalogue.elsewhere (id, code, name, name_en, words, provider, provider_en, url, position, phone, address, address_en, how, how_en, checked_on, published)
			values (gen_random_uuid(), $1, $1, '', 'травмат', 'Поліція', '', '', 1, '102', 'Вокзальна, 8', '8 Vokzalna', 'Прийдіть', 'Come', '2026-11-01', $2)`, name, published)
	}
	found, err := searcher(t, db).Services(t.Context(), "травмат", day)
	if err != nil || len(found.Elsewhere) != 1 {
		t.Fatalf("%+v, %v", found.Elsewhere, err)
	}
	e := found.Elsewhere[0]
	if e.Name.UK != "Зброя" || e.Phone != "102" || e.Address.EN != "8 Vokzalna" || e.How.UK != "Прийдіть" || e.CheckedOn.Format("2006-01-02") != "2026-11-01" {
		t.Errorf("%+v", e)
	}
}
