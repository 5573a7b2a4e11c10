package signin_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// A passkey signs in by itself, and after a password; what was typed before travels along, and a refused answer is asked again.
func TestSigningInWithAPasskey(t *testing.T) {
	c, _ := needing(t)
	signedIn(t, &c, "/services")
	d := newDevice(t)
	addPasskey(t, c, d, "мій ключ")
	c.Token = ""
	webtest.Shows(t, c.Get("/sign-in?next=/services"), http.StatusOK, `href="/sign-in/passkey?next=%2fservices"`)
	webtest.Shows(t, c.Get("/sign-in/passkey?next=/services"), http.StatusOK, "data-portal-now", `data-options=""`, `name="next" value="/services"`)

	asks := c.Post("/sign-in/passkey", url.Values{"login": {""}, "password": {""}, "next": {"/services"}})
	webtest.Shows(t, asks, http.StatusOK, "data-portal-now", "потрібен JavaScript", `href="/sign-in"`)
	again := c.Post("/sign-in/passkey", hidden(asks)) // no script has put an answer into the form
	webtest.Shows(t, again, http.StatusOK, "потрібен JavaScript")
	webtest.Lacks(t, again, "data-portal-now")
	form := hidden(again)
	form.Set("credential", `{"no":"answer"}`)
	refused := c.Post("/sign-in/passkey", form)
	webtest.Shows(t, refused, http.StatusUnprocessableEntity, "не підтвердив, що це ви", "data-options")
	webtest.Lacks(t, refused, "data-portal-now")
	form = hidden(refused)
	form.Set("credential", d.Sign(optionsOf(t, refused)))
	done := c.Post("/sign-in/passkey", form)
	leadsTo(t, done, "/services")
	c.Token = cookie(done, "session")
	webtest.Shows(t, c.Get("/services"), http.StatusOK)
	replayed := c.Post("/sign-in/passkey", form)
	webtest.Shows(t, replayed, http.StatusUnprocessableEntity, "надто довго")
	if cookie(replayed, "session") != "" {
		t.Error("an answer counts twice")
	}

	c.Token = ""
	signedIn(t, &c, "/sign-in/second")
	half := c.Token
	webtest.Shows(t, c.Get("/sign-in/second"), http.StatusOK, `formaction="/sign-in/second/passkey"`)
	asks = c.Post("/sign-in/second/passkey", url.Values{"next": {"/services"}})
	form = hidden(asks)
	form.Set("credential", d.Sign(optionsOf(t, asks)))
	done = c.Post("/sign-in/second/passkey", form)
	leadsTo(t, done, "/services")
	if c.Token = cookie(done, "session"); c.Token == "" || c.Token == half {
		t.Error("the session keeps the token of before the passkey")
	}
	webtest.Shows(t, c.Get("/services"), http.StatusOK)
}
