package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	// resent is the form that the links of languages send.
	resent = regexp.MustCompile(`(?s)<form id="portal-resend".*?</form>`)
)

// hidden are the hidden fields of a page's own form.
func hidden(w *httptest.ResponseRecorder) url.Values {
	fields := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(resent.ReplaceAllString(w.Body.String(), ""), -1) {
		fields.Add(m[1], m[2])
	}
	return fields
}

// signInAt sends the sign-in form of a page with what the page carries.
func signInAt(c webtest.Client, page *httptest.ResponseRecorder, login, secret string) *httptest.ResponseRecorder {
	fields := hidden(page)
	fields.Set("login", login)
	fields.Set("password", secret)
	return c.Post("/sign-in", fields)
}

// What was typed passes the page for signing in, a wrong password as well, and is shown to its writer, not done.
func TestAFormAfterTheSessionIsNotLost(t *testing.T) {
	s := newSite(t, "o.koval")
	c := s.as("o.koval")
	s.end(c)
	typed := url.Values{"summary.uk": {"Довгий\nтекст"}, "tag": {"a", "b"}}
	page := c.Post("/notes/x", typed)
	webtest.Shows(t, page, http.StatusUnauthorized, "Введене не втрачено")
	wrong := signInAt(c, page, "o.koval", "wrong password")
	webtest.Shows(t, wrong, http.StatusUnprocessableEntity)
	done := signInAt(c, wrong, "o.koval", password)
	webtest.Shows(t, done, http.StatusOK, `action="/notes/x?show="`)
	if got := hidden(done); got.Encode() != typed.Encode() || cookie(done, "session") == "" {
		t.Errorf("carried %v, typed %v", got, typed)
	}
}

func TestALateFormWithFilesIsSentAsItWas(t *testing.T) {
	s := newSite(t, "o.koval")
	c := s.as("o.koval")
	s.end(c)
	page := c.Multipart("/notes/y", url.Values{"conditions.uk": {"умови"}}, "files", "a.pdf", []byte("%PDF-1.4"))
	done := signInAt(c, page, "o.koval", password)
	webtest.Shows(t, done, http.StatusOK, `enctype="multipart/form-data"`)
	if got := hidden(done).Get("conditions.uk"); got != "умови" {
		t.Errorf("carried %q", got)
	}
}

func TestALateFormIsShownToItsWriterOnly(t *testing.T) {
	s := newSite(t, "o.koval", "p.other")
	c := s.as("o.koval")
	s.end(c)
	page := c.Post("/notes/x", url.Values{"summary.uk": {"чуже"}})
	leads(t, signInAt(c, page, "p.other", password), "/?lang=uk")
}

// When the browser has lost its cookie, nobody knows whose form it was, and it is not carried to whoever signs in. Who has just
// sent it reads it on the spot.
func TestAFormWithoutACookieIsShownAtOnce(t *testing.T) {
	s := newSite(t, "o.koval")
	c := s.as("o.koval")
	c.Token = ""
	page := c.Post("/notes/x", url.Values{"summary.uk": {"Довгий <b>\nтекст"}, "tag": {"a"}})
	webtest.Shows(t, page, http.StatusUnauthorized, "Довгий &lt;b&gt;\nтекст", "Скопіюйте")
	if got := hidden(page); got.Get("kept-summary.uk") != "" {
		t.Errorf("carried %v", got)
	}
	webtest.Lacks(t, signInAt(c, page, "o.koval", password), "Довгий")
}

// What was typed passes the page on which a password from somebody else is changed, a mistake there as well.
func TestWhatWasTypedPassesTheChangeOfPassword(t *testing.T) {
	s := newSite(t, "o.koval")
	c := s.as("o.koval")
	s.end(c)
	s.person("o.koval").MustChange = true
	page := c.Post("/notes/x", url.Values{"summary.uk": {"довге речення"}})
	change := signInAt(c, page, "o.koval", password)
	webtest.Shows(t, change, http.StatusOK)
	webtest.Lacks(t, change, `value="`+password)
	c.Token = cookie(change, "session")
	fields := hidden(change)
	for _, step := range []struct {
		again string
		code  int
	}{{"схибив пливе", http.StatusUnprocessableEntity}, {"зелений кит пливе", http.StatusOK}} {
		fields.Set("present", password)
		fields.Set("password", "зелений кит пливе")
		fields.Set("again", step.again)
		w := c.Post("/account/password", fields)
		webtest.Shows(t, w, step.code)
		webtest.Lacks(t, w, "зелений")
		if fields = hidden(w); step.code == http.StatusOK && fields.Get("summary.uk") != "довге речення" {
			t.Errorf("carried %v", fields)
		}
	}
}

// Whoever is blocked gets nothing done and does not get in.
func TestBlockedPeopleDoNothingWithWhatTheyTyped(t *testing.T) {
	s := newSite(t, "o.koval")
	c := s.as("o.koval")
	s.person("o.koval").Blocked = true
	page := c.Post("/notes/x", url.Values{"summary.uk": {"довге речення"}})
	webtest.Shows(t, page, http.StatusUnauthorized)
	w := signInAt(c, page, "o.koval", password)
	webtest.Shows(t, w, http.StatusUnprocessableEntity)
	if cookie(w, "session") != "" {
		t.Error("a session begins")
	}
	webtest.Shows(t, c.Post("/notes/x?show=", url.Values{}), http.StatusUnauthorized)
}

func TestLateFormsThatAreNotCarried(t *testing.T) {
	s := newSite(t, "o.koval")
	for name, tt := range map[string]struct {
		path, text string
		forgotten  bool // nobody knows any more whose session it was
	}{
		"secrets":           {"/account/password", "таємниця", false},
		"secrets of others": {"/secrets/new", "таємниця", false},
		"too much":          {"/notes/x", strings.Repeat("таємниця", 20_000), false},
		"nobody's":          {"/notes/x", "таємниця", true},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.as("o.koval")
			s.end(c)
			if tt.forgotten {
				clear(s.sessions)
			}
			w := c.Post(tt.path, url.Values{"password": {tt.text}})
			webtest.Shows(t, w, http.StatusUnauthorized, "кнопкою «Назад»")
			webtest.Lacks(t, w, "таємниця")
		})
	}
}

func TestASignInPageCarriesNothingElsewhere(t *testing.T) {
	s := newSite(t, "o.koval")
	for _, path := range []string{"https://evil.example/notes/x", "//evil.example/notes/", "/secrets/new", "/notes/\\evil.example"} {
		leads(t, s.as("o.koval").Post("/sign-in", url.Values{"login": {"o.koval"}, "password": {password}, "kept_path": {path}, "kept-a": {"b"}}), "/?lang=uk")
	}
}
