package cards_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The preview is filled in as outside: what is wrong is said, conditions hold over pages, and the answers are shown at the end.
func TestThePreviewIsFilledIn(t *testing.T) {
	s := newShelf()
	c := s.head(t)
	if page := c.Get(s.at("/preview")).Body.String(); !strings.Contains(page, `name="purpose"`) || !strings.Contains(page, "forms/asked.js") {
		t.Fatal("no first page")
	}
	step := s.forms.draft.Content.Pages[0].ID
	w := c.Post(s.at("/preview"), url.Values{"preview.step": {step}, "preview.answers": {"{}"}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#purpose"`) {
		t.Errorf("an empty page: %d", w.Code)
	}
	if w := c.Post(s.at("/preview"), url.Values{"preview.step": {step}, "preview.answers": {`{"nonsense":1}`}}); w.Code != http.StatusSeeOther {
		t.Errorf("answers of another form: %d", w.Code)
	}
}
