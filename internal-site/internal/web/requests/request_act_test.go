package requests_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
)

// Every act on a request that is pressed twice is answered twice as the first time, and is done once.
func TestEveryActIsPressedTwice(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.Administrator])
	twice := func(b interface{ Post(string, url.Values) *httptest.ResponseRecorder }, form url.Values) {
		t.Helper()
		for press := range 2 {
			if w := b.Post(d.path(), form); w.Code != http.StatusSeeOther {
				t.Errorf("%s, press %d: %d\n%s", form.Get("act"), press+1, w.Code, w.Body)
			}
		}
	}
	twice(d.As(d.official), url.Values{"version": {"1"}, "act": {"take"}})
	twice(clerk, url.Values{"version": {"2"}, "act": {"remind"}})
	twice(clerk, url.Values{"version": {"3"}, "act": {"withdraw"}, "reason": {"не потрібно"}})
	if w := clerk.Post(d.path(), url.Values{"version": {"3"}, "act": {"withdraw"}, "reason": {"інша"}}); w.Code != http.StatusConflict {
		t.Errorf("another form: %d", w.Code)
	}
}
