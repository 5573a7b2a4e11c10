package notices_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// Whoever keeps the portal sees how e-mail and SMS do, what waits and what failed, in the server's own words.
func TestStateOfTheChannels(t *testing.T) {
	d := newDesk(t)
	admin := d.As(d.Users[access.PortalAdministrator])
	webtest.Shows(t, admin.Get("/notices"), http.StatusOK, "/notices/channels")
	webtest.Shows(t, admin.Get("/notices/channels"), http.StatusOK, "служба сповіщень не працює", "1 сповіщення не дійшло")
	d.DB.Exec(`insert into notices.channels (channel, configured, seen_at, since, sent_at, failed_at, error) values
		('email', true, $1, '2026-11-17 08:00Z', '2026-11-18 09:00Z', null, ''), ('sms', true, $1, null, null, '2026-11-18 09:30Z', 'bind refused <b>')`, webtest.Now())
	webtest.Shows(t, admin.Get("/notices/channels"), http.StatusOK, "працює з 17.11.2026", "не працює", "bind refused &lt;b&gt;")
	if w := d.As(d.Users[access.Administrator]).Get("/notices/channels"); w.Code != http.StatusForbidden {
		t.Errorf("a clerk sees them: %d", w.Code)
	}
}

// The letter of the morning is asked for and stopped beside the bell.
func TestLetterOfTheMorningIsAskedFor(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.Administrator])
	webtest.Shows(t, clerk.Get("/notices"), http.StatusOK, "немає електронної адреси", "Надсилати мені лист")
	if w := clerk.Post("/notices/letter", url.Values{"letter": {"yes"}}); w.Code != http.StatusSeeOther || d.Count(`select count(*) from notices.subscribers`) != 1 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, clerk.Get("/notices"), http.StatusOK, "Щоранку в робочі дні ви отримуєте лист", "Не надсилати")
	if w := clerk.Post("/notices/letter", url.Values{"letter": {"no"}}); w.Code != http.StatusSeeOther || d.Count(`select count(*) from notices.subscribers`) != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
