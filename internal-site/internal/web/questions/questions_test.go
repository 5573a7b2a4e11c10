package questions_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	domain "portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/questions"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// desk is the site with one question to the centre.
type desk struct {
	*webtest.Site
	area area.Area
	id   uuid.UUID
	file uuid.UUID
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{id: uuid.New(), file: uuid.New()}
	d.Site = webtest.New(t, func(s webtest.Stores) []area.Area {
		d.area = questions.Area(questions.Deps{Questions: domain.NewStore(s.Pool).At(webtest.Now), Vault: s.Vault})
		return []area.Area{d.area}
	})
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d.DB.Exec(`insert into questions.threads (id, number, message_id, receipt_number, centre_id, service_id, topic, name, email, language, asked_at, due_on, recipient)
		values ($1, 'К-2026-000007', $2, 'R-1111-2222-3333', $3, $4, 'Довідка <b>', 'Олена', 'olena@example.com', 'uk', now(), '2026-11-10', $5)`,
		d.id, uuid.New(), d.Centre, d.Service, code.Recipient())
	d.DB.Exec(`insert into questions.messages (id, thread_id, kind, text) values ($1, $2, 'question', E'Перший рядок\nДругий <i>')`, uuid.New(), d.id)
	file, err := d.Vault.Put(t.Context(), documents.File{
		ID: d.file, Purpose: documents.Received, FileName: "скан.pdf", MediaType: "application/pdf", ObjectKey: "scan",
	}, []byte("%PDF-1.7"))
	if err != nil {
		t.Fatal(err)
	}
	if err := documents.Insert(t.Context(), d.DB.Pool, file); err != nil {
		t.Fatal(err)
	}
	d.DB.Exec(`insert into questions.attachments (thread_id, file_id) values ($1, $2)`, d.id, d.file)
	return d
}

func (d *desk) path() string { return "/questions/" + d.id.String() }

func TestRoutes(t *testing.T) {
	d := newDesk(t)
	path := strings.NewReplacer(":id", d.id.String(), ":file", d.file.String()).Replace
	webtest.Walk(t, d.Site, path, map[string]access.Object{"question": {Own: []access.Place{access.InCentre(d.Centre)}}})
}

func TestListAndTiles(t *testing.T) {
	d := newDesk(t)
	list := d.As(d.Users[access.Administrator]).Get("/questions?q=k-2026").Body.String()
	for _, words := range []string{"К-2026-000007", "Довідка &lt;b&gt;", "прострочено", "Знайдено 1 запитання", "ЦНАП Вишневої громади"} {
		if !strings.Contains(list, words) {
			t.Errorf("the list does not show %q", words)
		}
	}
	if list := d.As(d.OtherUsers[access.Administrator]).Get("/questions").Body.String(); strings.Contains(list, "000007") {
		t.Error("another centre sees it")
	}
	tiles, err := d.area.Tiles(t.Context(), d.Users[access.CentreHead])
	if err != nil || tiles[0].Count != 1 || tiles[1].Count != 1 {
		t.Errorf("%+v, %v", tiles, err)
	}
}

func TestAnswering(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.Administrator])
	page := clerk.Get(d.path()).Body.String()
	for _, words := range []string{"Другий &lt;i&gt;", "olena@example.com", "скан.pdf", "Надіслати відповідь", "ЦНАП Лугової громади", "Управління соціального захисту"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not show %q", words)
		}
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"answer"}, "version": {"1"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Напишіть відповідь") {
		t.Errorf("an empty answer: %d", w.Code)
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"look"}, "version": {"1"}, "answer": {"Так, мо"}}); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Так, мо</textarea>") {
		t.Errorf("looking again: %d", w.Code)
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"answer"}, "version": {"1"}, "answer": {"Так, можна"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("answering: %d", w.Code)
	}
	w := clerk.Post(d.path(), url.Values{"act": {"answer"}, "version": {"1"}, "answer": {"Ні, не можна"}})
	if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, "Ні, не можна") || !strings.Contains(body, "Так, можна") || !strings.Contains(body, "щойно змінив") {
		t.Errorf("a stale answer: %d", w.Code)
	}
	w = clerk.Post(d.path(), url.Values{"act": {"close"}, "version": {"2"}, "answer": {"Ще не надіслано"}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Ще не надіслано</textarea>") {
		t.Errorf("closing over an answer that was not sent: %d", w.Code)
	}
	w = clerk.Post(d.path(), url.Values{"act": {"close"}, "version": {"2"}})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Закрити запитання К-2026-000007?") || !strings.Contains(w.Body.String(), `name="sure"`) {
		t.Errorf("closing is not asked for: %d", w.Code)
	}
	w = clerk.Post(d.path(), url.Values{"act": {"close"}, "version": {"2"}, "back": {"yes"}})
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), `name="sure"`) {
		t.Errorf("the way back: %d", w.Code)
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"close"}, "version": {"1"}}); w.Code != http.StatusConflict {
		t.Errorf("a question that has changed is asked about: %d", w.Code)
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"close"}, "version": {"2"}, "sure": {"yes"}}); w.Code != http.StatusSeeOther {
		t.Errorf("closing: %d", w.Code)
	}
	if page := clerk.Get(d.path()).Body.String(); strings.Contains(page, "<textarea") {
		t.Error("a closed question can still be answered")
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"answer"}, "version": {"2"}, "answer": {"Запізніла відповідь"}}); w.Code != http.StatusConflict ||
		!strings.Contains(w.Body.String(), "Запізніла відповідь</textarea>") {
		t.Errorf("an answer that came too late: %d", w.Code)
	}
}

func TestHandingOver(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.CentreHead])
	if w := clerk.Post(d.path(), url.Values{"act": {"hand_over"}, "version": {"1"}, "to": {"centre:nonsense"}, "note": {"до вас"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "до вас") {
		t.Errorf("to nobody: %d", w.Code)
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"hand_over"}, "version": {"1"}, "to": {"authority:" + d.Authority.String()}, "note": {"до вас"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/questions" {
		t.Errorf("handing over: %d", w.Code)
	}
	if w := clerk.Get(d.path()); w.Code != http.StatusNotFound {
		t.Errorf("the first addressee: %d", w.Code)
	}
	if page := d.As(d.Users[access.Officer]).Get(d.path()).Body.String(); !strings.Contains(page, "до вас") {
		t.Error("the note is not shown to the new addressee")
	}
	if page := d.As(d.Users[access.RegionalManager]).Get(d.path()).Body.String(); strings.Contains(page, "<textarea") {
		t.Error("whoever may only look is offered to answer")
	}
}
