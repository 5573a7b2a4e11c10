package signin_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/home"
	"portal.example/internal-site/internal/web/services"
	"portal.example/internal-site/internal/web/signin"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// whole is a site over the real stores, with services to type a description of.
func whole(t *testing.T) *webtest.Site {
	t.Helper()
	var deps signin.Deps
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		others := []area.Area{services.Area(services.Deps{Services: d.Catalogue, Orgs: d.Orgs}), home.Area(nil)}
		deps = signin.Deps{
			Users: d.Accounts, Orgs: d.Orgs, Keeps: area.Keeps(others),
			Pages: func(_ *gin.Context, actor access.Actor) []ui.NavItem { return area.Navigation(others, actor, "") },
		}
		return append(others, signin.Area(deps))
	})
	s.Serve(site.Config{SignIn: signin.Path, Ended: signin.Ended(deps)}, s.Areas)
	return s
}

// A new clerk signs in, changes the password from the administrator and works; the session ends while something is being
// typed, in each way that the store knows, and what was typed is there when the clerk is back.
func TestADayOfAClerk(t *testing.T) {
	s := whole(t)
	user, _, err := access.NewStore(s.DB.Pool, rights.Declared).At(webtest.Now).
		AddUser(t.Context(), access.Operator("test"), access.User{Login: "o.koval", FullName: "Коваль Олена"}, password, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := signsIn(s.Stranger(), "o.koval", password, "/services?q=1")
	leads(t, w, "/services?q=1")
	c := webtest.Client{Site: s, Token: cookie(w, "session")}
	leads(t, c.Get("/services"), "/account/password")
	const own = "зелений кит пливе"
	leads(t, c.Post("/account/password", url.Values{"present": {password}, "password": {own}, "again": {own}}), "/account")
	webtest.Shows(t, c.Get("/"), http.StatusOK)
	for name, end := range map[string]func(c webtest.Client){
		"idle": func(c webtest.Client) {
			s.DB.Exec(`update access.sessions set seen_at = $2 where token_hash = $1`, web.HashToken(c.Token), fixture.Now.Add(-access.SessionMax))
		},
		"signed out in another window": func(c webtest.Client) { leads(t, c.Post("/sign-out", nil), "/sign-in") },
	} {
		end(c)
		leads(t, c.Get("/"), "/sign-in?next=%2F")
		typed := url.Values{"summary.uk": {"довге речення"}, "do": {"save"}}
		page := c.Post("/services/x/edit", typed)
		webtest.Shows(t, page, http.StatusUnauthorized, "Введене не втрачено")
		done := signInAt(c, page, user.Login, own)
		webtest.Shows(t, done, http.StatusOK, `action="/services/x/edit?show="`)
		if hidden(done).Encode() != typed.Encode() {
			t.Errorf("%s: carried %v", name, hidden(done))
		}
		c.Token = cookie(done, "session")
	}
}
