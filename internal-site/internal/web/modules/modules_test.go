package modules_test

import (
	"strings"
	"testing"

	switches "portal.example/internal-site/internal/modules"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/internal-site/internal/web/home"
	"portal.example/internal-site/internal/web/modules"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// newSite is a site with a module that can be switched: cases.
func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		list := []area.Area{
			modules.Area(modules.Deps{Modules: switches.NewStore(d.Pool), Orgs: d.Orgs}),
			cases.Area(cases.Deps{Cases: d.Cases, Orgs: d.Orgs, Vault: d.Vault}),
		}
		return append(list, home.Area(list))
	})
	s.Serve(site.Config{Switches: switches.NewStore(s.Pool).Switches}, s.Areas)
	return s
}

func TestRoutes(t *testing.T) {
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{modules.Area(modules.Deps{Modules: switches.NewStore(d.Pool), Orgs: d.Orgs})}
	})
	webtest.Walk(t, s, strings.NewReplacer(":module/switch", "applications/switch?to=off", ":module", "applications").Replace, nil)
}
