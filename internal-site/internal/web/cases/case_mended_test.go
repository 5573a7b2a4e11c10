package cases_test

import (
	"net/http"
	"strings"
	"testing"

	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
)

// What is wrong with the record of who collected a result is said of every field at once, and nothing typed is lost.
func TestWhoCollectsAResultIsAskedFor(t *testing.T) {
	p := play().toDecision(t)
	p.must(t, domain.Command{Act: domain.Decide, Outcome: domain.Granted})
	clerk, id, version := p.as(t, p.clerk), p.w.Case.ID, p.w.Case.Version
	if page := doAct(clerk, id, version, "issue").Body.String(); !strings.Contains(page, `value="applicant" checked`) || !strings.Contains(page, `name="and_next" type="checkbox" value="yes" checked`) {
		t.Errorf("the applicant and the archive are not offered first: %s", page)
	}
	w := doAct(clerk, id, version, "issue", "sure", "yes", "recipient", "representative", "identity_number", "АА 000001", "paper", "№ 7")
	for _, want := range []string{`href="#recipient_name"`, `href="#recipient_basis"`, `href="#identity"`, `value="АА 000001"`, `value="№ 7"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
	if w.Code != http.StatusUnprocessableEntity || p.w.Case.State != domain.Decided {
		t.Errorf("%d, the case is %s", w.Code, p.w.Case.State)
	}
	w = doAct(clerk, id, version, "issue", "sure", "yes", "recipient", "applicant", "identity", "passport", "identity_number", "АА 000001", "paper", "№ 7", "and_next", "yes")
	if w.Code != http.StatusSeeOther || p.w.Case.State != domain.Closed {
		t.Errorf("handed over and put away: %d, the case is %s", w.Code, p.w.Case.State)
	}
}

// The official who decides finds how to mend a decision and a result; a withdrawn file says so and why, and is offered no more.
func TestDecisionsAndResultsAreMendedFromThePage(t *testing.T) {
	p := play().toDecision(t)
	p.must(t, domain.Command{Act: domain.Decide, Outcome: domain.Refused, Grounds: []string{"incomplete"}, Text: "Немає довідки"}, domain.Command{Act: domain.Upload}, domain.Command{Act: domain.Upload})
	valid, withdrawn := documents.File{ID: fixture.NewID(), Purpose: documents.Result, FileName: "чинний.pdf"}, documents.File{
		ID: fixture.NewID(), Purpose: documents.Result, FileName: "чужий.pdf", WithdrawnAt: &p.now, WithdrawnWhy: "Рішення іншої особи",
	}
	p.files = []documents.File{valid, withdrawn}
	officer, id := p.as(t, p.officer), p.w.Case.ID
	page := officer.Get("/cases/" + id.String()).Body.String()
	for _, want := range []string{"Рішення іншої особи", `name="correct_reasoning"`, `name="withdraw_decision_text"`, `<option value="` + valid.ID.String() + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(page, `<option value="`+withdrawn.ID.String()+`"`) {
		t.Error("a withdrawn file is offered")
	}
	if page := p.as(t, p.clerk).Get("/cases/" + id.String()).Body.String(); strings.Contains(page, `name="withdraw_decision_text"`) {
		t.Error("a clerk is offered to withdraw a decision")
	}
	if w := doAct(officer, id, p.w.Case.Version, "correct_decision", "correct_ground", "other", "correct_decision_text", "Описка"); w.Code != http.StatusUnprocessableEntity ||
		!strings.Contains(w.Body.String(), `href="#correct_other"`) || !strings.Contains(w.Body.String(), `href="#correct_reasoning"`) {
		t.Errorf("half a correction: %d", w.Code)
	}
	if w := doAct(officer, id, p.w.Case.Version, "withdraw_decision", "withdraw_decision_text", "Довідка є"); w.Code != http.StatusSeeOther || p.w.Case.State != domain.InProgress {
		t.Errorf("withdrawn: %d, %s", w.Code, p.w.Case.State)
	}
}

// A sentence that says what happened has no heading that only repeats it.
func TestWhatWasWithdrawnIsSaidOnce(t *testing.T) {
	p := play().toDecision(t)
	p.must(t, domain.Command{Act: domain.Decide, Outcome: domain.Granted}, domain.Command{Act: domain.WithdrawDecision, Text: "Помилка в даті"})
	page := p.as(t, p.officer).Get("/cases/" + p.w.Case.ID.String()).Body.String()
	if !strings.Contains(page, "Рішення відкликано. Розгляд триває.") || strings.Contains(page, "<strong>Рішення відкликано</strong>") {
		t.Errorf("the page says it not once: %s", page)
	}
}
