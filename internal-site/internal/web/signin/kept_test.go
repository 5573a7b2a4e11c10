package signin_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/web"
)

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// resent is the form that the links of languages send.
var resent = regexp.MustCompile(`(?s)<form id="portal-resend".*?</form>`)

// hidden are the hidden fields of a page's own form.
func hidden(w *httptest.ResponseRecorder) url.Values {
	fields := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(resent.ReplaceAllString(w.Body.String(), ""), -1) {
		fields.Add(m[1], m[2])
	}
	return fields
}

// idle makes the session one that has seen nobody for too long.
func idle(c webtest.Client) {
	c.Site.DB.Exec(`update access.sessions set seen_at = $2 where token_hash = $1`, web.HashToken(c.Token), fixture.Now.Add(-access.SessionIdle-time.Minute))
}

// signInAt sends the sign-in form of a page with what the page carries.
func signInAt(c webtest.Client, page *httptest.ResponseRecorder, login, secret string) *httptest.ResponseRecorder {
	fields := hidden(page)
	fields.Set("login", login)
	fields.Set("password", secret)
	return c.Post("/sign-in", fields)
}

// own is a client in which a person with a password of their own is signed in.
func own(t *testing.T, s *webtest.Site, login string) webtest.Client {
	t.Helper()
	u := account(t, s, login)
	s.DB.Exec(`update access.users set must_change = false where id = $1`, u.ID)
	return s.As(u.Actor())
}

func TestAFormAfterTheSessionIsNotLost(t *testing.T) {
	s := newSite(t)
	c := own(t, s, "o.koval")
	idle(c)
	typed := url.Values{"summary.uk": {"Довгий\nтекст"}, "tag": {"a", "b"}}
	page := c.Post("/services/x/edit", typed)
	if page.Code != http.StatusUnauthorized || !strings.Contains(page.Body.String(), "Введене не втрачено") {
		t.Fatalf("a late form: %d %s", page.Code, page.Body)
	}
	wrong := signInAt(c, page, "o.koval", "wrong password")
	if wrong.Code != http.StatusUnprocessableEntity {
		t.Fatalf("wrong password: %d", wrong.Code)
	}
	done := signInAt(c, wrong, "o.koval", password)
	if done.Code != http.StatusOK || cookie(done.Header(), "session") == "" || !strings.Contains(done.Body.String(), `action="/services/x/edit?show="`) {
		t.Fatalf("signed in: %d %s", done.Code, done.Body)
	}
	if got := hidden(done); got.Encode() != typed.Encode() {
		t.Errorf("carried %v, typed %v", got, typed)
	}
}

func TestALateFormWithFilesIsSentAsItWas(t *testing.T) {
	s := newSite(t)
	c := own(t, s, "o.koval")
	idle(c)
	page := c.Multipart("/services/x/cards/y/edit", url.Values{"conditions.uk": {"умови"}}, "files", "a.pdf", []byte("%PDF-1.4"))
	done := signInAt(c, page, "o.koval", password)
	if body := done.Body.String(); !strings.Contains(body, `enctype="multipart/form-data"`) || hidden(done).Get("conditions.uk") != "умови" {
		t.Errorf("%d %s", done.Code, body)
	}
}

// A session ends after twelve hours of work as well, and takes nothing with it.
func TestTheLongestSessionLeavesWhatWasTyped(t *testing.T) {
	s := newSite(t)
	c := own(t, s, "o.koval")
	s.DB.Exec(`update access.sessions set expires_at = $2 where token_hash = $1`, web.HashToken(c.Token), webtest.Now().Add(-time.Hour))
	page := c.Post("/services/x/edit", url.Values{"summary.uk": {"довге речення"}})
	if page.Code != http.StatusUnauthorized {
		t.Fatalf("%d", page.Code)
	}
	if done := signInAt(c, page, "o.koval", password); done.Code != http.StatusOK || hidden(done).Get("summary.uk") != "довге речення" {
		t.Errorf("%d %v", done.Code, hidden(done))
	}
}

func TestALateFormIsShownToItsWriterOnly(t *testing.T) {
	s := newSite(t)
	c := own(t, s, "o.koval")
	own(t, s, "p.other")
	idle(c)
	page := c.Post("/services/x/edit", url.Values{"summary.uk": {"чуже"}})
	w := signInAt(c, page, "p.other", password)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/?lang=uk" {
		t.Errorf("another person: %d to %q", w.Code, w.Header().Get("Location"))
	}
}

