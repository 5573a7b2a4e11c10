package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/home"
	"portal.example/internal-site/internal/web/services"
	"portal.example/internal-site/internal/web/signin"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
)

// needing is a site whose administrators need a second factor, with one who has none yet, and a clock that a test moves.
func needing(t *testing.T) (c webtest.Client, now *time.Time) {
	t.Helper()
	moment := webtest.Now()
	s := whole(t)
	s.Accounts = s.Accounts.At(func() time.Time { return moment })
	others := []area.Area{services.Area(services.Deps{Services: s.Catalogue, Orgs: s.Orgs}), home.Area(nil)}
	deps := signin.Deps{Users: s.Accounts, Orgs: s.Orgs, Keeps: area.Keeps(others)}
	s.Serve(site.Config{SignIn: signin.Path, Ended: signin.Ended(deps)}, append(others, signin.Area(deps)))
	store := access.NewStore(s.DB.Pool, rights.Declared).At(webtest.Now)
	u, _, err := store.AddUser(t.Context(), access.Operator("test"), access.User{Login: "o.koval", FullName: "Коваль Олена"}, password,
		&access.Grant{Group: access.RegionalManager, Place: access.InRegion()})
	if err != nil {
		t.Fatal(err)
	}
	s.DB.Exec(`update access.users set must_change = false where id = $1`, u.ID)
	s.DB.Exec(`update access.groups set second_factor = true where code = 'regional_manager'`)
	return s.Stranger(), &moment
}

// signedIn sends the sign-in form and keeps the session.
func signedIn(t *testing.T, c *webtest.Client, to string) {
	t.Helper()
	w := c.Post("/sign-in", url.Values{"login": {"o.koval"}, "password": {password}, "next": {"/services"}})
	leadsTo(t, w, to)
	c.Token = cookie(w, "session")
}

func leadsTo(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), to) {
		t.Fatalf("%d to %q, want %q: %s", w.Code, w.Header().Get("Location"), to, w.Body)
	}
}

var (
	shownSecret = regexp.MustCompile(`<code class="portal-code">([A-Z2-7 ]+)</code>`)
	shownCode   = regexp.MustCompile(`<code class="portal-code">([a-z2-9-]+)</code>`)
)

// enrolAt fills in the page that sets up an app, and returns the app's secret and the recovery codes.
func enrolAt(t *testing.T, c webtest.Client, page *httptest.ResponseRecorder, now time.Time) (secret string, recovery []string, done *httptest.ResponseRecorder) {
	t.Helper()
	webtest.Shows(t, page, http.StatusOK, "<svg", `name="present"`)
	secret = strings.ReplaceAll(shownSecret.FindStringSubmatch(page.Body.String())[1], " ", "")
	code, err := totp.GenerateCode(secret, now)
	if err != nil {
		t.Fatal(err)
	}
	form := hidden(page)
	form.Set("code", "000000")
	form.Set("name", "мій телефон")
	form.Set("present", password)
	wrong := c.Post("/account/factors/code", form)
	webtest.Shows(t, wrong, http.StatusUnprocessableEntity, `href="#code"`, "мій телефон", shownSecret.FindString(page.Body.String()))
	webtest.Lacks(t, wrong, password, "000000")
	form.Set("code", code)
	done = c.Post("/account/factors/code", form)
	webtest.Shows(t, done, http.StatusOK, "Ці коди показано один раз")
	for _, m := range shownCode.FindAllStringSubmatch(done.Body.String(), -1) {
		recovery = append(recovery, m[1])
	}
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	return secret, recovery, done
}

