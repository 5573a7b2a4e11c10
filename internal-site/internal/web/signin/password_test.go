package signin_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// Whose password somebody else chose changes it before anything else; the page says why, and which passwords are too easy.
func TestPasswordOfSomebodyElseIsChangedFirst(t *testing.T) {
	s := newSite(t, "o.koval")
	s.person("o.koval").MustChange = true
	c := s.as("o.koval")
	for _, path := range []string{"/", "/notes", "/account"} {
		leads(t, c.Get(path), "/account/password")
	}
	webtest.Shows(t, c.Get("/account/password"), http.StatusOK, "встановив хтось інший")
	change := func(present, fresh string) (int, string) {
		w := c.Post("/account/password", url.Values{"present": {present}, "password": {fresh}, "again": {fresh}})
		webtest.Lacks(t, w, present, fresh)
		return w.Code, w.Body.String()
	}
	for name, form := range map[string][2]string{"wrong": {"не той кит", "зелений кит пливе"}, "short": {password, "коротко"}} {
		if code, page := change(form[0], form[1]); code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, code, page)
		}
	}
	if code, page := change(password, "зелений кит пливе"); code != http.StatusSeeOther {
		t.Errorf("%d %s", code, page)
	}
	webtest.Shows(t, c.Get("/notes"), http.StatusOK)
}
