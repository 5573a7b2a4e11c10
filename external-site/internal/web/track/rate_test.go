package track_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/surveys"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/sending"
	"portal.example/external-site/internal/web/track"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// asks is one survey in memory, nil when there is none.
type asks struct{ survey *surveys.Survey }

func (a *asks) Offered(context.Context, string, uuid.UUID, time.Time) (surveys.Survey, error) {
	if a.survey == nil {
		return surveys.Survey{}, fault.New(fault.NotFound, "")
	}
	return *a.survey, nil
}

// After the case has ended its holder is asked, answers once, and is told kindly that a second answer is not needed.
func TestRating(t *testing.T) {
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	at := areatest.Monday()
	f := &followed{code: code, status: tracking.Status{
		Kind: contract.KindApplication, ReceiptNumber: receipt, Number: "01-2026-000001", Reached: tracking.InProgress, ServiceCode: "01",
		Case: &tracking.Case{ID: uuid.New(), CentreID: uuid.New(), State: "in_progress", RegisteredAt: at, FiledAt: at, DueOn: at.AddDate(0, 0, 9)},
	}}
	desk := areatest.NewDesk()
	survey := &asks{&surveys.Survey{ID: uuid.New(), Title: locale.Text{UK: "Як <b> ми", EN: "How we"}, Questions: []contract.SurveyQuestion{
		{Key: "q1", Kind: contract.AskScale, Text: locale.Text{UK: "Оцініть <i>", EN: "Rate"}},
		{Key: "q2", Kind: contract.AskText, Text: locale.Text{UK: "Що поліпшити?", EN: "What?"}, Limit: 10},
	}}}
	s := areatest.New(t, sending.Area(), track.Area(track.Deps{
		Tracking: f, Vault: f, Freshness: f, Surveys: survey, Window: sending.NewWindow(desk, areatest.BaseURL, slog.New(slog.DiscardHandler)),
	}))
	s.Post("/track", "number", receipt, "code", code.Reveal())
	path := "/track/rate/" + f.status.Case.ID.String()
	leads := func(got interface{ Header() http.Header }, to string) {
		t.Helper()
		if at := got.Header().Get("Location"); at != to {
			t.Fatalf("led to %q, not %q", at, to)
		}
	}
	areatest.Lacks(t, s.Page("/track/status"), path)
	leads(s.Get(path), "/track/status") // before the first question
	areatest.Contains(t, s.Page("/track/status"), "зараз не можна")

	f.status.Case.DecidedAt, f.status.Case.Outcome, f.status.Reached = &at, tracking.Granted, tracking.Issued
	areatest.Contains(t, s.Page("/track/status"), path, "Як ми працювали?")
	areatest.Contains(t, s.Page(path), "Як &lt;b&gt; ми", "Оцініть &lt;i&gt;", `value="5"`, "побачать лише працівники")
	if w := s.Post(path); w.Code != http.StatusUnprocessableEntity && !strings.Contains(w.Header().Get("Location"), "back=1") {
		t.Errorf("an empty answer: %d", w.Code)
	}
	leads(s.Post(path, "q1", "9", "q2", "Коротко"), path+"?back=1")
	leads(s.Post(path, "q1", "4", "q2", "Задовге слово"), path+"?back=1")
	if w := s.Get(path + "?back=1"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Задовге слово") {
		t.Errorf("what was typed is gone: %d", w.Code)
	}
	restore := s.Remember()
	for range 2 { // pressed twice, before the browser has the answer
		leads(s.Post(path, "q1", "4", "q2", "Добре"), "/track/status")
		restore()
	}
	if len(desk.Handed) != 1 || !strings.Contains(desk.Handed[0], "Добре") {
		t.Errorf("handed over: %v", desk.Handed)
	}
	f.status.Rated = true
	leads(s.Get(path), "/track/status")
	page := s.Page("/track/status")
	areatest.Contains(t, page, "другої відповіді не потрібно", "Ви відповіли на запитання про цю справу")
	areatest.Lacks(t, page, path)
}
