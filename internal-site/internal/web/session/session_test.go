package session_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/session"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// store knows one session, whose cookie is "valid".
type store struct {
	user     access.User
	language string // that was kept
}

func (s *store) Session(_ context.Context, hash []byte) (access.User, error) {
	if string(hash) != string(web.HashToken("valid")) {
		return access.User{}, fault.New(fault.Unsigned, "")
	}
	return s.user, nil
}

func (s *store) SetLanguage(_ context.Context, _ uuid.UUID, language string) error {
	s.language = language
	return nil
}

// door is a site of one page, which says who is behind it, for whoever is signed in.
func (s *store) door(t *testing.T, ended func(*web.Site) web.Handler) http.Handler {
	t.Helper()
	who := func(c *gin.Context) error {
		_, signedIn := session.User(c)
		c.String(http.StatusOK, "%s %t", session.Actor(c).Login, signedIn)
		return nil
	}
	one := area.Area{Name: "door", Files: fstest.MapFS{}, Routes: func(*web.Site) []area.Route {
		return []area.Route{
			area.GET("/", area.SignedIn(), who), area.POST("/", area.SignedIn(), who), area.GET("/open", area.Anyone(), who),
			area.GET(session.PasswordPath, area.SignedIn(), who), area.POST("/sign-out", area.SignedIn(), who),
		}
	}}
	made, err := site.New(site.Config{Users: s, Ended: ended, SignIn: "/sign-in", Now: webtest.Now, Log: slog.New(slog.DiscardHandler)}, []area.Area{one})
	if err != nil {
		t.Fatal(err)
	}
	return made.Engine()
}

func ask(door http.Handler, method, path, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if token != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: token}) //nolint:gosec // a browser sends no attributes
	}
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	return w
}

// Nobody passes whose session is not known, and a page for everybody asks for none.
func TestWhoPasses(t *testing.T) {
	s := &store{user: access.User{Login: "o.koval", Language: "uk"}}
	door := s.door(t, nil)
	if w := ask(door, http.MethodGet, "/", "valid"); w.Code != http.StatusOK || w.Body.String() != "o.koval true" {
		t.Errorf("signed in: %d %s", w.Code, w.Body)
	}
	for _, token := range []string{"", "made-up"} {
		if w := ask(door, http.MethodGet, "/", token); w.Code != http.StatusSeeOther || w.Header().Get("Location")[:8] != "/sign-in" {
			t.Errorf("with %q: %d to %q", token, w.Code, w.Header().Get("Location"))
		}
		if w := ask(door, http.MethodGet, "/open", token); w.Code != http.StatusOK || w.Body.String() != " false" {
			t.Errorf("a page for everybody with %q: %d %s", token, w.Code, w.Body)
		}
	}
}

// Whose password was set by somebody else is led to the page that changes it, from everywhere but the way out.
func TestPasswordOfAnotherIsChangedFirst(t *testing.T) {
	s := &store{user: access.User{Login: "o.koval", MustChange: true}}
	door := s.door(t, nil)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if w := ask(door, method, "/", "valid"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != session.PasswordPath {
			t.Errorf("%s: %d to %q", method, w.Code, w.Header().Get("Location"))
		}
	}
	if w := ask(door, http.MethodGet, session.PasswordPath, "valid"); w.Code != http.StatusOK {
		t.Errorf("the page that changes it: %d", w.Code)
	}
	if w := ask(door, http.MethodPost, "/sign-out", "valid"); w.Code != http.StatusOK {
		t.Errorf("the way out: %d", w.Code)
	}
}

// A form that comes after its session has ended is answered by whoever keeps what was typed, and never by its page.
func TestFormAfterTheSession(t *testing.T) {
	ended := func(*web.Site) web.Handler {
		return func(c *gin.Context) error {
			c.String(http.StatusTeapot, "kept")
			return nil
		}
	}
	door := (&store{}).door(t, ended)
	if w := ask(door, http.MethodPost, "/", "made-up"); w.Code != http.StatusTeapot || w.Body.String() != "kept" {
		t.Errorf("a form: %d %s", w.Code, w.Body)
	}
	if w := ask(door, http.MethodGet, "/", "made-up"); w.Code != http.StatusSeeOther {
		t.Errorf("a page: %d", w.Code)
	}
}

// The language that somebody chooses becomes their account's; the one that it has already is not written again.
func TestLanguageIsKept(t *testing.T) {
	s := &store{user: access.User{Login: "o.koval", Language: "uk"}}
	door := s.door(t, nil)
	for _, each := range []struct{ path, kept string }{{"/", ""}, {"/?lang=uk", ""}, {"/?lang=nonsense", ""}, {"/?lang=en", "en"}} {
		if ask(door, http.MethodGet, each.path, "valid"); s.language != each.kept {
			t.Errorf("%s: kept %q", each.path, s.language)
		}
	}
}
