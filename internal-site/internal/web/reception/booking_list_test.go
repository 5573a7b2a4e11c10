package reception_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// book books a time for somebody by the clerk's page, and returns the number.
func (s *hall) book(t *testing.T, at time.Time) string {
	t.Helper()
	form := url.Values{"act": {"book"}, "day": {workdays.DateOf(at).Format(time.DateOnly)}, "at": {s.group.String() + "/" + at.UTC().Format(time.RFC3339)}, "name": {"Ганна <b>"}, "phone": {"050 123 45 67"}}
	if w := s.As(s.Users[access.CentreHead]).Post(s.path("/bookings"), form); w.Code != http.StatusSeeOther {
		t.Fatalf("nobody is booked: %d %s", w.Code, w.Body)
	}
	var number string
	if err := s.DB.Pool.QueryRow(t.Context(), `select number from reception.bookings where begins_at = $1 and state = 'booked'`, at).Scan(&number); err != nil {
		t.Fatal(err)
	}
	return number
}

// clockOf is a moment of a day by the clock in Kyiv.
func clockOf(day time.Time, hour int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, locale.Kyiv())
}

func TestBookings(t *testing.T) {
	s := newHall(t)
	clerk, tomorrow := s.As(s.Users[access.Administrator]), workdays.DateOf(webtest.Now()).AddDate(0, 0, 1)
	at, path := clockOf(tomorrow, 10), s.path("/bookings?day="+tomorrow.Format(time.DateOnly))
	webtest.Shows(t, clerk.Get(path), http.StatusOK, "На цей день ніхто не записаний", "10:00, А – Довідки &lt;i&gt;")
	form := url.Values{"act": {"book"}, "day": {tomorrow.Format(time.DateOnly)}, "at": {s.group.String() + "/" + at.UTC().Format(time.RFC3339)}, "phone": {"12"}}
	webtest.Shows(t, clerk.Post(s.path("/bookings"), form), http.StatusUnprocessableEntity, "Зазначте, як звертатися", "Зазначте номер телефону", `value="12"`)
	number := s.book(t, at)
	page := clerk.Get(path)
	webtest.Shows(t, page, http.StatusOK, number, "Ганна &lt;b&gt;", "380501234567", "записано")
	webtest.Lacks(t, page, "10:00, А – Довідки", "Прийшли</button>") // it is not today
	form.Set("name", "Інша")
	form.Set("phone", "")
	webtest.Shows(t, clerk.Post(s.path("/bookings"), form), http.StatusUnprocessableEntity, "Цей час щойно зайняли")

	s.DB.Exec(`insert into org.calendar_days (day, working, name) values ($1, false, 'Свято')`, tomorrow)
	webtest.Shows(t, clerk.Get(s.path("/bookings")), http.StatusOK, "Кого треба попередити", "1 запис не можна виконати", "Повідомлення ще не складено", number)
	if err := domain.NewStore(s.DB.PoolAs("internal_site")).At(webtest.Now).Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	webtest.Shows(t, clerk.Get(s.path("/bookings")), http.StatusOK, "чекає на надсилання", `value="told"`)
	s.DB.Exec(`update notices.outbox set state = 'failed', reason = 'notices.reason.no_mobile' where booking_id is not null`)
	webtest.Shows(t, clerk.Get(s.path("/bookings")), http.StatusOK, "не дійшло: на цей номер", `value="told"`)
	said := url.Values{"act": {"told"}, "booking": {regexp.MustCompile(`name="booking" value="([^"]*)"`).FindStringSubmatch(page.Body.String())[1]}}
	webtest.Shows(t, s.As(s.OtherUsers[access.CentreHead]).Post(s.path("/bookings"), said), http.StatusForbidden)
	if w := clerk.Post(s.path("/bookings"), said); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, clerk.Post(s.path("/bookings"), said), http.StatusConflict, "Хтось із колег уже записав")
	told := clerk.Get(s.path("/bookings"))
	webtest.Shows(t, told, http.StatusOK, "потім повідомлено інакше: зателефонували")
	webtest.Lacks(t, told, `value="told"`)
	id := regexp.MustCompile(`name="booking" value="([^"]*)"`).FindStringSubmatch(page.Body.String())[1]
	give := url.Values{"act": {"give_back"}, "day": {tomorrow.Format(time.DateOnly)}, "booking": {id}}
	webtest.Shows(t, clerk.Post(s.path("/bookings"), give), http.StatusOK, "Скасувати запис "+number, `name="sure"`)
	give.Set("sure", "yes")
	if w := clerk.Post(s.path("/bookings"), give); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, clerk.Post(s.path("/bookings"), give), http.StatusConflict, "Цей запис уже скасовано")
	webtest.Shows(t, clerk.Get(path), http.StatusOK, "скасовано")
	webtest.Shows(t, clerk.Get(s.path("/bookings?day=yesterday")), http.StatusOK, "На цей день ніхто не записаний")
}
