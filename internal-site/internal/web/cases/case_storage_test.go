package cases_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
)

// A result that nobody collected stands in a list of its own, whose number is that of its cases, and on the page of the case. The
// archive says that nobody collected it, and it is handed over from there.
func TestAResultThatNobodyCollectsOnThePages(t *testing.T) {
	s := newSite(t)
	kase, clerk := s.Register(domain.Filing{}), s.As(s.Users[access.Administrator])
	other := s.Register(domain.Filing{})
	version := toDecision(t, s, kase.ID)
	if w := doAct(s.As(s.Users[access.Officer]), kase.ID, version, "decide", "outcome", "granted"); w.Code != http.StatusSeeOther {
		t.Fatalf("decide: %d", w.Code)
	}
	path := "/cases/" + kase.ID.String()
	s.DB.Exec(`update cases.cases set stored_until = '2026-12-18' where id = $1`, kase.ID)
	kept := clerk.Get(path)
	webtest.Shows(t, kept, http.StatusOK, "Його зберігають до 18 грудня 2026")
	if page := kept.Body.String(); strings.Contains(page, "не забрано з") || strings.Contains(page, `value="close"`) {
		t.Error("the result counts as not collected while it is stored")
	}
	s.DB.Exec(`update cases.cases set uncollected_at = '2026-12-19 07:00+00' where id = $1`, kase.ID)
	webtest.Shows(t, clerk.Get(path), http.StatusOK, "не забрано з 19.12.2026", "закінчився 18 грудня 2026", `value="close"`, `value="issue"`)
	list := clerk.Get("/cases?view=uncollected")
	webtest.Shows(t, list, http.StatusOK, "Не забрано (1)", kase.Number)
	if strings.Contains(list.Body.String(), other.Number) {
		t.Error("the list shows a case that waits for nobody to come")
	}
	webtest.Shows(t, doAct(clerk, kase.ID, version+1, "close"), http.StatusOK, "без видачі результату", "так буде записано у справі")
	if w := doAct(clerk, kase.ID, version+1, "close", "sure", "yes"); w.Code != http.StatusSeeOther {
		t.Fatalf("close: %d %s", w.Code, w.Body)
	}
	webtest.Shows(t, clerk.Get(path), http.StatusOK, "Справу закрито: результат не забрали.", "не забрано з 19.12.2026", `value="issue"`)
	webtest.Shows(t, clerk.Get("/cases?view=uncollected"), http.StatusOK, "Не забрано (0)")
	if w := doAct(clerk, kase.ID, version+2, "issue", "sure", "yes", "recipient", "applicant", "identity", "passport", "identity_number", "АА 000001", "paper", "№ 7"); w.Code != http.StatusSeeOther {
		t.Fatalf("issue: %d %s", w.Code, w.Body)
	}
	given := clerk.Get(path)
	webtest.Shows(t, given, http.StatusOK, "Результат видано.", "№ 7")
	if strings.Contains(given.Body.String(), "не забрано з") {
		t.Error("a result that was collected counts as not collected")
	}
}
