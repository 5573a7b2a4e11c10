package cases_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/workdays"
)

// The page of a case offers its authority to extend the term, says how far that goes, keeps what was typed wrong, and explains the
// last day by the extension.
func TestATermIsExtendedOnThePageOfACase(t *testing.T) {
	p := play().toDecision(t)
	officer, id := p.as(t, p.officer), p.w.Case.ID
	webtest.Shows(t, officer.Get("/cases/"+id.String()), http.StatusOK, "Продовжити строк", "Продовжений строк має закінчитися не пізніше ніж")
	if page := p.as(t, p.clerk).Get("/cases/" + id.String()).Body.String(); strings.Contains(page, `name="extend_days"`) {
		t.Error("the centre is offered to extend the term")
	}
	w := doAct(officer, id, p.w.Case.Version, "extend", "extend_days", "40", "extend_in", "calendar", "extend_text", "Чекаємо відповіді")
	webtest.Shows(t, w, http.StatusUnprocessableEntity, "Зазначте кількість днів від 1 до 15", `value="40"`, "Чекаємо відповіді</textarea>")
	w = doAct(officer, id, p.w.Case.Version, "extend", "extend_days", "3", "extend_in", "working", "extend_text", "Чекаємо відповіді")
	if w.Code != http.StatusSeeOther || len(p.w.Case.Extensions) != 1 {
		t.Fatalf("%d, extended by %v", w.Code, p.w.Case.Extensions)
	}
	if e := p.w.Case.Extensions[0]; e.Days != 3 || e.In != workdays.InWorking {
		t.Errorf("extended by %+v", e)
	}
	webtest.Shows(t, officer.Get("/cases/"+id.String()), http.StatusOK, "Строк продовжено на 3 робочі дні", "Строк розгляду продовжено на 3 робочі дні, до")
}

// A term that has run out, or that was extended as far as it goes, is not offered to be extended, and the page says why; where the
// installation extends nothing there is nothing to say.
func TestThePageSaysWhyATermIsNotExtended(t *testing.T) {
	p := play().toDecision(t)
	officer, id := p.as(t, p.officer), p.w.Case.ID
	p.w.Case.DueOn, p.w.Case.FiledAt = p.w.Case.DueOn.AddDate(0, 0, -60), p.w.Case.FiledAt.AddDate(0, 0, -60)
	page := officer.Get("/cases/" + id.String())
	webtest.Shows(t, page, http.StatusOK, "Строк уже сплив. Продовжити його можна було лише до його закінчення")
	webtest.Lacks(t, page, `name="extend_days"`)
	p.w.MostExtension = 0
	webtest.Lacks(t, officer.Get("/cases/"+id.String()), "не продовжують", "Строк уже сплив. Продовжити")
}
