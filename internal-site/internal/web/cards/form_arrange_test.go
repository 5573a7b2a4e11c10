package cards_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// A question on which another depends stays, and one that nothing depends on is taken away after a question.
func TestAQuestionIsRemoved(t *testing.T) {
	s := newShelf()
	c := s.head(t)
	dependent := ""
	for _, p := range s.forms.draft.Content.Pages {
		for _, q := range p.Questions {
			if q.When != nil && q.When.Field == "purpose" {
				dependent = q.Name
			}
		}
	}
	if page := c.Get(s.at("/questions/purpose/remove")).Body.String(); !strings.Contains(page, "Від нього залежить запитання") {
		t.Error("the page does not say what depends on it")
	}
	if w := c.Post(s.at("/questions/purpose/remove"), url.Values{"version": {"1"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("removed all the same: %d", w.Code)
	}
	if w := c.Post(s.at("/questions/"+dependent+"/remove"), url.Values{"version": {"1"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%q not removed: %d", dependent, w.Code)
	}
	if w := c.Post(s.at("/arrange"), url.Values{"version": {"1"}, "do": {"up question purpose"}}); w.Code != http.StatusConflict {
		t.Errorf("a page that was changed meanwhile: %d", w.Code)
	}
}

// Buttons move what they stand beside, copy it, and ask for the documents of the card; what cannot be done says why.
func TestQuestionsAreArranged(t *testing.T) {
	s := newShelf()
	c := s.head(t)
	press := func(do string, want int) string {
		t.Helper()
		w := c.Post(s.at("/arrange"), url.Values{"version": {strconv.Itoa(s.forms.draft.Version)}, "do": {do}})
		if w.Code != want {
			t.Errorf("%s: %d", do, w.Code)
		}
		return w.Body.String()
	}
	names := func() (list []string) {
		for _, p := range s.forms.draft.Content.Pages {
			for _, q := range p.Questions {
				list = append(list, q.Name)
			}
		}
		return list
	}
	press("down question since", http.StatusSeeOther)
	if got := strings.Join(names(), " "); got != "purpose children since purpose_other truth proof" {
		t.Errorf("moved: %s", got)
	}
	press("copy question children", http.StatusSeeOther)
	if got := names(); len(got) != 7 || got[1] != "children" || got[2] == "children" {
		t.Errorf("copied: %v", got)
	}
	if page := press("remove page aid", http.StatusUnprocessableEntity); !strings.Contains(page, "ще є запитання") {
		t.Error("a page with questions: not said why it stays")
	}
	s.cards.draft.Content.Documents = append(s.cards.draft.Content.Documents[:len(s.cards.draft.Content.Documents):len(s.cards.draft.Content.Documents)],
		contract.Document{ID: "bank", Name: locale.Text{UK: "Довідка з банку"}, Form: "copy", Required: true})
	if page := c.Get(s.at("")).Body.String(); !strings.Contains(page, "Додати з картки: 1 документ") {
		t.Error("the documents of the card are not offered")
	}
	press("documents", http.StatusSeeOther)
	if pages := s.forms.draft.Content.Pages; pages[2].Questions[len(pages[2].Questions)-1].Document != "bank" {
		t.Errorf("not asked for: %+v", pages[2])
	}
	press("explode page aid", http.StatusUnprocessableEntity)
}
