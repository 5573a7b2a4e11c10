package signin_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// Whoever signs in gets a new session, is led to the page they wanted, in their language, and the store is told all that it
// judges the attempt by.
func TestSignIn(t *testing.T) {
	s := newSite(t, "o.koval")
	w := signsIn(s.stranger(), "o.koval", password, "/notes?q=1")
	leads(t, w, "/notes?lang=uk&q=1")
	first := webtest.Client{Site: s.site, Token: cookie(w, "session")}
	if got := first.Get("/notes").Code; got != http.StatusOK {
		t.Errorf("signed in: %d", got)
	}
	r := webtest.NewPost("/sign-in", url.Values{"login": {"o.koval"}, "password": {password}})
	r.Header.Set("User-Agent", "Firefox")
	w = first.Do(r)
	leads(t, w, "/?lang=uk")
	second := cookie(w, "session")
	if string(s.tried.Earlier) != string(web.HashToken(first.Token)) || string(s.tried.TokenHash) != string(web.HashToken(second)) ||
		s.tried.Agent != "Firefox" || s.tried.Address.String() != "10.0.0.1" {
		t.Errorf("the store was told %+v", s.tried)
	}
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	s := newSite(t, "o.koval")
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", ""} {
		webtest.Shows(t, s.stranger().Get("/sign-in?next="+url.QueryEscape(next)), http.StatusOK, `name="next" value="/"`)
		leads(t, signsIn(s.stranger(), "o.koval", password, next), "/?lang=uk")
	}
}

// Whatever the reason, the page says the same, begins no session and does not show the password again.
func TestSignInAnswersAlike(t *testing.T) {
	s := newSite(t, "o.koval", "blocked")
	s.person("blocked").Blocked = true
	for _, login := range []string{"o.koval", "nobody", "blocked"} {
		w := signsIn(s.stranger(), login, "wrong", "/notes")
		webtest.Shows(t, w, http.StatusUnprocessableEntity, "Логін або пароль неправильні", `value="`+login+`"`, `value="/notes"`)
		webtest.Lacks(t, w, "wrong")
		if cookie(w, "session") != "" {
			t.Errorf("%s: a session begins", login)
		}
	}
	webtest.Shows(t, signsIn(s.stranger(), "", "", ""), http.StatusUnprocessableEntity, `href="#login"`, `href="#password"`)
}

// Too many attempts are answered as such, with the time after which the next one is looked at.
func TestTooManySignIns(t *testing.T) {
	s := newSite(t, "o.koval")
	s.refusal = &fault.Error{Kind: fault.TooMany, Key: "access.sign_in_too_many", Wait: 90 * time.Second}
	w := signsIn(s.stranger(), "o.koval", password, "")
	webtest.Shows(t, w, http.StatusTooManyRequests)
	if w.Header().Get("Retry-After") != "90" || cookie(w, "session") != "" {
		t.Errorf("%v", w.Header())
	}
}

func TestSignOut(t *testing.T) {
	s := newSite(t, "o.koval")
	c := s.as("o.koval")
	leads(t, c.Post("/sign-out", nil), "/sign-in")
	leads(t, c.Get("/notes"), "/sign-in?next=%2Fnotes")
}

func TestAnotherSiteCannotPost(t *testing.T) {
	s := newSite(t, "o.koval")
	c := s.as("o.koval")
	r := webtest.NewPost("/sign-out", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	webtest.Shows(t, c.Raw(r), http.StatusForbidden)
	webtest.Shows(t, c.Get("/notes"), http.StatusOK)
}
