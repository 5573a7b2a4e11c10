package signin_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cards"
	"portal.example/internal-site/internal/web/home"
	"portal.example/internal-site/internal/web/services"
	"portal.example/internal-site/internal/web/signin"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/users"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// newSite is a site with areas to come from: some keep what was typed, users do not.
func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	var deps signin.Deps
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		others := []area.Area{
			services.Area(services.Deps{Services: d.Catalogue, Orgs: d.Orgs}), cards.Area(cards.Deps{Services: d.Catalogue, Orgs: d.Orgs}),
			users.Area(users.Deps{Users: d.Accounts, Orgs: d.Orgs}), home.Area(nil),
		}
		deps = signin.Deps{Users: d.Accounts, Orgs: d.Orgs, Keeps: area.Keeps(others)}
		return append(others, signin.Area(deps))
	})
	s.Serve(site.Config{SignIn: signin.Path, Ended: signin.Ended(deps)}, s.Areas)
	return s
}

func TestRoutes(t *testing.T) {
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{signin.Area(signin.Deps{Users: d.Accounts, Orgs: d.Orgs})}
	})
	webtest.Walk(t, s, strings.Clone, nil)
}
