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
