package notices_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// The number stands beside the link on every page; a line that was looked at goes, and so does the number.
func TestBell(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.Administrator])
	webtest.Shows(t, clerk.Get("/cases"), http.StatusOK, `<span class="moj-notification-badge">1</span>`)
	webtest.Shows(t, clerk.Get("/notices"), http.StatusOK, "Надійшла справа, яку ще ніхто не взяв", d.kase.Number, "/notices/undelivered")
	if w := clerk.Post("/notices/seen", url.Values{}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("nothing was marked: %d", w.Code)
	}
	if w := clerk.Post("/notices/seen", url.Values{"subject": {"body:" + d.kase.ID.String()}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	webtest.Shows(t, clerk.Get("/notices"), http.StatusOK, "Нового немає")
	webtest.Lacks(t, clerk.Get("/cases"), "moj-notification-badge")
	webtest.Shows(t, d.As(d.Users[access.CentreHead]).Get("/notices"), http.StatusOK, d.kase.Number)
	manager := d.As(d.Users[access.RegionalManager]).Get("/notices").Body.String()
	if strings.Contains(manager, d.kase.Number) || !strings.Contains(manager, "/notices/undelivered") {
		t.Error("a regional manager works on no case, and sees what did not arrive")
	}
	if w := clerk.Post("/notices/seen", url.Values{"subject": {"all"}}); w.Code != http.StatusSeeOther {
		t.Error(w.Code)
	}
}
