package services_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/services"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{services.Area(services.Deps{Services: d.Catalogue, Cards: d.Catalogue.Cards, TechCards: d.Catalogue.TechCards, Forms: d.Catalogue.Forms, Orgs: d.Orgs, Acts: law.NewStore(d.Pool), PublicURL: "http://public.example"})}
	})
}

func TestRoutes(t *testing.T) {
	s := newSite(t)
	webtest.Walk(t, s, strings.NewReplacer(":id", s.Service.String()).Replace, map[string]access.Object{
		"service": {Own: []access.Place{access.InCentre(s.Centre), access.InAuthority(s.Authority)}},
	})
}
