package cards_test

import (
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cards"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{cards.Area(cards.Deps{
			Services: d.Catalogue, Cards: d.Catalogue.Cards, TechCards: d.Catalogue.TechCards, Forms: d.Catalogue.Forms, Orgs: d.Orgs, Files: d.Catalogue, Vault: d.Vault,
		})}
	})
}

func TestRoutes(t *testing.T) {
	s := newSite(t)
	form := s.AddForm(s.Service)
	path := strings.NewReplacer("forms/:card", "forms/"+form.String(), ":page", "page-1", ":question", "q1", "tech-cards/:card", "tech-cards/"+s.TechCard.String(), ":card", s.Card.String(),
		":id", s.Service.String(), ":file", fixture.NewID().String()).Replace
	webtest.Walk(t, s, path, map[string]access.Object{
		"service": {Own: []access.Place{access.InCentre(s.Centre), access.InAuthority(s.Authority)}},
	})
}
