package cards_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

func TestDraftOfOthersIsOfferedForNothing(t *testing.T) {
	s := newSite(t)
	path := techDraft(t, s)
	clerk := s.As(s.Users[access.Administrator])
	page := clerk.Get(path).Body.String()
	for _, step := range []string{"discard", "edit", "submit"} {
		if strings.Contains(page, path+"/"+step) {
			t.Errorf("a clerk of the centre is offered to %s the authority's draft", step)
		}
	}
	for _, act := range []string{"/discard", "/edit"} {
		if w := clerk.Get(path + act); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", act, w.Code)
		}
	}
	if w := clerk.Post(path+"/submit", url.Values{"version": {"1"}}); w.Code != http.StatusForbidden {
		t.Errorf("handing in: %d", w.Code)
	}
	if page := s.As(s.Users[access.Officer]).Get(path).Body.String(); !strings.Contains(page, path+"/discard") {
		t.Error("its author cannot delete it")
	}
}
