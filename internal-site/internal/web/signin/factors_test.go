package signin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// One's own factors are renewed and removed with the password.
func TestOwnFactors(t *testing.T) {
	c, now := needing(t)
	signedIn(t, &c, "/services")
	_, recovery, _ := enrolAt(t, c, c.Get("/account/factors/code"), *now)
	webtest.Shows(t, c.Get("/account/factors/recovery"), http.StatusOK, `name="present"`)
	webtest.Shows(t, c.Post("/account/factors/recovery", nil), http.StatusUnprocessableEntity, `href="#present"`)
	fresh := c.Post("/account/factors/recovery", url.Values{"present": {password}})
	webtest.Shows(t, fresh, http.StatusOK, "Ці коди показано один раз")
	webtest.Lacks(t, fresh, recovery[0])
	remove := regexp.MustCompile(`/account/factors/[0-9a-f-]{36}/remove`).FindString(c.Get("/account/factors").Body.String())
	webtest.Shows(t, c.Get(remove), http.StatusOK, "Прибрати «мій телефон»?")
	webtest.Shows(t, c.Post(remove, url.Values{"present": {password}}), http.StatusUnprocessableEntity, "Спершу додайте інший")
	c.Site.DB.Exec(`update access.groups set second_factor = false`)
	leadsTo(t, c.Post(remove, url.Values{"present": {password}}), "/account/factors")
	webtest.Shows(t, c.Get(remove), http.StatusNotFound)
	if n := c.Site.Count(`select count(*) from access.factors`); n != 0 {
		t.Errorf("%d factors", n)
	}
}
