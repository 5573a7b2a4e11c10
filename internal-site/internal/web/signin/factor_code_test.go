package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	"portal.example/internal-site/internal/web/webtest"
)

// Switching the language adds nothing and keeps the key; a key that is not this person's gives way to a new one.
func TestFactorCodeKeepsItsKey(t *testing.T) {
	c, now := needing(t)
	signedIn(t, &c, "/services")
	page := c.Get("/account/factors/code")
	shown := shownSecret.FindStringSubmatch(page.Body.String())[1]
	form := hidden(page)
	code, err := totp.GenerateCode(strings.ReplaceAll(shown, " ", ""), *now)
	if err != nil {
		t.Fatal(err)
	}
	form.Set("code", code)
	form.Set("name", "телефон")
	form.Set("present", password)
	webtest.Shows(t, c.Post("/account/factors/code?show=&lang=en", form), http.StatusOK, shown, "App with codes", "телефон")
	if n := c.Site.Count(`select count(*) from access.factors`); n != 0 {
		t.Error("a form that was only to be shown added a factor")
	}
	stale := url.Values{"sealed": {"AAAA"}, "code": {code}, "name": {"телефон"}, "present": {password}}
	fresh := c.Post("/account/factors/code?lang=uk", stale)
	webtest.Shows(t, fresh, http.StatusUnprocessableEntity, "Цей ключ більше не діє", "<svg")
	webtest.Lacks(t, fresh, shown, `value="AAAA"`)
}
