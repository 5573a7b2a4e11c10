package cards_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A page is named in Ukrainian at least; one that somebody else has changed meanwhile comes back with what was typed.
func TestAPageIsNamed(t *testing.T) {
	s := newShelf()
	c := s.head(t)
	w := c.Post(s.at("/pages/aid"), url.Values{"version": {"1"}, "title.en": {"Aid"}, "hint.uk": {"Пояснення"}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Пояснення") || !strings.Contains(w.Body.String(), `href="#title.uk"`) {
		t.Errorf("without a name: %d", w.Code)
	}
	if w := c.Post(s.at("/pages/aid"), url.Values{"version": {"1"}, "title.uk": {"Виплата"}, "title.en": {"Payment"}}); w.Code != http.StatusSeeOther {
		t.Errorf("named: %d", w.Code)
	}
	if page := s.forms.draft.Content.Page("aid"); page.Title.UK != "Виплата" || len(page.Questions) != 3 {
		t.Errorf("%+v", page)
	}
	w = c.Post(s.at("/pages/aid"), url.Values{"version": {"1"}, "title.uk": {"Інша назва"}})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), `value="Інша назва"`) {
		t.Errorf("late: %d", w.Code)
	}
	if w := c.Get(s.at("/pages/nothing")); w.Code != http.StatusNotFound {
		t.Errorf("no such page: %d", w.Code)
	}
}
