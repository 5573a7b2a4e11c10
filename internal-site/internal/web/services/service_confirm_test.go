package services_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

// A tick that is taken away hides the service from citizens, so the person is asked, and nothing typed is lost.
func TestTakingAServiceOffThePublicSiteIsConfirmed(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`update catalogue.services set published = true where id = $1`, s.Service)
	head, path := s.As(s.Users[access.RegionalManager]), "/services/"+s.Service.String()
	published := func() int {
		return s.Count(`select count(*) from catalogue.services where id = $1 and published`, s.Service)
	}
	form := url.Values{
		"version": {"1"}, "code": {"00034"}, "name.uk": {"Нова <назва>"}, "applicant_types": {"person", "entity"},
		"authority_id": {s.Authority.String()}, "centres": {s.Centre.String()}, "do": {"save"},
	}
	w := head.Post(path+"/edit", form)
	page := w.Body.String()
	for _, want := range []string{
		"Прибрати послугу з публічного сайту?", `name="sure"`, `name="name.uk" value="Нова &lt;назва&gt;"`, `name="version" value="1"`,
		`name="applicant_types" value="person"`, `name="applicant_types" value="entity"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if w.Code != http.StatusOK || published() != 1 {
		t.Fatalf("asked: %d, %d published", w.Code, published())
	}
	form.Set("back", "yes")
	if w := head.Post(path+"/edit", form); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Нова &lt;назва&gt;</textarea>") || published() != 1 {
		t.Errorf("the way back: %d", w.Code)
	}
	form.Del("back")
	form.Set("sure", "yes")
	if w := head.Post(path+"/edit", form); w.Code != http.StatusSeeOther || published() != 0 {
		t.Errorf("confirmed: %d, %d published", w.Code, published())
	}
	form.Del("sure")
	form.Set("version", "2")
	if w := head.Post(path+"/edit", form); w.Code != http.StatusSeeOther {
		t.Errorf("a service that was not on the public site: %d", w.Code)
	}
}