// However a session has ended, what its owner was typing is shown to them when they have signed in again, and is not done
// before they have seen it.
func TestHoweverASessionEndsWhatWasTypedStays(t *testing.T) {
	s := newSite(t)
	manager := access.Operator("test")
	for name, end := range map[string]func(c webtest.Client, u access.User) error{
		"signed out elsewhere": func(_ webtest.Client, u access.User) error {
			return s.Accounts.SignOutElsewhere(t.Context(), u.Actor(), web.HashToken("another"))
		},
		"this one signed out from elsewhere": func(c webtest.Client, u access.User) error {
			return s.Accounts.SignOutOne(t.Context(), u.Actor(), web.HashToken(c.Token))
		},
		"signed out in another window": func(c webtest.Client, _ access.User) error {
			if w := c.Post("/sign-out", url.Values{}); w.Code != http.StatusSeeOther || cookie(w.Header(), "session") != "" {
				t.Errorf("signing out: %d", w.Code)
			}
			return nil
		},
		"blocked and let in again": func(_ webtest.Client, u access.User) error {
			return errors.Join(s.Accounts.SetBlocked(t.Context(), manager, u.ID, true), s.Accounts.SetBlocked(t.Context(), manager, u.ID, false))
		},
		"changed the password elsewhere": func(_ webtest.Client, u access.User) error {
			return s.Accounts.ChangeOwnPassword(t.Context(), u.Actor(), password, "інший кит пливе", web.HashToken("another"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			login := "o." + strings.ReplaceAll(name, " ", ".")
			c := own(t, s, login)
			u := userNamed(t, s, login)
			if err := end(c, u); err != nil {
				t.Fatal(err)
			}
			typed := url.Values{"summary.uk": {"довге речення"}, "do": {"save"}}
			page := c.Post("/services/x/edit", typed)
			if page.Code != http.StatusUnauthorized || c.Get("/services").Code != http.StatusSeeOther {
				t.Fatalf("a form of a session that has ended: %d", page.Code)
			}
			secret := password
			if strings.Contains(name, "password") {
				secret = "інший кит пливе"
			}
			done := signInAt(c, page, login, secret)
			if !strings.Contains(done.Body.String(), `action="/services/x/edit?show="`) || hidden(done).Encode() != typed.Encode() {
				t.Errorf("%d %v", done.Code, hidden(done))
			}
		})
	}
}

// A one-time password from somebody else ends the sessions too; what was typed passes the page on which it is changed.
func TestWhatWasTypedPassesTheChangeOfPassword(t *testing.T) {
	s := newSite(t)
	c := own(t, s, "o.koval")
	u := userNamed(t, s, "o.koval")
	idle(c)
	s.DB.Exec(`update access.users set must_change = true, password_expires_at = null where id = $1`, u.ID)
	page := c.Post("/services/x/edit", url.Values{"summary.uk": {"довге речення"}})
	change := signInAt(c, page, "o.koval", password)
	c.Token = cookie(change.Header(), "session")
	if change.Code != http.StatusOK || c.Token == "" || strings.Contains(change.Body.String(), `value="`+password) {
		t.Fatalf("%d %s", change.Code, change.Body)
	}
	fields := hidden(change)
	for _, step := range []struct {
		again string
		code  int
	}{{"схибив пливе", http.StatusUnprocessableEntity}, {"зелений кит пливе", http.StatusOK}} {
		fields.Set("present", password)
		fields.Set("password", "зелений кит пливе")
		fields.Set("again", step.again)
		w := c.Post("/account/password", fields)
		if w.Code != step.code || strings.Contains(w.Body.String(), "зелений") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if fields = hidden(w); step.code == http.StatusOK && fields.Get("summary.uk") != "довге речення" {
			t.Errorf("carried %v", fields)
		}
	}
}

// Whoever is blocked gets nothing done and does not get in.
func TestBlockedPeopleDoNothingWithWhatTheyTyped(t *testing.T) {
	s := newSite(t)
	c := own(t, s, "o.koval")
	if err := s.Accounts.SetBlocked(t.Context(), access.Operator("test"), userNamed(t, s, "o.koval").ID, true); err != nil {
		t.Fatal(err)
	}
	page := c.Post("/services/x/edit", url.Values{"summary.uk": {"довге речення"}})
	if w := signInAt(c, page, "o.koval", password); page.Code != http.StatusUnauthorized || w.Code != http.StatusUnprocessableEntity || cookie(w.Header(), "session") != "" {
		t.Errorf("%d, then %d", page.Code, w.Code)
	}
	if w := c.Post("/services/x/edit?show=", url.Values{}); w.Code != http.StatusUnauthorized {
		t.Errorf("showing a form: %d", w.Code)
	}
}

// userNamed is the account with a login.
func userNamed(t *testing.T, s *webtest.Site, login string) (u access.User) {
	t.Helper()
	err := s.DB.Pool.QueryRow(t.Context(), `select id, login from access.users where login = $1`, login).Scan(&u.ID, &u.Login)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestLateFormsThatAreNotCarried(t *testing.T) {
	s := newSite(t)
	for name, tt := range map[string]struct {
		path  string
		typed url.Values
		ended bool // the session is gone, not only idle
	}{
		"secrets":           {"/account/password", url.Values{"password": {"таємниця"}}, false},
		"secrets of others": {"/users/new", url.Values{"password": {"таємниця"}}, false},
		"too much":          {"/services/x/edit", url.Values{"a": {strings.Repeat("таємниця", 20_000)}}, false},
		"nobody's":          {"/services/x/edit", url.Values{"a": {"таємниця"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.As(s.Users[access.Officer])
			idle(c)
			if tt.ended {
				s.DB.Exec(`delete from access.sessions where token_hash = $1`, web.HashToken(c.Token))
			}
			w := c.Post(tt.path, tt.typed)
			if w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "таємниця") || !strings.Contains(w.Body.String(), "кнопкою «Назад»") {
				t.Errorf("%d %.3000s", w.Code, w.Body)
			}
		})
	}
}

func TestASignInPageCarriesNothingElsewhere(t *testing.T) {
	s := newSite(t)
	c := own(t, s, "o.koval")
	for _, path := range []string{"https://evil.example/services/x", "//evil.example/services/", "/users/new", "/services/\\evil.example"} {
		w := c.Post("/sign-in", url.Values{"login": {"o.koval"}, "password": {password}, "kept_path": {path}, "kept-a": {"b"}})
		if w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
