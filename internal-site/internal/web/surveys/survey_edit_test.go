package surveys_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func settings(more ...string) url.Values {
	v := url.Values{
		"title.uk": {"Як ми <b> працювали"}, "title.en": {"How we worked"}, "first-day": {"1"}, "first-month": {"11"}, "first-year": {"2026"},
	}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// What is missing is said, with what was typed; only who makes surveys begins one, and a draft's settings are changed.
func TestSettings(t *testing.T) {
	s := newSite(t)
	manager := s.As(s.Users[access.RegionalManager])
	webtest.Shows(t, manager.Post("/surveys/new", url.Values{"title.uk": {"Лише"}}), http.StatusUnprocessableEntity, "Заповніть обома мовами", `value="Лише"`)
	webtest.Shows(t, manager.Post("/surveys/new", settings("last-day", "1", "last-month", "10", "last-year", "2026")), http.StatusUnprocessableEntity, "Останній день не може бути раніше")
	if w := s.As(s.Users[access.CentreHead]).Post("/surveys/new", settings()); w.Code != http.StatusForbidden {
		t.Errorf("a head makes one: %d", w.Code)
	}
	path := manager.Post("/surveys/new", settings("service", s.Service.String())).Header().Get("Location")
	webtest.Shows(t, manager.Get(path+"/settings"), http.StatusOK, `value="How we worked"`, `value="2026"`)
	if w := manager.Post(path+"/settings", settings("title.en", "How was it", "version", "1")); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	if n := s.Count("select count(*) from surveys.surveys where title_en = 'How was it' and service_id is not null and version = 2"); n != 1 {
		t.Error("it was not changed")
	}
}
