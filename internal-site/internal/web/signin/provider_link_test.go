package signin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

var linkThere = regexp.MustCompile(`href="(http[^"]+/authorize[^"]+)"`)

// Whoever gives their password ties their account to whom the provider knows them as; another browser, another person and a second
// account are not tied by it.
func TestAccountsAreLinkedByTheirOwners(t *testing.T) {
	a := newAbroad(t)
	a.DB.Exec(`update access.users set must_change = false where login = 'o.koval'`)
	c := a.Stranger()
	c.Token = cookie(signsIn(c, "o.koval", password, "/"), "session")
	webtest.Shows(t, c.Get("/account"), http.StatusOK, `href="/account/provider"`, "Єдиний вхід")
	webtest.Shows(t, c.Get("/account/provider"), http.StatusOK, `name="present"`)
	wrong := c.Post("/account/provider", url.Values{"present": {"не той"}})
	webtest.Shows(t, wrong, http.StatusUnprocessableEntity, `href="#present"`)
	webtest.Lacks(t, wrong, "/authorize")
	goes := func() (back, keeps string) {
		page := c.Post("/account/provider", url.Values{"present": {password}})
		found := linkThere.FindStringSubmatch(page.Body.String())
		if found == nil {
			t.Fatalf("%d leads nowhere: %s", page.Code, page.Body)
		}
		return a.goes(t, strings.ReplaceAll(found[1], "&amp;", "&"), "nobody"), cookie(page, "provider")
	}
	back, keeps := goes()
	webtest.Shows(t, returns(a.Stranger(), back, keeps), http.StatusUnprocessableEntity, "надто довго") // the cookie without the session
	back, keeps = goes()
	leadsTo(t, returns(c, back, keeps), "/account")
	webtest.Shows(t, c.Get("/account"), http.StatusOK, `action="/account/provider/unlink"`)

	other := a.Stranger()
	begin := other.Get("/sign-in/provider")
	leadsTo(t, returns(other, a.goes(t, begin.Header().Get("Location"), "nobody"), cookie(begin, "provider")), "/")
	back, keeps = goes()
	webtest.Shows(t, returns(c, back, keeps), http.StatusUnprocessableEntity, "вже прив’язано")
	leadsTo(t, c.Post("/account/provider/unlink", nil), "/account")
	webtest.Shows(t, c.Get("/account"), http.StatusOK, `href="/account/provider"`)
	a.away = true
	webtest.Shows(t, c.Post("/account/provider", url.Values{"present": {password}}), http.StatusOK, "/authorize") // its addresses are known
}
