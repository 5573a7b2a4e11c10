package calendar_test

import (
	"testing"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/calendar"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{calendar.Area(calendar.Deps{Calendar: d.Cases, Appointments: reception.NewStore(d.Pool).At(webtest.Now)})}
	})
}

func TestRoutes(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`insert into org.calendar_days (day, working, name, name_en) values ('2026-12-25', false, 'Різдво', 'Christmas')`)
	webtest.Walk(t, s, func(path string) string {
		return map[string]string{"/calendar/days/:day": "/calendar/days/2026-12-25", "/calendar/days/:day/remove": "/calendar/days/2026-12-25/remove"}[path] +
			map[bool]string{true: path}[path == "/calendar" || path == "/calendar/add"]
	}, nil)
}
