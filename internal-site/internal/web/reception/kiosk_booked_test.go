package reception_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/workdays"
)

func TestKioskBooked(t *testing.T) {
	s := newHall(t)
	number := s.book(t, clockOf(workdays.DateOf(webtest.Now()), 20))
	digits := strings.ReplaceAll(number, "-", "")
	kiosk := s.As(s.Users[access.CentreHead])
	webtest.Shows(t, kiosk.Get(s.path("/kiosk")), http.StatusOK, "Я записаний")
	webtest.Shows(t, kiosk.Get(s.path("/kiosk/booked?low=1&number=12")), http.StatusOK, `number=123"`, `number=1"`, "kiosk--low")
	webtest.Shows(t, kiosk.Get(s.path("/kiosk/booked?number=12x")), http.StatusOK, "number=1\"")
	webtest.Shows(t, kiosk.Get(s.path("/kiosk/booked?number="+digits)), http.StatusOK, "Я тут, дайте талон")
	webtest.Shows(t, kiosk.Post(s.path("/kiosk/booked"), url.Values{"number": {"00000000"}}), http.StatusUnprocessableEntity, "Запису з таким номером тут немає")
	first := kiosk.Post(s.path("/kiosk/booked"), url.Values{"number": {digits}})
	again := kiosk.Post(s.path("/kiosk/booked"), url.Values{"number": {digits}})
	if first.Code != http.StatusSeeOther || first.Header().Get("Location") != again.Header().Get("Location") {
		t.Fatalf("%d %s, %d %s", first.Code, first.Header(), again.Code, again.Header())
	}
	for _, path := range []string{"/kiosk?low=1", "/kiosk/booked?low=1"} {
		webtest.Shows(t, kiosk.Get(s.path(path)), http.StatusOK, `hidden data-reception-scan`, `name="scanned"`, `name="low" value="1"`)
	}
	later := s.book(t, clockOf(workdays.DateOf(webtest.Now()).AddDate(0, 0, 1), 10))
	webtest.Shows(t, kiosk.Post(s.path("/kiosk/booked"), url.Values{"number": {later}, "scanned": {"1"}}), http.StatusUnprocessableEntity, "Цей запис на інший день: 19 листопада 2026")
	webtest.Shows(t, kiosk.Post(s.path("/kiosk/booked"), url.Values{"number": {"?"}, "scanned": {"1"}}), http.StatusUnprocessableEntity, "Це не код запису")
	webtest.Shows(t, kiosk.Post(s.path("/kiosk/booked"), url.Values{"number": {"12"}}), http.StatusUnprocessableEntity, "Номер запису має 8 цифр")
	ticket := kiosk.Get(first.Header().Get("Location"))
	webtest.Shows(t, ticket, http.StatusOK, "А\u00a0001", "За записом на 20:00")
	webtest.Lacks(t, ticket, "Ганна", number)
}
