package decisions_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/web/webtest"
)

// The head finds every template of their authority, by service, with which text is in force.
func TestTheListSaysWhichTextIsInForce(t *testing.T) {
	s := newSite(t)
	head, every := s.As(s.Users[access.AuthorityHead]), "/decisions/"+s.Authority.String()+"/every/granted"
	page := head.Get("/decisions")
	webtest.Shows(t, page, http.StatusOK, every, "Стандартний текст", "Як для всіх послуг", "Призначення допомоги")
	webtest.Lacks(t, page, "Витяг із земельного кадастру", s.OtherAuthority.String())
	if w := head.Post(every, url.Values{"version": {"0"}, "text": {domain.Standard(domain.Granted) + "\nвласний"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	webtest.Shows(t, head.Get("/decisions"), http.StatusOK, "Власний шаблон", s.Users[access.AuthorityHead].Name)
	if w := s.As(s.Users[access.Officer]).Get("/decisions"); w.Code != http.StatusForbidden {
		t.Errorf("an officer: %d", w.Code)
	}
}
