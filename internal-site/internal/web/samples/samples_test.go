package samples_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/samples"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/locale"
)

func TestMain(m *testing.M) { webtest.Main(m) }

var picture = []byte("\x89PNG\r\n\x1a\nдалі")

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{samples.Area(samples.Deps{Services: d.Catalogue, Vault: d.Vault})}
	})
}

func TestRoutes(t *testing.T) {
	s := newSite(t)
	id := uuid.New()
	f, err := s.Vault.Put(t.Context(), documents.File{Purpose: documents.Sample, FileName: "a.png", MediaType: "image/png", ObjectKey: "templates/a", ServiceID: &s.Service}, picture)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Catalogue.AddSample(t.Context(), s.Users[access.AuthorityHead], f, catalogue.NewSample{
		Title: locale.Text{UK: "Заява"}, Alt: locale.Text{UK: "Опис"}, Press: id,
	}); err != nil {
		t.Fatal(err)
	}
	webtest.Walk(t, s, strings.NewReplacer(":id", s.Service.String(), ":file", id.String()).Replace, map[string]access.Object{
		"service": {Own: []access.Place{access.InCentre(s.Centre), access.InAuthority(s.Authority)}},
	})
}
