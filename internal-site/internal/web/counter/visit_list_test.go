package counter_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A clerk of one centre begins with one button, a clerk of two says in which; the centres of others are not offered.
func TestVisitsAreBegunInOnesOwnCentre(t *testing.T) {
	r := newReception(t)
	one := r.As(r.clerk)
	webtest.Lacks(t, one.Get("/counter"), "<select")
	w := one.Post("/counter", url.Values{"centre": {r.Centre.String()}})
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/counter/") {
		t.Errorf("%d %s", w.Code, to)
	}
	if w := one.Post("/counter", url.Values{"centre": {r.OtherCentre.String()}}); w.Code != http.StatusForbidden {
		t.Errorf("another centre: %d", w.Code)
	}
	two := r.As(r.AddUser("two", access.Grant{Group: access.Administrator, Place: access.InCentre(r.Centre)}, access.Grant{Group: access.Administrator, Place: access.InCentre(r.OtherCentre)}))
	webtest.Shows(t, two.Get("/counter"), http.StatusOK, "<select", "ЦНАП Лугової громади")
	webtest.Shows(t, two.Post("/counter", url.Values{}), http.StatusUnprocessableEntity, "Виберіть, у якому ЦНАП ви приймаєте")
}
