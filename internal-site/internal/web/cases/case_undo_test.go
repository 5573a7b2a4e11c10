package cases_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	domain "portal.example/internal-site/internal/cases"
)

// After an act the page says what was done and offers to take it back, on the case, on the next case and on the list alike.
func TestWhatWasJustDoneCanBeUndoneFromThePage(t *testing.T) {
	p := play()
	path := "/cases/" + p.w.Case.ID.String()
	clerk := p.as(t, p.clerk)
	if body := clerk.Get(path).Body.String(); strings.Contains(body, "/undo") {
		t.Error("offered before anything was done")
	}
	p.must(t, domain.Command{Act: domain.Take})
	if w := clerk.Post(path+"/act", url.Values{"version": {"2"}, "act": {"finish_stage"}}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	for page, named := range map[string]bool{path: false, "/cases": true} {
		body := clerk.Get(page).Body.String()
		if !strings.Contains(body, `action="`+path+`/undo`) || !strings.Contains(body, "Етап завершено") || !strings.Contains(body, `data-portal-key="Z"`) {
			t.Errorf("%s does not offer it: %s", page, body)
		}
		if strings.Contains(body, "(<a class=\"govuk-link\" href=\""+path+"\">справа") != named {
			t.Errorf("%s: whether it names the case should be %t", page, named)
		}
	}
	version := strconv.Itoa(p.w.Case.Version)
	if w := clerk.Post(path+"/undo", url.Values{"version": {version}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != path || len(p.undone) != 1 {
		t.Errorf("undo: %d to %s", w.Code, w.Header().Get("Location"))
	}
	p.undo = domain.Undo{}
	if w := clerk.Post(path+"/undo", url.Values{"version": {version}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "скасувати її не можна") {
		t.Errorf("a second click: %d %s", w.Code, w.Body)
	}
	p.undo = domain.Undo{CaseID: uuid.New(), Number: "01-2026-000007", Act: domain.Suspend}
	if body := clerk.Get(path).Body.String(); !strings.Contains(body, "справа 01-2026-000007") {
		t.Error("the next case does not say which case the act was done with")
	}
}