// Whoever needs a second factor and has none sets one up and sees nothing else before; from then on the password alone opens
// nothing, and a code of the app or a recovery code leads to where they were going.
func TestSecondFactorFromItsFirstDay(t *testing.T) {
	c, now := needing(t)
	signedIn(t, &c, "/services")
	for _, path := range []string{"/", "/services", "/account", "/account/password", "/sign-in/second"} {
		leadsTo(t, c.Get(path), "/account/factors")
	}
	leadsTo(t, c.Post("/services/new", nil), "/account/factors")
	webtest.Shows(t, c.Get("/account/factors"), http.StatusOK, "Ваша група потребує другого чинника")
	webtest.Shows(t, c.Get("/account/factors?lang=en"), http.StatusOK, "Your group needs a second factor")
	webtest.Shows(t, c.Get("/account/factors?lang=uk"), http.StatusOK, "Ваша група")
	secret, recovery, _ := enrolAt(t, c, c.Get("/account/factors/code"), *now)
	webtest.Shows(t, c.Get("/services"), http.StatusOK)
	webtest.Shows(t, c.Get("/account/factors"), http.StatusOK, "мій телефон", "Залишилося 10 кодів")
	webtest.Shows(t, c.Get("/account"), http.StatusOK, "/account/factors")

	*now = now.Add(time.Minute)
	c.Token = ""
	signedIn(t, &c, "/sign-in/second?lang=uk&next=%2Fservices")
	half := c.Token
	for _, path := range []string{"/", "/services", "/account", "/account/factors", "/account/factors/code", "/account/password"} {
		leadsTo(t, c.Get(path), "/sign-in/second")
	}
	leadsTo(t, c.Post("/account/factors/recovery", url.Values{"present": {password}}), "/sign-in/second")
	wrong := c.Post("/sign-in/second", url.Values{"code": {"000000"}, "next": {"/services"}})
	webtest.Shows(t, wrong, http.StatusUnprocessableEntity, `href="#code"`, `name="next" value="/services"`)
	webtest.Lacks(t, wrong, "000000")
	webtest.Shows(t, c.Post("/sign-in/second", nil), http.StatusUnprocessableEntity, "Введіть код")
	code, _ := totp.GenerateCode(secret, *now)
	done := c.Post("/sign-in/second", url.Values{"code": {code[:3] + " " + code[3:]}, "next": {"/services"}})
	leadsTo(t, done, "/services")
	if c.Token = cookie(done, "session"); c.Token == "" || c.Token == half {
		t.Error("the session keeps the token of before the second factor")
	}
	webtest.Shows(t, c.Get("/services"), http.StatusOK)
	leadsTo(t, c.Get("/sign-in/second"), "/")

	c.Token = ""
	signedIn(t, &c, "/sign-in/second")
	leadsTo(t, c.Post("/sign-in/second", url.Values{"code": {recovery[0]}, "next": {"//evil.example"}}), "/?lang")
}

// What was typed when the session ended passes the second factor, and setting it up.
func TestWhatWasTypedPassesTheSecondFactor(t *testing.T) {
	c, now := needing(t)
	signedIn(t, &c, "/services")
	secret, _, _ := enrolAt(t, c, c.Get("/account/factors/code"), *now)
	*now = now.Add(time.Minute)
	late := func() *httptest.ResponseRecorder {
		c.Site.DB.Exec(`update access.sessions set seen_at = $1`, now.Add(-access.SessionIdle-time.Minute))
		page := c.Post("/services/x/edit", url.Values{"summary.uk": {"довге речення"}})
		if page.Code != http.StatusUnauthorized {
			t.Fatalf("a late form: %d", page.Code)
		}
		second := signInAt(c, page, "o.koval", password)
		c.Token = cookie(second, "session")
		return second
	}
	second := late()
	webtest.Shows(t, second, http.StatusOK, `action="/sign-in/second"`, "довге речення")
	form := hidden(second)
	form.Set("code", "111111")
	wrong := c.Post("/sign-in/second", form)
	form = hidden(wrong)
	code, _ := totp.GenerateCode(secret, *now)
	form.Set("code", code)
	done := c.Post("/sign-in/second", form)
	webtest.Shows(t, done, http.StatusOK, `action="/services/x/edit?show="`, "довге речення")
	c.Token = cookie(done, "session")

	c.Site.DB.Exec(`delete from access.factors`) // an administrator has reset them meanwhile
	_, _, shown := enrolAt(t, c, late(), *now)
	webtest.Shows(t, shown, http.StatusOK, `action="/services/x/edit?show="`, "довге речення")
}
