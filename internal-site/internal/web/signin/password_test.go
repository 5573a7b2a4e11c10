package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

func TestSignInForcesAChangeOfPassword(t *testing.T) {
	s := newSite(t)
	account(t, s, "o.koval")
	stranger := s.Stranger()
	w := stranger.Post("/sign-in", url.Values{"login": {"o.koval"}, "password": {password}, "next": {"/services?q=1"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/services?lang=uk&q=1" {
		t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	c := webtest.Client{Site: s, Token: cookie(w.Header(), "session")}
	for _, path := range []string{"/", "/services", "/account"} {
		if w := c.Get(path); w.Header().Get("Location") != "/account/password" {
			t.Errorf("%s before the change: %d to %q", path, w.Code, w.Header().Get("Location"))
		}
	}
	w = c.Post("/account/password", url.Values{"present": {password}, "password": {"коротко"}, "again": {"коротко"}})
	if w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "коротко") {
		t.Errorf("a short password: %d", w.Code)
	}
	w = c.Post("/account/password", url.Values{"present": {password}, "password": {"зелений кит пливе"}, "again": {"зелений кит пливе"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("change: %d %s", w.Code, w.Body)
	}
	if w := c.Get("/"); w.Code != http.StatusOK {
		t.Errorf("after the change: %d", w.Code)
	}
	if w := c.Post("/sign-out", nil); w.Code != http.StatusSeeOther {
		t.Errorf("sign out: %d", w.Code)
	}
	if w := c.Get("/"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/sign-in") {
		t.Errorf("after signing out: %d", w.Code)
	}
}
