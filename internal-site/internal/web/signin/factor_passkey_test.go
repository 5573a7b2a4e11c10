package signin_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/keytest"
)

var shownOptions = regexp.MustCompile(`data-options="([^"]+)"`)

// optionsOf is what a page has the browser ask of a device.
func optionsOf(t *testing.T, page *httptest.ResponseRecorder) string {
	t.Helper()
	found := shownOptions.FindStringSubmatch(page.Body.String())
	if page.Code != http.StatusOK && page.Code != http.StatusUnprocessableEntity || found == nil {
		t.Fatalf("%d asks for no passkey: %s", page.Code, page.Body)
	}
	return html.UnescapeString(found[1])
}

// newDevice is a device in a browser that shows the site of the tests.
func newDevice(t *testing.T) *keytest.Device {
	return &keytest.Device{TB: t, Origin: webtest.Origin}
}

// addPasskey adds a key of the device and returns the page that follows.
func addPasskey(t *testing.T, c webtest.Client, d *keytest.Device, name string) *httptest.ResponseRecorder {
	t.Helper()
	asks := c.Post("/account/factors/passkey", url.Values{"name": {name}, "present": {password}})
	form := hidden(asks)
	form.Set("credential", d.Create(optionsOf(t, asks)))
	return c.Post("/account/factors/passkey", form)
}

// A passkey is added after the password, whoever has no other factor gets recovery codes, and it can be removed again.
func TestPasskeysAreAddedAndRemoved(t *testing.T) {
	c, _ := needing(t)
	signedIn(t, &c, "/services")
	leadsTo(t, c.Get("/services"), "/account/factors")
	webtest.Shows(t, c.Get("/account/factors"), http.StatusOK, `href="/account/factors/passkey"`)
	webtest.Shows(t, c.Get("/account/factors/passkey"), http.StatusOK, "<noscript>", `name="present"`)
	wrong := c.Post("/account/factors/passkey", url.Values{"name": {"мій ключ"}, "present": {"не той"}})
	webtest.Shows(t, wrong, http.StatusUnprocessableEntity, `value="мій ключ"`, `href="#present"`)
	webtest.Lacks(t, wrong, "data-options", "не той")
	webtest.Shows(t, c.Post("/account/factors/passkey", nil), http.StatusUnprocessableEntity, `href="#name"`, `href="#present"`)

	d := newDevice(t)
	webtest.Shows(t, addPasskey(t, c, d, "мій ключ"), http.StatusOK, "Ці коди показано один раз")
	webtest.Shows(t, c.Get("/services"), http.StatusOK)
	leadsTo(t, addPasskey(t, c, newDevice(t), "ключ у сейфі"), "/account/factors")
	list := c.Get("/account/factors")
	webtest.Shows(t, list, http.StatusOK, "мій ключ", "ключ у сейфі", "Ключ доступу", "ще не було")

	stale := url.Values{"challenge": {"чужий"}, "credential": {"{}"}}
	webtest.Shows(t, c.Post("/account/factors/passkey", stale), http.StatusUnprocessableEntity, "надто довго", `name="present"`)
	remove := regexp.MustCompile(`/account/factors/[0-9a-f-]+/remove`).FindString(list.Body.String())
	leadsTo(t, c.Post(remove, url.Values{"present": {password}}), "/account/factors")
	webtest.Lacks(t, c.Get("/account/factors"), "мій ключ")
	if n := c.Site.Count(`select count(*) from access.factors where kind = $1`, access.PasskeyFactor); n != 1 {
		t.Errorf("%d keys", n)
	}
}
