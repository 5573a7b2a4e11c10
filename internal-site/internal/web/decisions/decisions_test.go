package decisions_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/decisions"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{decisions.Area(decisions.Deps{Templates: domain.NewStore(d.Pool).At(webtest.Now)})}
	})
}

func TestRoutes(t *testing.T) {
	s := newSite(t)
	path := strings.NewReplacer(":id", s.Authority.String(), ":service", s.Service.String(), ":outcome", "refused").Replace
	webtest.Walk(t, s, path, map[string]access.Object{"authority": {Own: []access.Place{access.InAuthority(s.Authority)}}})
}
