package cabinet_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// From the tracking page.
func TestSavedFromTracking(t *testing.T) {
	s := open(t)
	code := s.sent("R-1234-5678-9092")
	s.register("olena")
	s.posted(http.StatusSeeOther, "/track", "number", "R-1234-5678-9092", "code", code.Reveal())
	if to := s.posted(http.StatusSeeOther, "/track/keep"); to != "/cabinet/keep" {
		t.Fatalf("leads to %s", to)
	}
	s.posted(http.StatusSeeOther, "/cabinet/keep", "name", "")
	link := matterLink.FindString(s.Page("/cabinet"))
	webtest.Contains(t, s.Page(link+"/remove"), "R-1234-5678-9092", code.Reveal())
	s.posted(http.StatusSeeOther, link+"/remove")
	webtest.Lacks(t, s.Page("/cabinet"), "R-1234-5678-9092")
}

// A number and a code that do not belong together are not saved, and guessing them counts.
func TestWrongCodesAreNotSaved(t *testing.T) {
	s := open(t)
	s.sent("R-1234-5678-9092")
	other := s.sent("R-9999-5678-9070")
	s.register("olena")
	s.posted(http.StatusSeeOther, "/cabinet/keep/begin", "number", "R-1234-5678-9092", "code", other.Reveal())
	if w := s.Get("/cabinet/keep"); w.Code != http.StatusNotFound {
		t.Errorf("a wrong pair: %d", w.Code)
	}
	if w := s.Post("/cabinet/keep", "name", "x"); w.Header().Get("Location") != "/cabinet" {
		t.Errorf("saved all the same: %d", w.Code)
	}
	webtest.Lacks(t, s.Page("/cabinet"), "R-1234-5678-9092")
}
