package centres_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

func TestCentresAndAuthorities(t *testing.T) {
	s := webtest.New(t)
	for name, path := range map[string]string{
		"centres": "/centres", "centre": "/centres/01", "authorities": "/authorities", "authority": "/authorities/social",
		"bare_authority": "/authorities/registry~01",
	} {
		webtest.Golden(t, name+".uk", s.Page(path))
	}
	webtest.Golden(t, "centre.en", s.PageIn("/centres/01", "en"))
	howToGetThere(t, s.Page("/centres/01"))
	if w := s.Get("/centres/99"); w.Code != http.StatusNotFound {
		t.Errorf("no such centre: %d", w.Code)
	}
}

func howToGetThere(t *testing.T, page string) {
	t.Helper()
	webtest.Contains(t, page, "Зараз відчинено, до\u00a017:00", `href="tel:0550111111"`, `href="https://www.openstreetmap.org/?mlat=49.500000&amp;mlon=32.250000#map=17/49.500000/32.250000"`,
		"санітарний день", "Під час повітряної тривоги", "У центрі надають 2 послуги")
	webtest.Lacks(t, page, "минув") // an exception of yesterday
}

// A number of services that is none would read as if the body refused everybody.
func TestBodiesWithoutServicesCountNone(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`update catalogue.services set published = false`)
	for _, path := range []string{"/centres", "/authorities"} {
		webtest.Lacks(t, s.Page(path), "0 послуг")
	}
}
