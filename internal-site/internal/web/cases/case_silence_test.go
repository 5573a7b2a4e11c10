package cases_test

import (
	"net/http"
	"testing"

	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
)

// Once consent by silence is recorded the head of the case says since when, as long as there is no decision. Whoever records it for an
// applicant without a code is told that nobody reads it.
func TestTheHeadOfACaseSaysThatConsentWasRecorded(t *testing.T) {
	p := play(func(c *domain.Case) { c.Tracked = false }).toDecision(t)
	officer, path := p.as(t, p.officer), "/cases/"+p.w.Case.ID.String()
	p.w.Events = append(p.w.Events, domain.Event{Kind: domain.EventTacit, At: p.now})
	webtest.Shows(t, officer.Get(path), http.StatusOK, "мовчазна згода", "Заявник не стежить за справою в мережі, тож про запис повідомте його самі")
	w := doAct(officer, p.w.Case.ID, p.w.Case.Version, "record_silence", "record_silence_text", "Частина шоста статті 4-1 Закону.")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("recording: %d %s", w.Code, w.Body)
	}
	webtest.Shows(t, officer.Get(path), http.StatusOK, "мовчазну згоду записано", "за законом можна діяти без рішення")
}
