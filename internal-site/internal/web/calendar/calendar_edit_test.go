package calendar_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	work "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
)

func typed(day, month, year, kind, name string) url.Values {
	return url.Values{"date-day": {day}, "date-month": {month}, "date-year": {year}, "kind": {kind}, "name.uk": {name}}
}

// with is the form with one field more.
func with(form url.Values, name, value string) url.Values {
	form.Set(name, value)
	return form
}

// A day is added, changed and removed; each time the page says first what moves, and only the confirmation changes anything.
func TestADayComesAndGoes(t *testing.T) {
	s := newSite(t)
	s.Register(work.Filing{}) // until Monday 30 November
	admin := s.As(s.Users[access.PortalAdministrator])
	add := func() url.Values { return typed("30", "11", "2026", "off", "Свято району") }
	webtest.Shows(t, admin.Post("/calendar/add", add()), http.StatusOK, "Зараз відкрита 1 справа", "Строк розгляду зсунеться в 1 справі", "30 листопада 2026 року, понеділок",
		`name="sure" value="yes"`, `name="name.uk" value="Свято району"`)
	if n := s.Count(`select count(*) from org.calendar_days`); n != 0 {
		t.Fatal("it was saved before it was confirmed")
	}
	webtest.Shows(t, admin.Post("/calendar/add", with(with(add(), "sure", "yes"), "back", "yes")), http.StatusOK, `value="Свято району"`, "Продовжити")
	if w := admin.Post("/calendar/add", with(add(), "sure", "yes")); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/calendar?year=2026" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := s.Count(`select count(*) from cases.cases where due_on = '2026-12-01'`); n != 1 {
		t.Error("the term did not move")
	}
	webtest.Shows(t, admin.Get("/calendar"), http.StatusOK, "30.11.2026", "Свято району", "переглянуто 1 справу", "строк зсунувся в 1")
	webtest.Shows(t, admin.Post("/calendar/add", add()), http.StatusUnprocessableEntity, "Цей день уже є в календарі", `value="Свято району"`)
	webtest.Shows(t, admin.Get("/calendar/days/2026-11-30"), http.StatusOK, `value="Свято району"`)
	edit := url.Values{"kind": {"off"}, "name.uk": {"День громади"}, "version": {"1"}, "sure": {"yes"}}
	if w := admin.Post("/calendar/days/2026-11-30", edit); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := admin.Post("/calendar/days/2026-11-30", edit); w.Code != http.StatusConflict {
		t.Errorf("a form of an older version: %d", w.Code)
	}
	webtest.Shows(t, admin.Get("/calendar/days/2026-11-30/remove"), http.StatusOK, "стане звичайним днем тижня", "День громади", `name="version" value="2"`)
	if w := admin.Post("/calendar/days/2026-11-30/remove", url.Values{"version": {"2"}, "sure": {"yes"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := s.Count(`select count(*) from cases.cases where due_on = '2026-11-30'`); n != 1 {
		t.Error("the term did not move back")
	}
}

// A day off says whose appointments cannot be kept, by centre.
func TestADayOffTouchesAppointments(t *testing.T) {
	s := newSite(t)
	group, window := uuid.New(), uuid.New()
	s.DB.Exec(`insert into reception.halls (centre_id) values ($1)`, s.Centre)
	s.DB.Exec(`insert into reception.groups (id, centre_id, letter, name, minutes) values ($1, $2, 'А', 'Довідки', 20)`, group, s.Centre)
	s.DB.Exec(`insert into reception.windows (id, centre_id, number, groups) values ($1, $2, 1, array[$3::uuid])`, window, s.Centre, group)
	for number, at := range map[string]string{"1234-5671": "2026-12-01 00:10+02", "1234-5672": "2026-12-01 23:10+02", "1234-5673": "2026-12-02 00:10+02"} { // by the days of Kyiv
		s.DB.Exec(`insert into reception.bookings (id, number, centre_id, window_id, group_id, begins_at, minutes, ends_at, name, made_at)
			values (gen_random_uuid(), $4, $1, $2, $3, $5, 20, $5::timestamptz + interval '20 minutes', 'Ганна', now())`, s.Centre, window, group, number, at)
	}
	admin := s.As(s.Users[access.PortalAdministrator])
	page := admin.Post("/calendar/add", typed("1", "12", "2026", "off", "Свято району"))
	webtest.Shows(t, page, http.StatusOK, "ЦНАП Вишневої громади: 2 записи на прийом не можна буде виконати", "Записи не скасуються")
	webtest.Lacks(t, page, "Ганна", "1234-567")
	webtest.Lacks(t, admin.Post("/calendar/add", typed("5", "12", "2026", "working", "Робоча субота")), "на прийом")
}

// A moved working day is one change of two days.
func TestADayOffThatIsWorkedOnASaturday(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	form := typed("7", "12", "2026", "off", "Перенесення")
	form.Set("worked-day", "5")
	form.Set("worked-month", "12")
	form.Set("worked-year", "2026")
	webtest.Shows(t, admin.Post("/calendar/add", form), http.StatusOK, "стане вихідним", "стане робочим", "Жоден строк не зсунеться")
	if w := admin.Post("/calendar/add", with(form, "sure", "yes")); w.Code != http.StatusSeeOther || s.Count(`select count(*) from org.calendar_days`) != 2 ||
		s.Count(`select count(*) from cases.recounts`) != 1 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, s.As(s.Users[access.Officer]).Get("/calendar"), http.StatusOK, "05.12.2026", "Перенесення")
}

func TestMistakes(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	for name, tt := range map[string]struct {
		form url.Values
		says []string
	}{
		"empty":              {url.Values{}, []string{"Введіть дату", "Введіть українською, чому цей день особливий"}},
		"no such day":        {typed("31", "11", "2026", "off", "x"), []string{`href="#date-day"`}},
		"a Sunday off":       {typed("29", "11", "2026", "off", "x"), []string{"Цей день і так вихідний"}},
		"a Monday worked":    {typed("30", "11", "2026", "working", "x"), []string{"Цей день і так робочий"}},
		"too far":            {typed("1", "1", "2126", "off", "x"), []string{"Введіть дату між 2000 і 2031 роками"}},
		"worked on a Monday": {with(with(with(typed("7", "12", "2026", "off", "x"), "worked-day", "8"), "worked-month", "12"), "worked-year", "2026"), []string{`href="#worked"`, "Цей день і так робочий"}},
	} {
		t.Run(name, func(t *testing.T) {
			webtest.Shows(t, admin.Post("/calendar/add", tt.form), http.StatusUnprocessableEntity, tt.says...)
		})
	}
	webtest.Shows(t, admin.Post("/calendar/add", typed("2", "11", "2026", "off", "x")), http.StatusOK, "цей день уже минув")
	for _, path := range []string{"/calendar/days/2026-11-30", "/calendar/days/x", "/calendar/days/x/remove"} {
		if w := admin.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
