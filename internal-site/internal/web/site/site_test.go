package site_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// somebody is signed in, whatever the session.
type somebody access.User

func (s somebody) Session(context.Context, []byte) (access.User, error) { return access.User(s), nil }

func (somebody) SetLanguage(context.Context, uuid.UUID, string) error { return nil }

// page is the text of a page of the site that somebody sees.
func page(t *testing.T, user access.User, areas ...area.Area) string {
	t.Helper()
	made, err := site.New(site.Config{Users: somebody(user), Now: webtest.Now, Log: slog.New(slog.DiscardHandler)}, areas)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/account/password", nil)
	r.AddCookie(&http.Cookie{Name: "session", Value: "signed-in"}) //nolint:gosec // a browser sends no attributes
	w := httptest.NewRecorder()
	made.Engine().ServeHTTP(w, r)
	return w.Body.String()
}

// refusing is an area with a place in the navigation and a page that is not found, which the site shows itself.
func refusing() area.Area {
	return area.Area{
		Name: "toy", Path: "/account/password", Nav: &area.Nav{Order: 1}, Files: fstest.MapFS{"uk.yaml": {Data: []byte("nav:\n  toy: Іграшки\n")}, "en.yaml": {Data: []byte("nav:\n  toy: Toys\n")}},
		Routes: func(*web.Site) []area.Route {
			return []area.Route{area.GET("", area.SignedIn(), func(*gin.Context) error { return fault.New(fault.NotFound, "") })}
		},
	}
}

// Whatever a page says, around it stand who is signed in and as what, the way out and the areas; and no search engine
// may keep it.
func TestWhatStandsAroundAPage(t *testing.T) {
	grant := access.Grant{Group: access.Administrator, Name: locale.Text{UK: "Адміністратор ЦНАП"}}
	user := access.User{FullName: "Коваль <b>", Grants: []access.Grant{grant}}
	around := page(t, user, refusing())
	for _, want := range []string{"Коваль &lt;b&gt;", "/sign-out", "Іграшки", `content="noindex"`} {
		if !strings.Contains(around, want) {
			t.Errorf("around the page there is no %q", want)
		}
	}
	user.MustChange = true
	if strings.Contains(page(t, user, refusing()), "Іграшки") {
		t.Error("areas are offered before the password is changed")
	}
}
