package calendar_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// Everybody reads the calendar by years; only whoever may change it is offered to.
func TestAYear(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`insert into org.calendar_days (day, working, name, name_en) values
		('2026-12-25', false, 'Різдво', 'Christmas'), ('2028-01-03', false, 'Перенесення', ''), ('2026-12-05', true, 'Відпрацювання', '')`)
	officer := s.As(s.Users[access.Officer])
	webtest.Shows(t, officer.Get("/calendar"), http.StatusOK, "Різдво", "Відпрацювання", `href="/calendar?year=2028"`, `<strong aria-current="page">2026</strong>`)
	webtest.Shows(t, officer.Get("/calendar?year=2028&lang=en"), http.StatusOK, "Перенесення", "Special days of 2028")
	webtest.Shows(t, officer.Get("/calendar?year=2027"), http.StatusOK, "за звичайним тижнем")
	if page := officer.Get("/calendar?year=x").Body.String(); strings.Contains(page, "/calendar/add") || strings.Contains(page, "/remove") || !strings.Contains(page, "Різдво") {
		t.Error("an officer is offered to change the calendar")
	}
	webtest.Shows(t, s.As(s.Users[access.PortalAdministrator]).Get("/calendar"), http.StatusOK, "/calendar/add", "/calendar/days/2026-12-25/remove")
}
