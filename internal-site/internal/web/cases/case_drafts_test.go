package cases_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What was typed and not sent stands in its field when the reader comes back, and who else looks at the case is said.
func TestDraftsWaitInTheirFields(t *testing.T) {
	p := play()
	clerk, path := p.as(t, p.clerk), "/cases/"+p.w.Case.ID.String()
	w := clerk.Post(path+"/drafts", url.Values{"say_text": {"Недописана\nнотатка"}, "paper": {"№ 1"}})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Межова дивиться цю справу · Горожанин пише у цій справі") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if _, kept := p.drafts["paper"]; kept || len(p.drafts) != 1 {
		t.Errorf("kept: %v", p.drafts)
	}
	page := clerk.Get(path).Body.String()
	if !strings.Contains(page, "Недописана\nнотатка</textarea>") || !strings.Contains(page, "ще не зберегли") || !strings.Contains(page, `data-portal-drafts="`+path+`/drafts"`) {
		t.Error("the draft does not stand on the page")
	}
	failed := doAct(clerk, p.w.Case.ID, 1, "note", "say_text", "")
	if strings.Contains(failed.Body.String(), "Недописана") {
		t.Error("a field that was emptied is filled again")
	}
}
