package region_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestRegionStandsOnEveryPage(t *testing.T) {
	s := webtest.New(t)
	webtest.Lacks(t, s.Page("/"), "portal-notice", "portal-header__region")
	if w := s.Get("/region/arms"); w.Code != http.StatusNotFound {
		t.Errorf("arms of nobody: %d", w.Code)
	}
	s.DB.Exec(`insert into region.profile (id, name, name_en, owner, owner_en, help_phone, notice, notice_en, arms, arms_alt, arms_alt_en, updated_at)
		values (1, 'Озерна область', 'Ozerna Region', 'Озерна обласна рада', '', '0 800 500 500', 'Область вигадана', 'The region is fictional', '\x89504e47', 'Щука', '', now())`)
	s.SetNow(s.Now().Add(1e10)) // what the site knows of the region is old now
	webtest.Contains(t, s.Page("/centres"), "Озерна область", "Область вигадана", "Власник порталу: Озерна обласна рада", `href="tel:0800500500"`, `alt="Щука"`)
	webtest.Contains(t, s.PageIn("/services", "en"), "Ozerna Region", "The region is fictional", `The portal is run by: <span lang="uk">Озерна обласна рада</span>`)
	w := s.Get("/region/arms?v=1")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" || w.Body.String() != "\x89PNG" {
		t.Errorf("arms: %d %v", w.Code, w.Header())
	}
}
