package decisions_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/web/webtest"
)

// Whoever words a template sees every version of it, the standard text too; others do not.
func TestATemplateShowsItsVersions(t *testing.T) {
	s := newSite(t)
	head, at := s.As(s.Users[access.AuthorityHead]), "/decisions/"+s.Authority.String()+"/"+s.Service.String()+"/refused"
	standard := domain.Standard(domain.Refused)
	for _, save := range []url.Values{
		{"version": {"0"}, "text": {standard + "\nперший"}},
		{"version": {"1"}, "text": {standard + "\nдругий"}},
		{"version": {"2"}, "do": {"standard"}},
	} {
		if w := head.Post(at, save); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
	}
	webtest.Shows(t, head.Get(at+"/versions"), http.StatusOK, "Версія 3", "Стандартний текст порталу", "Версія 2", "другий", "Версія 1", "перший")
	webtest.Shows(t, head.Get(at), http.StatusOK, at+"/versions")
	webtest.Shows(t, s.As(s.Users[access.Administrator]).Get(at+"/versions"), http.StatusForbidden)
	elsewhere := "/decisions/" + s.Authority.String() + "/" + s.OtherService.String() + "/refused/versions"
	if w := head.Get(elsewhere); w.Code != http.StatusNotFound {
		t.Errorf("%s: %d", elsewhere, w.Code)
	}
}
