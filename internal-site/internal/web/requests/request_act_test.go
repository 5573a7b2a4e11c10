package requests_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
)

// Every act on a request that is pressed twice is answered twice as the first time, and is done once.
func TestEveryActIsPressedTwice(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.Administrator])
	twice := func(by access.Actor, form url.Values) {
		t.Helper()
		for press := range 2 {
			if w := d.As(by).Post(d.path(), form); w.Code != http.StatusSeeOther {
				t.Errorf("%s, press %d: %d\n%s", form.Get("act"), press+1, w.Code, w.Body)
			}
		}
	}
	twice(d.official, url.Values{"version": {"1"}, "act": {"take"}})
	twice(d.Users[access.Administrator], url.Values{"version": {"2"}, "act": {"remind"}})
	twice(d.Users[access.Administrator], url.Values{"version": {"3"}, "act": {"withdraw"}, "reason": {"не потрібно"}})
	if w := clerk.Post(d.path(), url.Values{"version": {"3"}, "act": {"withdraw"}, "reason": {"інша"}}); w.Code != http.StatusConflict {
		t.Errorf("another form: %d", w.Code)
	}
}
