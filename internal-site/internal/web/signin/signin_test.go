package signin_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/signin"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestRoutes(t *testing.T) {
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{signin.Area(signin.Deps{Users: d.Accounts, Orgs: d.Orgs})}
	})
	webtest.Walk(t, s, strings.NewReplacer(":id", "018f0000-0000-7000-8000-000000000001").Replace, nil)
}

const password = "синій кит пливе"

// people are accounts in memory with their sessions, which begin and end as those of access.Store do: for a while, one that
// has ended still says whose it was. What no test asks for is a nil pointer.
type people struct {
	signin.Users
	accounts []*person
	sessions map[string]*session // by the hash of their token
	refusal  error               // of every sign-in, if any
	tried    access.Attempt      // the last one
	site     *webtest.Site
}

type person struct {
	access.User
	password string
}

type session struct {
	of    *person
	ended bool
}

// newSite is a site on which people may be typing: notes keep what was typed, and secrets do not.
func newSite(t *testing.T, logins ...string) *people {
	t.Helper()
	p := &people{sessions: map[string]*session{}}
	for _, login := range logins {
		p.accounts = append(p.accounts, &person{access.User{ID: uuid.New(), Login: login, FullName: "Коваль Олена", Language: "uk"}, password})
	}
	pages := []area.Area{page("notes", true), page("secrets", false), page("", false)}
	deps := signin.Deps{Users: p, Keeps: area.Keeps(pages)}
	p.site = webtest.Over(t, site.Config{Users: p, SignIn: signin.Path, Ended: signin.Ended(deps)}, append(pages, signin.Area(deps))...)
	return p
}

// page is an area of one page at its name, with a form.
func page(name string, keepsText bool) area.Area {
	fine := func(c *gin.Context) error {
		c.Status(http.StatusOK)
		return nil
	}
	a := area.Area{Name: "page" + name, Path: strings.TrimSuffix("/"+name, "/"), Files: fstest.MapFS{}, KeepsText: keepsText}
	a.Routes = func(*web.Site) []area.Route {
		if name == "" {
			return []area.Route{area.GET("/", area.SignedIn(), fine)}
		}
		return []area.Route{area.GET("", area.SignedIn(), fine), area.POST("/:id", area.SignedIn(), fine)}
	}
	return a
}

// as is a browser in which the person has signed in.
func (p *people) as(login string) webtest.Client {
	token := web.NewToken()
	p.sessions[string(web.HashToken(token))] = &session{of: p.person(login)}
	return webtest.Client{Site: p.site, Token: token}
}

// stranger is a browser in which nobody has signed in.
func (p *people) stranger() webtest.Client { return p.site.Stranger() }

// end ends the session of a browser.
func (p *people) end(c webtest.Client) { p.sessions[string(web.HashToken(c.Token))].ended = true }

func (p *people) person(login string) *person {
	i := slices.IndexFunc(p.accounts, func(a *person) bool { return a.Login == login })
	if i < 0 {
		return nil
	}
	return p.accounts[i]
}

func (p *people) Session(_ context.Context, token []byte) (access.User, error) {
	s, ok := p.sessions[string(token)]
	if !ok || s.ended || s.of.Blocked {
		return access.User{}, fault.New(fault.Unsigned, "")
	}
	return s.of.User, nil
}

func (p *people) SessionOwner(_ context.Context, token []byte) (uuid.UUID, error) {
	s, ok := p.sessions[string(token)]
	if !ok {
		return uuid.Nil, fault.New(fault.NotFound, "")
	}
	return s.of.ID, nil
}

func (*people) OffersPasskeys() bool { return false }

func (*people) SetLanguage(context.Context, uuid.UUID, string) error { return nil }

func (p *people) SignIn(_ context.Context, a access.Attempt) (access.User, error) {
	p.tried = a
	who := p.person(a.Login)
	switch {
	case p.refusal != nil:
		return access.User{}, p.refusal
	case who == nil || who.Blocked || who.password != a.Password:
		return access.User{}, fault.New(fault.Invalid, "access.sign_in_failed")
	}
	delete(p.sessions, string(a.Earlier))
	p.sessions[string(a.TokenHash)] = &session{of: who}
	return who.User, nil
}

func (p *people) SignOut(_ context.Context, token []byte) error {
	p.sessions[string(token)].ended = true
	return nil
}

func (p *people) ChangeOwnPassword(_ context.Context, actor access.Actor, present, fresh string, _ []byte) error {
	who := p.person(actor.Login)
	if who.password != present {
		return fault.InvalidFields(fault.FieldError{Field: "present", Key: "access.password_wrong"})
	}
	if access.CheckPassword(actor.Login, fresh) != nil {
		return fault.InvalidFields(fault.FieldError{Field: "password", Key: "access.password_easy"})
	}
	who.password, who.MustChange = fresh, false
	return nil
}

// signsIn sends the sign-in form of a page that carries nothing.
func signsIn(c webtest.Client, login, secret, next string) *httptest.ResponseRecorder {
	return c.Post(signin.Path, url.Values{"login": {login}, "password": {secret}, "next": {next}})
}

// leads fails the test unless the answer leads to the address.
func leads(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != to {
		t.Fatalf("%d to %q, want %q: %s", w.Code, got, to, w.Body)
	}
}

// cookie is the value of a cookie that the answer sets; "" when it sets none.
func cookie(w *httptest.ResponseRecorder, name string) string {
	for _, c := range w.Result().Cookies() { //nolint:bodyclose // a recorder's body
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}
