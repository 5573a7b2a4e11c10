package cardview_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/workdays"
)

var update = flag.Bool("update", false, "write the golden files anew")

func both(uk, en string) locale.Text { return locale.Text{UK: uk, EN: en} }

func uk(s string) locale.Text { return locale.Text{UK: s} }

func catalogue() *locale.Catalogue { return locale.MustLoad(ui.Words, cardview.Words) }

func renderer(t *testing.T) *cardview.Renderer {
	t.Helper()
	r, err := cardview.New(catalogue())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// full is a card with everything that a card can hold.
func full() cardview.View {
	act, file, missing := uuid.MustParse("00000000-0000-7000-8000-000000000001"), uuid.MustParse("00000000-0000-7000-8000-000000000002"), uuid.New()
	body := uuid.MustParse("00000000-0000-7000-8000-000000000003")
	adopted := time.Date(2012, 9, 6, 0, 0, 0, 0, time.UTC)
	week := hours.Schedule{}
	for day := 1; day <= 5; day++ {
		week.Week = append(week.Week, hours.Day{Weekday: day, Opens: "08:00", Closes: "17:00", Breaks: []hours.Interval{{From: "12:00", To: "12:45"}}})
	}
	week.Week[4].Closes = "15:45"
	week.Exceptions = []hours.Exception{
		{Date: "2026-12-10", Closed: true, Reason: uk("санітарний день")},
		{Date: "2026-11-25", Opens: "08:00", Closes: "13:00"},
		{Date: "2026-11-22", Closed: true},
		{Date: "2027-01-01", Closed: true},
	}
	return cardview.View{
		Code: "00034", Applicants: []string{"person", "entity"},
		Card: contract.Card{
			Description: both("<h3>Що це</h3><p>Допомога <b>родині</b>.<script>alert(1)</script></p><p onclick=\"x()\"><a href=\"javascript:alert(1)\">зле</a> <a href=\"https://example.org/\">добре</a></p>", "<p>Help</p>"),
			Conditions:  both("Перша умова\nДруга умова <b>", "One condition"),
			Documents: []contract.Document{
				{ID: "passport", Name: both("Паспорт", "Passport"), Form: "show", Required: true},
				{ID: "proof", Name: uk("Довідка про склад сім’ї"), Note: both("якщо проживають разом", "if they live together"), Form: "original"},
			},
			Filing:     []locale.Text{both("Особисто", "In person"), uk("Поштою")},
			Fee:        contract.Fee{Paid: true, Amount: "1127.50", Grounds: uk("Рішення ради"), Account: uk("Рахунок UA00")},
			Term:       contract.Term{Days: 10, Note: uk("Для термінових випадків – 5 днів")},
			Suspension: []contract.Ground{{ID: "s1", Text: uk("Немає відповіді на запит")}},
			Refusal:    []contract.Ground{{ID: "r1", Text: both("Борг", "Debt")}},
			Result:     both("Рішення про призначення", "A decision"),
			Delivery:   []locale.Text{both("У центрі", "At the centre")},
			Contacts:   uk("Довідки: 15-51"),
			Acts:       []contract.ActRef{{ID: act, Note: uk("стаття 8")}, {ID: missing}},
			Templates:  []contract.FileRef{{ID: file, Title: both("Заява", "Application")}, {ID: missing}},
		},
		Stages: &contract.TechCard{StatutoryDays: 10, Stages: []contract.TechStage{
			{Name: both("Реєстрація", "Registration"), Official: uk("Адміністратор"), Unit: uk("ЦНАП"), Action: contract.ActionExecutes},
			{Name: uk("Розгляд"), Official: uk("Спеціаліст"), AuthorityID: &body, Days: 7},
		}},
		Edition:   cardview.Edition{Number: 3, EffectiveFrom: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
		Authority: &cardview.Body{Name: both("Департамент", "Department"), Href: "/authorities/soc", Address: uk("вул. Нова, 1"), Phones: []string{"(044) 123-45-67"}, Email: "a@example.org", Site: "https://example.org"},
		Centres:   []cardview.Body{{Name: uk("ЦНАП Зоря"), Href: "/centres/01", Schedule: week, Directions: uk("Пандус ліворуч")}},
		Acts:      map[uuid.UUID]cardview.Act{act: {Title: both("Про адміністративні послуги", "On services"), Kind: "law", Number: "5203-VI", Issuer: "Верховна Рада", AdoptedOn: &adopted, URL: "https://example.org/law"}},
		Files:     map[uuid.UUID]cardview.File{file: {Title: uk("zayava"), Format: "PDF", Size: 123456, Href: "/documents/2"}},
		Bodies:    map[uuid.UUID]locale.Text{body: both("Управління", "Office")},
		Now:       time.Date(2026, 11, 23, 10, 0, 0, 0, locale.Kyiv()), // Monday
	}
}

func TestGolden(t *testing.T) {
	r := renderer(t)
	for name, view := range map[string]cardview.View{"full": full(), "empty": {Now: full().Now, Card: contract.Card{Term: contract.Term{Days: -1}}}} {
		for _, lang := range locale.Langs {
			html, err := r.Render(lang, view)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name+"."+string(lang)+".html")
			if *update {
				if err := os.WriteFile(path, []byte(html), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path) //nolint:gosec // our own testdata
			if err != nil {
				t.Fatal(err)
			}
			if string(html) != string(want) {
				t.Errorf("%s differs from %s; look at it, then run with -update", name, path)
			}
		}
	}
}

// What staff or an import put into a card can never become markup or a script of the page.
func TestNothingDangerousIsShown(t *testing.T) {
	html, err := renderer(t).Render(locale.UK, full())
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "alert", "onclick", "javascript:", "умова <b>"} {
		if strings.Contains(string(html), bad) {
			t.Errorf("%q is in the page", bad)
		}
	}
	for _, good := range []string{`href="https://example.org/"`, "умова &lt;b&gt;", `href="tel:0441234567"`} {
		if !strings.Contains(string(html), good) {
			t.Errorf("%q is not in the page", good)
		}
	}
}

func TestUntranslatedPartsAreMarked(t *testing.T) {
	html, err := renderer(t).Render(locale.EN, full())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<span lang="uk">Довідка про склад сім’ї</span>`, `<p class="govuk-body" lang="uk">Рішення ради</p>`, "One condition"} {
		if !strings.Contains(string(html), want) {
			t.Errorf("%q is not in the page", want)
		}
	}
}

// Where the source of a card says nothing, nobody is told that the service is free or quick.
func TestNotStated(t *testing.T) {
	html, err := renderer(t).Render(locale.UK, cardview.View{Card: contract.Card{
		Term: contract.Term{Days: -1}, Fee: contract.Fee{NotStated: true},
	}})
	if err != nil {
		t.Fatal(err)
	}
	page := string(html)
	if strings.Contains(page, "Безоплатно") || strings.Count(page, "Не зазначено") != 4 {
		t.Errorf("fee and term are not shown as not stated:\n%s", page)
	}
	for _, want := range []string{"не сказано, скільки це триває", "не сказано, чи треба платити"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
}

// Where silence counts as consent, the card says what that means; other cards say nothing of it.
func TestTacitConsentIsSaid(t *testing.T) {
	for _, tacit := range []bool{false, true} {
		view := full()
		view.Card.Term.Tacit = tacit
		html, err := renderer(t).Render(locale.UK, view)
		if err != nil || strings.Contains(string(html), "принцип мовчазної згоди") != tacit {
			t.Errorf("tacit %t: %v", tacit, err)
		}
	}
}

func TestWords(t *testing.T) {
	p := catalogue().In(locale.UK)
	for days, want := range map[int]string{
		-1: "", 0: "Одразу, під час звернення", 1: "1 робочий день", 3: "3 робочі дні", 9: "9 робочих днів",
		10: "10 календарних днів", 22: "22 календарні дні", 31: "31 календарний день",
	} {
		if got := cardview.Term(p, contract.Term{Days: days}); got != want {
			t.Errorf("term of %d: %q, want %q", days, got, want)
		}
	}
	for term, want := range map[contract.Term]string{
		{Days: 15, DaysIn: workdays.InWorking}: "15 робочих днів", {Days: 5, DaysIn: workdays.InCalendar}: "5 календарних днів",
		{Days: 1, DaysIn: workdays.InCalendar}: "1 календарний день", {Days: 32, DaysIn: workdays.InWorking}: "32 робочі дні",
	} {
		if got := cardview.Term(p, term); got != want {
			t.Errorf("%+v: %q, want %q", term, got, want)
		}
	}
	for fee, want := range map[contract.Fee]string{
		{}: "Безоплатно", {Paid: true}: "Платно, розмір залежить від обставин", {Paid: true, Amount: "127.50"}: "127,50\u00a0грн",
		{Amount: "5.00"}: "Безоплатно", {NotStated: true}: "", {Paid: true, Amount: "чотири"}: "Платно, розмір залежить від обставин",
	} {
		if got := cardview.Fee(p, fee); got != want {
			t.Errorf("fee %+v: %q, want %q", fee, got, want)
		}
	}
	s := full().Centres[0].Schedule
	s.Exceptions = []hours.Exception{{Date: "2026-11-26", Closed: true}, {Date: "2027-01-02", Opens: "10:00", Closes: "13:00"}}
	for day := 25; day <= 31; day++ {
		s.Exceptions = append(s.Exceptions, hours.Exception{Date: fmt.Sprintf("2026-12-%d", day), Closed: true})
	}
	s.Exceptions = append(s.Exceptions, hours.Exception{Date: "2027-01-01", Closed: true})
	for at, want := range map[string]string{
		"2026-11-23 10:00": "Зараз відчинено, до\u00a012:00", "2026-11-23 12:10": "Зараз перерва, до\u00a012:45",
		"2026-11-23 07:00": "Зачинено, відчиниться сьогодні о\u00a08:00", "2026-11-23 18:00": "Зачинено, відчиниться завтра о\u00a08:00",
		"2026-11-25 18:00": "Зачинено, відчиниться в п’ятницю о\u00a08:00", "2026-11-27 16:00": "Зачинено, відчиниться в понеділок о\u00a08:00",
		"2026-12-24 18:00": "Зачинено, відчиниться 2 січня 2027 року о\u00a010:00",
	} {
		when, err := time.ParseInLocation("2006-01-02 15:04", at, locale.Kyiv())
		if err != nil {
			t.Fatal(err)
		}
		if got := cardview.OpenNow(p, s, when).Text; got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	rows := cardview.Week(p, s)
	if len(rows) != 3 || rows[0].Days != "понеділок – четвер" || rows[1].Hours != "08:00–15:45" || rows[2].Hours != "вихідний" {
		t.Errorf("week: %+v", rows)
	}
}

// Whoever plans a visit from the card sees the days off beside the centre, and each link says whose it is.
// Stages below ten days run in working days: a sum over stages of both kinds may not pass for one of calendar days.
func TestTheSumOfTheStagesNamesItsDays(t *testing.T) {
	r := renderer(t)
	for want, days := range map[string][]int{
		"до 9 робочих днів, закон дає 20":                                                   {0, 4, 5},
		"до 21 календарного дня, закон дає 20":                                              {10, 0, 11},
		"до 22 днів (робочих і календарних, як названо в етапах), закон дає 20 календарних": {2, 20},
	} {
		view := full()
		view.Stages = &contract.TechCard{StatutoryDays: 20}
		for _, d := range days {
			view.Stages.Stages = append(view.Stages.Stages, contract.TechStage{Name: uk("Етап"), Days: d})
		}
		html, err := r.Render(locale.UK, view)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(html), want) {
			t.Errorf("stages of %v days: %q is not in the card", days, want)
		}
	}
}

func TestCentresOfACard(t *testing.T) {
	view := full()
	view.Centres = append(view.Centres, cardview.Body{Name: uk("ЦНАП Ґрунь"), Phones: []string{"(0550) 1"}, Schedule: view.Centres[0].Schedule})
	html, err := renderer(t).Render(locale.UK, view)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<strong>Інші години прийому:</strong> <time datetime="2026-11-25">25 листопада 2026 року</time> – 08:00–13:00; <time datetime="2026-12-10">10 грудня 2026 року</time> – вихідний (санітарний день)</p>`,
		`Години прийому<span class="govuk-visually-hidden">: ЦНАП Ґрунь</span>`, `<span class="govuk-visually-hidden">ЦНАП Ґрунь: </span>(0550) 1</a>`,
	} {
		if !strings.Contains(string(html), want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	for _, bad := range []string{"22 листопада", "1 січня"} {
		if strings.Contains(string(html), bad) {
			t.Errorf("%q is in the page", bad)
		}
	}
}

// A ground for a fee is none where nothing is paid.
func TestNoGroundForAFeeThatIsNone(t *testing.T) {
	html, err := renderer(t).Render(locale.UK, cardview.View{Card: contract.Card{Fee: contract.Fee{Grounds: uk("Послуга безоплатна.")}}})
	if err != nil {
		t.Fatal(err)
	}
	if page := string(html); strings.Contains(page, "Підстава для плати") || !strings.Contains(page, "Послуга безоплатна.") {
		t.Errorf("the page says\n%s", page)
	}
}

func TestCataloguesComplete(t *testing.T) {
	c := catalogue()
	for _, key := range c.Keys() {
		for _, lang := range locale.Langs {
			if !c.In(lang).Has(key) {
				t.Errorf("%s has no %q", lang, key)
			}
		}
	}
}
