package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/webtest"
)

const password = "синій кит пливе"

// account adds an account that can sign in.
func account(t *testing.T, s *webtest.Site, login string) access.User {
	t.Helper()
	store := access.NewStore(s.DB.Pool, rights.Declared).At(webtest.Now)
	u, _, err := store.AddUser(t.Context(), access.Operator("test"), access.User{Login: login, FullName: "Коваль Олена"}, password, nil)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func cookie(w http.Header, name string) string {
	for _, c := range (&http.Response{Header: w}).Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

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

func TestSignInLeadsNowhereElse(t *testing.T) {
	s := newSite(t)
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", ""} {
		w := s.Stranger().Get("/sign-in?next=" + url.QueryEscape(next))
		if !strings.Contains(w.Body.String(), `name="next" value="/"`) {
			t.Errorf("next=%q is kept", next)
		}
	}
}

func TestSignInAnswersAlike(t *testing.T) {
	s := newSite(t)
	account(t, s, "o.koval")
	wrong := s.Stranger().Post("/sign-in", url.Values{"login": {"o.koval"}, "password": {"wrong"}})
	unknown := s.Stranger().Post("/sign-in", url.Values{"login": {"nobody"}, "password": {"wrong"}})
	if wrong.Code != http.StatusUnprocessableEntity || unknown.Code != wrong.Code {
		t.Errorf("wrong %d, unknown %d", wrong.Code, unknown.Code)
	}
	for _, w := range []string{wrong.Body.String(), unknown.Body.String()} {
		if !strings.Contains(w, "Логін або пароль неправильні") || strings.Contains(w, `value="wrong"`) {
			t.Errorf("page %s", w)
		}
	}
}

func TestAnotherSiteCannotPost(t *testing.T) {
	s := newSite(t)
	c := s.As(s.Users[access.PortalAdministrator])
	r := webtest.NewPost("/users/"+s.Users[access.Officer].UserID.String()+"/block", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if w := c.Raw(r); w.Code != http.StatusForbidden {
		t.Errorf("got %d", w.Code)
	}
}
