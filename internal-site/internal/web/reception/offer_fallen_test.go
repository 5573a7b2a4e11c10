package reception_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/workdays"
)

// Whoever takes away what is booked sees it first, without names, can go back to what they typed, and saves with one press.
func TestAChangeShowsWhomItTouches(t *testing.T) {
	s := newHall(t)
	head, day := s.As(s.Users[access.CentreHead]), workdays.DateOf(webtest.Now()).AddDate(0, 0, 1)
	number := s.book(t, clockOf(day, 10))
	version := func() []string { return []string{field(t, head.Get(s.path("/offer/plan")), "version")} }
	seen := regexp.MustCompile(`name="seen" value="([^"]*)"`)
	date := day.Format(time.DateOnly)
	for path, form := range map[string]url.Values{
		"/offer/plan":                         {"act": {"absence"}, "first": {date}, "last": {date}, "reason": {"Ремонт <u>"}},
		"/offer":                              {"act": {"retire"}, "kind": {"windows"}, "part": {s.window.String()}, "sure": {"yes"}},
		"/offer/windows/" + s.window.String(): {"number": {"7"}, "groups": {s.other.String()}},
	} {
		form.Set("version", version()[0])
		page := head.Post(s.path(path), form)
		webtest.Shows(t, page, http.StatusOK, "Без прийому лишиться 1 запис", number, "повідомимо SMS або зателефонуєте ви", "Зберегти й повідомити людей")
		webtest.Lacks(t, page, "Ганна", "380501234567")
		if n := s.Count(`select count(*) from reception.absences`) + s.Count(`select count(*) from reception.windows where retired or number = 7`); n != 0 {
			t.Fatalf("%s: it was done without a word", path)
		}
		form.Set("seen", seen.FindStringSubmatch(page.Body.String())[1])
		form.Set("back", "yes")
		switch w := head.Post(s.path(path), form); path {
		case "/offer":
			if w.Header().Get("Location") != s.path("/offer") {
				t.Errorf("back to %q", w.Header().Get("Location"))
			}
		case "/offer/plan":
			webtest.Shows(t, w, http.StatusOK, "Ремонт &lt;u&gt;", `value="`+date+`"`)
		default:
			webtest.Shows(t, w, http.StatusOK, `value="7"`)
		}
		form.Del("back")
		if w := head.Post(s.path(path), form); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		if n := s.Count(`select count(*) from notices.outbox where kind = 'booking_lost' and state = 'waiting'`); n != 1 {
			t.Errorf("%s: %d are told", path, n)
		}
		s.DB.Exec(`delete from notices.outbox`)
		s.DB.Exec(`delete from reception.absences`)
		s.DB.Exec(`update reception.bookings set stands = true`)
		s.DB.Exec(`update reception.windows set retired = false, number = 1, groups = array[$2::uuid], appoints = $2 where id = $1`, s.window, s.group)
	}
}

// However many appointments a change touches, the page before it shows the first of them, and the page of those to warn shows so many at a time.
func TestPagesOfTouchedAppointmentsAreBounded(t *testing.T) {
	s := newHall(t)
	head, day := s.As(s.Users[access.CentreHead]), workdays.DateOf(webtest.Now()).AddDate(0, 0, 1)
	s.DB.Exec(`insert into reception.bookings (id, number, centre_id, window_id, group_id, begins_at, minutes, ends_at, name, made_at)
		select gen_random_uuid(), '7777-' || lpad(i::text, 4, '0'), $1, $2, $3, $4::timestamptz + i * interval '10 minutes', 10, $4::timestamptz + (i + 1) * interval '10 minutes', 'Ганна', $5
		from generate_series(0, 50) i`, s.Centre, s.window, s.group, clockOf(day, 9), webtest.Now())
	date := day.Format(time.DateOnly)
	form := url.Values{"act": {"absence"}, "first": {date}, "last": {date}, "version": {field(t, head.Get(s.path("/offer/plan")), "version")}}
	before := head.Post(s.path("/offer/plan"), form)
	webtest.Shows(t, before, http.StatusOK, "Без прийому лишиться 51 запис", "7777-0029", "і ще 21 запис")
	webtest.Lacks(t, before, "7777-0030")

	s.DB.Exec(`insert into org.calendar_days (day, working, name) values ($1, false, 'Свято')`, day)
	first, second := head.Get(s.path("/bookings")), head.Get(s.path("/bookings?page=2"))
	webtest.Shows(t, first, http.StatusOK, "51 запис не можна виконати", "7777-0000", "7777-0049", "page=2")
	webtest.Lacks(t, first, "7777-0050")
	webtest.Shows(t, second, http.StatusOK, "7777-0050")
	webtest.Lacks(t, second, "7777-0000")
	webtest.Shows(t, head.Get(s.path("/bookings?page=9")), http.StatusOK, "7777-0050")
}
