package track_test

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/sending"
	"portal.example/external-site/internal/web/track"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

const copiesForm = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false, "required": ["copies"],
  "properties": {"copies": {"type": "integer", "minimum": 1, "maximum": 9, "x-title": {"uk": "Примірників", "en": "Copies"}, "x-widget": "number"}},
  "x-steps": [{"id": "fields", "title": {"uk": "Виправте", "en": "Correct"}, "fields": ["copies"]}]
}`

// openSuspended is this area over a case in memory that stands still, with its applicant signed in by number and code.
func openSuspended(t *testing.T, desk sending.Desk) (*areatest.Site, *followed, string) {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	asked := &contract.Asked{
		ID: uuid.New(), Ground: locale.Text{UK: "Немає потрібного документа"}, Text: "Копія нечитабельна.", Until: "2026-12-05",
		Documents: []contract.AskedDocument{{ID: "bank", Name: locale.Text{UK: "Довідка банку"}}},
		Fields:    []contract.AskedField{{Name: "copies", Title: locale.Text{UK: "Примірників"}, Was: "1"}}, Form: json.RawMessage(copiesForm),
	}
	at := areatest.Monday()
	f := &followed{code: code, status: tracking.Status{
		Kind: contract.KindApplication, ReceiptNumber: receipt, Number: "01-2026-000001", Reached: tracking.Suspended,
		Case:   &tracking.Case{ID: uuid.New(), CentreID: uuid.New(), State: "suspended", RegisteredAt: at, FiledAt: at, DueOn: at.AddDate(0, 0, 9)},
		Events: []tracking.Event{{At: at, Kind: "suspended", Text: locale.Text{UK: "Розгляд зупинено."}, Asked: asked}},
	}}
	deps := track.Deps{Tracking: f, Vault: f, Freshness: f}
	if desk != nil {
		deps.Window = sending.NewWindow(desk, areatest.BaseURL, slog.New(slog.DiscardHandler))
	}
	s := areatest.New(t, sending.Area(), track.Area(deps))
	if w := s.Post("/track", "number", receipt, "code", code.Reveal()); w.Code != http.StatusSeeOther {
		t.Fatalf("entering: %d", w.Code)
	}
	return s, f, "/track/reply/" + f.status.Case.ID.String()
}

// What is asked stands on top with its day and the way to answer; a reply with a corrected answer and a paper is handed over once.
func TestReplyToWhatIsAsked(t *testing.T) {
	desk := areatest.NewDesk()
	s, _, path := openSuspended(t, desk)
	page := s.Page("/track/status")
	areatest.Contains(t, page, "Немає потрібного документа", "Копія нечитабельна.", "Довідка банку", "Примірників", "5 грудня 2026", path)
	areatest.Contains(t, s.Page(path), "Довідка банку", `name="copies"`, `name="reply_document_1"`)
	if w := s.Upload(path, "reply_document_1", []string{"bank.pdf", "%PDF-1.7"}, "copies", "99", "reply_text", "Ось вона"); w.Code != http.StatusSeeOther || !strings.HasSuffix(w.Header().Get("Location"), "?back=1") {
		t.Fatalf("a wrong answer: %d %s", w.Code, w.Header().Get("Location"))
	}
	w := s.Get(path + "?back=1")
	if w.Code != http.StatusUnprocessableEntity || len(desk.Handed) != 0 {
		t.Errorf("%d, %d handed over", w.Code, len(desk.Handed))
	}
	areatest.Contains(t, w.Body.String(), "bank.pdf", "Ось вона", `value="99"`)
	restore := s.Remember()
	for range 2 { // pressed twice, before the browser has the answer
		if w := s.Upload(path, "reply_files", nil, "copies", "2", "reply_text", "Ось вона"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/track/status" {
			t.Fatalf("sent: %d %s", w.Code, w.Header().Get("Location"))
		}
		restore()
	}
	if len(desk.Handed) != 1 || !strings.Contains(desk.Handed[0], "bank.pdf") || !strings.Contains(desk.Handed[0], "Ось вона") {
		t.Errorf("handed over: %v", desk.Handed)
	}
}

// Whoever writes for long keeps the page open: each time that what stands on it is kept, the code's two hours begin anew. What is
// asked for is not called optional, and may come later all the same.
func TestWhoeverWritesKeepsThePageOpen(t *testing.T) {
	desk := areatest.NewDesk()
	s, _, path := openSuspended(t, desk)
	areatest.Lacks(t, s.Page(path), "Довідка банку (необов’язково)", "Примірників (необов’язково)")
	w := s.Post(path, "reply_text", "Довідку надішлю завтра", "action", "stay")
	if cookie := strings.Join(w.Header().Values("Set-Cookie"), "\n"); !strings.Contains(cookie, "track=") || !strings.Contains(cookie, "Max-Age=7200") {
		t.Errorf("the code is kept no longer: %s", cookie)
	}
	if w := s.Post(path, "reply_text", "Довідку надішлю завтра"); w.Header().Get("Location") != "/track/status" || len(desk.Handed) != 1 {
		t.Errorf("a part: %d %s, %d handed over", w.Code, w.Header().Get("Location"), len(desk.Handed))
	}
}

// Nothing at all is no reply, and a withdrawal has to be confirmed.
func TestRepliesThatSayNothing(t *testing.T) {
	desk := areatest.NewDesk()
	s, f, _ := openSuspended(t, desk)
	f.status.Events[0].Asked = nil
	path := "/track/reply/" + f.status.Case.ID.String()
	if w := s.Post(path); w.Header().Get("Location") != path+"?back=empty" {
		t.Errorf("an empty reply: %d %s", w.Code, w.Header().Get("Location"))
	}
	if w := s.Get(path + "?back=empty"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", w.Code)
	}
	path = "/track/withdraw/" + f.status.Case.ID.String()
	if w := s.Post(path, "reply_text", "передумала"); w.Header().Get("Location") != path+"?back=unsure" || len(desk.Handed) != 0 {
		t.Errorf("unconfirmed: %d %s", w.Code, w.Header().Get("Location"))
	}
	if w := s.Post(path, "reply_text", "передумала", "sure", "true"); w.Header().Get("Location") != "/track/status" || len(desk.Handed) != 1 {
		t.Errorf("confirmed: %d %s, %d handed over", w.Code, w.Header().Get("Location"), len(desk.Handed))
	}
}

// The page of another case, or of one that takes no replies any more, sends nothing.
func TestRepliesOfAnotherTab(t *testing.T) {
	desk := areatest.NewDesk()
	s, f, path := openSuspended(t, desk)
	if w := s.Post("/track/reply/"+uuid.NewString(), "reply_text", "не туди"); w.Header().Get("Location") != "/track/status" {
		t.Errorf("another case: %d %s", w.Code, w.Header().Get("Location"))
	}
	f.status.Reached = tracking.Closed
	if w := s.Post(path, "copies", "2"); w.Header().Get("Location") != "/track/status" {
		t.Errorf("a closed case: %d %s", w.Code, w.Header().Get("Location"))
	}
	if desk.Drafts() != 0 || len(desk.Handed) != 0 {
		t.Errorf("%d drafts, %d handed over", desk.Drafts(), len(desk.Handed))
	}
	areatest.Lacks(t, s.Page("/track/status"), path)
}

// Where nothing can be sealed, the page says how else to answer.
func TestWithoutAWindowNothingIsOffered(t *testing.T) {
	s, _, path := openSuspended(t, nil)
	page := s.Page("/track/status")
	areatest.Lacks(t, page, path)
	areatest.Contains(t, page, "зв’яжіться з центром")
	if w := s.Get(path); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d", w.Code)
	}
}
