package journals_test

import (
	"fmt"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	domain "portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/journals"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/internal-site/internal/work"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// opened is a site with two applications, of which the second names a formula.
func opened(t *testing.T) (s *webtest.Site, first, second cases.Case, entry string) {
	t.Helper()
	s = webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{journals.Area(journals.Deps{Journals: domain.NewStore(d.Pool).At(webtest.Now), Work: work.NewStore(d.Pool), Now: webtest.Now})}
	})
	register := func(surname string) cases.Case {
		return s.Register(cases.Filing{Channel: cases.Online, ServiceID: s.Service, CentreID: s.Centre, Applicant: cases.Applicant{Kind: "person", Surname: surname}, FiledAt: webtest.Now()})
	}
	first, second = register("<b>Ґава</b>"), register("=Їжак")
	return s, first, second, fmt.Sprint(s.Count(`select id from journals.entries where case_id = $1`, first.ID))
}

func TestRoutes(t *testing.T) {
	s, _, _, entry := opened(t)
	object := access.Object{Own: []access.Place{access.InCentre(s.Centre), access.InAuthority(s.Authority)}}
	webtest.Walk(t, s, strings.NewReplacer(":journal", "applications", ":id", entry).Replace, map[string]access.Object{"entry": object})
}
