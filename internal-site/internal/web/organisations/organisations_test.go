package organisations_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/organisations"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{organisations.Area(organisations.Deps{Orgs: d.Orgs, Appointments: reception.NewStore(d.Pool).At(webtest.Now)})}
	})
}

func TestRoutes(t *testing.T) {
	s := newSite(t)
	path := strings.NewReplacer("centres/:id", "centres/"+s.Centre.String(), "authorities/:id", "authorities/"+s.Authority.String()).Replace
	webtest.Walk(t, s, path, nil)
}
