package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/rights"
)

const password = "синій кит пливе"

// account adds an account that can sign in.
func (s *testSite) account(login string) access.User {
	s.t.Helper()
	store := access.NewStore(s.DB.Pool, rights.Declared).At(nowFixed)
	u, err := store.AddUser(s.t.Context(), access.User{Login: login, FullName: "Коваль Олена"}, password, audit.System("test"))
	if err != nil {
		s.t.Fatal(err)
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
	s := newTestSite(t)
	s.account("o.koval")
	stranger := client{s, ""}
	w := stranger.post("/sign-in", url.Values{"login": {"o.koval"}, "password": {password}, "next": {"/services?q=1"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/services?lang=uk&q=1" {
		t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	c := client{s, cookie(w.Header(), "session")}
	for _, path := range []string{"/", "/services", "/account"} {
		if w := c.get(path); w.Header().Get("Location") != "/account/password" {
			t.Errorf("%s before the change: %d to %q", path, w.Code, w.Header().Get("Location"))
		}
	}
	w = c.post("/account/password", url.Values{"present": {password}, "password": {"коротко"}, "again": {"коротко"}})
	if w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "коротко") {
		t.Errorf("a short password: %d", w.Code)
	}
	w = c.post("/account/password", url.Values{"present": {password}, "password": {"зелений кит пливе"}, "again": {"зелений кит пливе"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("change: %d %s", w.Code, w.Body)
	}
	if w := c.get("/"); w.Code != http.StatusOK {
		t.Errorf("after the change: %d", w.Code)
	}
	if w := c.post("/sign-out", nil); w.Code != http.StatusSeeOther {
		t.Errorf("sign out: %d", w.Code)
	}
	if w := c.get("/"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/sign-in") {
		t.Errorf("after signing out: %d", w.Code)
	}
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	s := newTestSite(t)
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", ""} {
		w := (client{s, ""}).get("/sign-in?next=" + url.QueryEscape(next))
		if !strings.Contains(w.Body.String(), `name="next" value="/"`) {
			t.Errorf("next=%q is kept", next)
		}
	}
}

func TestSignInAnswersAlike(t *testing.T) {
	s := newTestSite(t)
	s.account("o.koval")
	wrong := (client{s, ""}).post("/sign-in", url.Values{"login": {"o.koval"}, "password": {"wrong"}})
	unknown := (client{s, ""}).post("/sign-in", url.Values{"login": {"nobody"}, "password": {"wrong"}})
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
	s := newTestSite(t)
	c := s.as(s.Users[access.PortalAdministrator])
	r := newPost("/users/"+s.Users[access.Officer].UserID.String()+"/block", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if w := c.raw(r); w.Code != http.StatusForbidden {
		t.Errorf("got %d", w.Code)
	}
}
