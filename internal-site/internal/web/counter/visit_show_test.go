package counter_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// Words of a name find the service when it is the only one, and say so when there is none; the choice can be changed.
func TestServiceIsChosenAndChanged(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	c.Post(r.path(), url.Values{"version": {"1"}, "service_q": {"кадастр"}})
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, "Такої послуги у вашому ЦНАП немає", `value="кадастр"`)
	if w := c.Post(r.path(), url.Values{"version": {"2"}, "service_q": {"00034"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, "Призначення допомоги", "Вибрати іншу послугу", "Заява")
	if w := c.Post(r.path(), url.Values{"version": {"3"}, "do": {"service none"}, "surname": {"Їжак"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	page := c.Get(r.path())
	webtest.Shows(t, page, http.StatusOK, "Їжак", "Перелік документів з’явиться")
	webtest.Lacks(t, page, "Вибрати іншу послугу")
}

// The keyboard's next field stands ready: first the visitor, then the service.
func TestFocusGoesFromPartToPart(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, `name="q"`, "autofocus")
	c.Post(r.path(), somebody("1", "save"))
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, "autofocus", `name="service_q"`, `data-portal-key="F2"`)
}
