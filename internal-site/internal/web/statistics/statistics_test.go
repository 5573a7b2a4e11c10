package statistics_test

import (
	"fmt"
	"testing"

	"portal.example/internal-site/internal/cases"
	domain "portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/statistics"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// opened is a site with twelve cases of one centre that came to their end in November: nine granted after one day, two refused late after
// thirty, of which one stood still, and one that was taken back.
func opened(t *testing.T) *webtest.Site {
	t.Helper()
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{statistics.Area(statistics.Deps{Statistics: domain.NewStore(d.Pool), Now: webtest.Now})}
	})
	for i := range 12 {
		outcome, days, stood := "granted", 1, 0
		switch {
		case i == 11:
			outcome = "withdrawn"
		case i >= 9:
			outcome, days, stood = "refused", 30, i-9
		}
		c := s.Register(cases.Filing{Applicant: cases.Applicant{Kind: "person", Surname: fmt.Sprint("Ґава ", i)}})
		s.DB.Exec(`insert into cases.measures select id, date '2026-11-02', date '2026-10-01', case when $2 = 'granted' then date '2026-11-03' end, centre_id, authority_id, service_id, 9, $3, $3,
			case when $2 = 'granted' then 2 end, case when $2 = 'granted' then 2 end, $4, $4, $2 = 'refused', false, $2, channel, 'person' from cases.cases where id = $1`, c.ID, outcome, days, stood)
	}
	s.DB.Exec(`update cases.measurings set done_at = now()`)
	return s
}

func TestRoutes(t *testing.T) {
	webtest.Walk(t, opened(t), func(pattern string) string { return pattern }, nil)
}
