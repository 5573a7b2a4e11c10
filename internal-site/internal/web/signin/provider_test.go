package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/provider"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/services"
	"portal.example/internal-site/internal/web/signin"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/locale"
	"portal.example/shared/oidctest"
)

// abroad is a site whose clerks can sign in at a provider, and that provider.
type abroad struct {
	*webtest.Site
	there *oidctest.Provider
	away  bool
}

func newAbroad(t *testing.T) *abroad {
	t.Helper()
	a := &abroad{Site: whole(t)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.away {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		a.there.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	var err error
	a.there, err = oidctest.New(server.URL, "portal", "the-secret", webtest.Origin+"/sign-in/provider/done",
		oidctest.Person{Subject: "7f3a", Login: "o.koval", Name: "Коваль Олена"}, oidctest.Person{Subject: "9c1d", Login: "nobody", Name: "Хтось Інший"})
	if err != nil {
		t.Fatal(err)
	}
	a.there.Now = webtest.Now
	ours, err := provider.New(provider.Config{
		Name: locale.Text{UK: "Єдиний вхід", EN: "Single sign-on"}, Issuer: server.URL, ClientID: "portal", Secret: "the-secret", LoginClaim: "preferred_username",
		Redirect: webtest.Origin + "/sign-in/provider/done", SignedOut: webtest.Origin + "/sign-in",
	})
	if err != nil {
		t.Fatal(err)
	}
	others := []area.Area{services.Area(services.Deps{Services: a.Catalogue, Orgs: a.Orgs})}
	deps := signin.Deps{Users: a.Accounts, Provider: ours.At(webtest.Now), Orgs: a.Orgs, Keeps: area.Keeps(others)}
	a.Serve(site.Config{SignIn: signin.Path, Ended: signin.Ended(deps)}, append(others, signin.Area(deps)))
	_, _, err = access.NewStore(a.DB.Pool, rights.Declared).At(webtest.Now).AddUser(t.Context(), access.Operator("test"),
		access.User{Login: "o.koval", FullName: "Коваль Олена"}, password, &access.Grant{Group: access.Administrator, Place: access.InCentre(a.Centre)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// goes follows the address to the provider as login, and returns the address at which the provider leads back.
func (a *abroad) goes(t *testing.T, address, login string) string {
	t.Helper()
	w := httptest.NewRecorder()
	a.there.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, address+"&login_hint="+login, nil))
	back, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusFound {
		t.Fatalf("the provider answers %d: %s", w.Code, w.Body)
	}
	return back.RequestURI()
}

// returns comes back from the provider with what the browser was given there and here.
func returns(c webtest.Client, path, keeps string) *httptest.ResponseRecorder {
	r := webtest.NewGet(path)
	if keeps != "" {
		r.AddCookie(&http.Cookie{Name: "provider", Value: keeps})
	}
	return c.Do(r)
}

// Whom the provider knows and the portal too signs in there, in this browser and once; everybody else reads what is wrong and can
// use their password.
func TestSigningInAtTheProvider(t *testing.T) {
	a := newAbroad(t)
	c := a.Stranger()
	webtest.Shows(t, c.Get("/sign-in?next=/services"), http.StatusOK, `href="/sign-in/provider?next=%2fservices"`, "Єдиний вхід")
	begin := c.Get("/sign-in/provider?next=/services")
	to, keeps := begin.Header().Get("Location"), cookie(begin, "provider")
	if begin.Code != http.StatusSeeOther || keeps == "" {
		t.Fatalf("%d to %s", begin.Code, to)
	}
	back := a.goes(t, to, "o.koval")
	webtest.Shows(t, returns(c, back, ""), http.StatusUnprocessableEntity, "надто довго", `name="password"`) // a link that somebody was sent
	done := returns(c, back, keeps)
	leadsTo(t, done, "/services")
	c.Token = cookie(done, "session")
	webtest.Shows(t, c.Get("/services"), http.StatusOK)
	again := returns(a.Stranger(), back, keeps)
	webtest.Shows(t, again, http.StatusUnprocessableEntity, "надто довго")
	if cookie(again, "session") != "" {
		t.Error("an answer counts twice")
	}
	leadsTo(t, c.Post("/sign-out", nil), "/sign-in?left=yes")
	webtest.Shows(t, a.Stranger().Get("/sign-in?left=yes"), http.StatusOK, `href="/sign-in/provider/out"`)
	leadsTo(t, a.Stranger().Get("/sign-in/provider/out"), a.there.Issuer+"/sign-out?")

	c = a.Stranger()
	begin = c.Get("/sign-in/provider")
	unknown := returns(c, a.goes(t, begin.Header().Get("Location"), "nobody"), cookie(begin, "provider"))
	webtest.Shows(t, unknown, http.StatusUnprocessableEntity, "не знає, який обліковий запис ваш", `name="password"`)
	begin = c.Get("/sign-in/provider")
	other := c.Get("/sign-in/provider")
	mixed := returns(c, a.goes(t, begin.Header().Get("Location"), "o.koval"), cookie(other, "provider"))
	webtest.Shows(t, mixed, http.StatusUnprocessableEntity, "надто довго")
	a.DB.Exec(`update access.users set state = 'blocked' where login = 'o.koval'`)
	begin = c.Get("/sign-in/provider")
	webtest.Shows(t, returns(c, a.goes(t, begin.Header().Get("Location"), "o.koval"), cookie(begin, "provider")), http.StatusUnprocessableEntity, "заблоковано")
}

// While the provider does not answer, the page says so, and the password signs in.
func TestThePasswordWorksWithoutTheProvider(t *testing.T) {
	a := newAbroad(t)
	a.away = true
	a.DB.Exec(`update access.users set must_change = false where login = 'o.koval'`)
	c := a.Stranger()
	webtest.Shows(t, c.Get("/sign-in/provider?next=/services"), http.StatusServiceUnavailable, "не працює", `name="next" value="/services"`)
	webtest.Shows(t, c.Get("/sign-in/provider/out"), http.StatusServiceUnavailable, "не працює")
	leadsTo(t, signsIn(c, "o.koval", password, "/services"), "/services")
}

// A site without a provider has none of its pages.
func TestNoProvider(t *testing.T) {
	s := whole(t)
	c := s.Stranger()
	webtest.Lacks(t, c.Get("/sign-in"), "provider")
	for _, path := range []string{"/sign-in/provider", "/sign-in/provider/done?code=a&state=b", "/sign-in/provider/out"} {
		webtest.Shows(t, c.Get(path), http.StatusNotFound)
	}
	webtest.Shows(t, s.As(s.Users[access.Administrator]).Get("/account/provider"), http.StatusNotFound)
}
