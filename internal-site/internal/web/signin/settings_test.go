package signin_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/webtest"
)

// What somebody chooses follows their account: the look of every page, the language, and where they begin.
func TestSettingsFollowTheAccount(t *testing.T) {
	s := whole(t)
	_, _, err := access.NewStore(s.DB.Pool, rights.Declared).At(webtest.Now).AddUser(t.Context(), access.Operator("test"),
		access.User{Login: "o.koval", FullName: "Коваль Олена"}, password, &access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)})
	if err != nil {
		t.Fatal(err)
	}
	s.DB.Exec(`update access.users set must_change = false where login = 'o.koval'`)
	w := signsIn(s.Stranger(), "o.koval", password, "/")
	leads(t, w, "/") // nothing is chosen yet: the language stays the browser's
	c := webtest.Client{Site: s, Token: cookie(w, "session")}
	english := webtest.NewGet("/account/settings")
	english.Header.Set("Accept-Language", "en-GB,en;q=0.9")
	webtest.Shows(t, c.Do(english), http.StatusOK, `<html lang="en"`, `value="en" checked`)
	usual := c.Get("/account/settings")
	webtest.Shows(t, usual, http.StatusOK, `class="govuk-template" data-density="normal"`, `value="normal" checked`, `value="uk" checked`, `<option value="/services">Послуги</option>`)
	webtest.Lacks(t, usual, `value="/users"`) // where the clerk may not go nobody can begin
	for field, value := range map[string]string{"density": "cramped", "first_page": "https://evil.example/", "language": "de", "text_size": "300"} {
		form := url.Values{"density": {"compact"}, "text_size": {"100"}, "first_page": {""}, "language": {"uk"}}
		form.Set(field, value)
		webtest.Shows(t, c.Post("/account/settings", form), http.StatusUnprocessableEntity, `href="#`+field+`"`)
	}
	leads(t, c.Post("/account/settings", url.Values{"density": {"compact"}, "text_size": {"200"}, "keys_off": {"yes"}, "first_page": {"/services"}, "language": {"en"}}), "/account?lang=en")
	page := c.Get("/account/settings")
	webtest.Shows(t, page, http.StatusOK, `class="govuk-template portal-text-200" data-density="compact" data-keys="off"`, `value="compact" checked`, `value="en" checked`, `<option value="/services" selected>`)
	leads(t, signsIn(s.Stranger(), "o.koval", password, "/"), "/services?lang=en")
	leads(t, signsIn(s.Stranger(), "o.koval", password, "/account"), "/account?lang=en")

	s.DB.Exec(`delete from access.roles where user_id = (select id from access.users where login = 'o.koval')`)
	leads(t, signsIn(s.Stranger(), "o.koval", password, "/"), "/?lang=en") // a page that they may not open any more is no beginning
}
