package cases_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/shared/web"
)

// Switching the language after a mistake, or in the middle of typing, loses nothing of what was typed and does nothing.
func TestSwitchingTheLanguageKeepsWhatWasTyped(t *testing.T) {
	s := newSite(t)
	c := s.Register(domain.Filing{})
	path := "/cases/" + c.ID.String() + "/act"
	clerk := s.As(s.Users[access.Administrator])
	typed := url.Values{"version": {"1"}, "act": {"note"}, "suspend_text": {"Довге\nповідомлення"}}
	failed := clerk.Post(path, typed)
	if failed.Code != http.StatusUnprocessableEntity {
		t.Fatalf("an empty note: %d", failed.Code)
	}
	for _, part := range []string{
		`action="` + path + `?show="`, `formaction="` + path + `?show=&amp;lang=en"`, `<input type="hidden" name="suspend_text" value="Довге`,
	} {
		if !strings.Contains(failed.Body.String(), part) {
			t.Errorf("the page of a mistake has no %s", part)
		}
	}
	for name, tt := range map[string]struct {
		typed url.Values
		code  int
	}{
		"after a mistake":         {typed, http.StatusUnprocessableEntity},
		"in the middle of typing": {url.Values{"version": {"1"}, "say_text": {"Довге\nповідомлення"}}, http.StatusOK},
		"of an act that would go": {url.Values{"version": {"1"}, "act": {"message"}, "say_text": {"Довге\nповідомлення"}}, http.StatusOK},
	} {
		w := clerk.Post(web.ShowPath(path)+"&lang=en", tt.typed)
		if body := w.Body.String(); w.Code != tt.code || !strings.Contains(body, "Довге\nповідомлення</textarea>") || !strings.Contains(body, `<html lang="en"`) {
			t.Errorf("%s: %d %s", name, w.Code, body)
		}
	}
	if n := s.Count(`select count(*) from cases.events where case_id = $1`, c.ID); n != 2 {
		t.Errorf("%d events, there were two", n)
	}
	if w := clerk.Post(path, url.Values{"version": {"1"}, "act": {"message"}, "say_text": {"Слово"}}); w.Code != http.StatusSeeOther {
		t.Errorf("the act itself: %d", w.Code)
	}
}
