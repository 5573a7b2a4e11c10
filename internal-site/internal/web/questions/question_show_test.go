package questions_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

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
	w := clerk.Post(d.path(), url.Values{"act": {"answer"}, "version": {"1"}, "answer": {"Так, <можна>\r\nПриходьте"}})
	if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, "Так, &lt;можна&gt;\nПриходьте") || !strings.Contains(body, "передали іншому") {
		t.Errorf("an answer to a question that a colleague has handed on: %d", w.Code)
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

// Staff see that whoever asked was not told of the answer, and say once that they called.
func TestWhetherWhoeverAskedWasTold(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.Administrator])
	if page := clerk.Get(d.path()).Body.String(); strings.Contains(page, "Чи дізналась людина про відповідь") {
		t.Error("notices are shown before there are any")
	}
	d.DB.Exec(`insert into notices.outbox (event_id, thread_id, kind, at, state, reason) values (gen_random_uuid(), $1, 'question_answered', now(), 'failed', 'notices.reason.no_mobile')`, d.id)
	page := clerk.Get(d.path()).Body.String()
	for _, words := range []string{"Чи дізналась людина про відповідь", "не дійшло: ", `value="told"`} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not show %q", words)
		}
	}
	if page := d.As(d.Users[access.RegionalManager]).Get(d.path()).Body.String(); !strings.Contains(page, "не дійшло: ") || strings.Contains(page, `value="told"`) {
		t.Error("whoever may only look is offered to call, or does not see what became of the notice")
	}
	untold := func() int {
		t.Helper()
		tiles, err := d.area.Tiles(t.Context(), d.Users[access.Administrator])
		if err != nil {
			t.Fatal(err)
		}
		return tiles[len(tiles)-1].Count
	}
	if n := untold(); n != 1 {
		t.Errorf("%d answers are said not to have arrived", n)
	}
	if list := clerk.Get("/questions?untold=1&state=all").Body.String(); !strings.Contains(list, "000007") || !strings.Contains(list, "людина не знає") {
		t.Error("what did not arrive is not in its list")
	}
	if list := d.As(d.OtherUsers[access.Administrator]).Get("/questions?untold=1&state=all").Body.String(); strings.Contains(list, "000007") {
		t.Error("another centre sees it")
	}
	for range 2 { // the button was pressed twice
		if w := clerk.Post(d.path(), url.Values{"act": {"told"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("told: %d", w.Code)
		}
	}
	if n := untold(); n != 0 {
		t.Errorf("%d answers are said not to have arrived after a call", n)
	}
	if page := clerk.Get(d.path()).Body.String(); strings.Contains(page, `value="told"`) || !strings.Contains(page, "зателефонували") {
		t.Error("that somebody called is not shown")
	}
}
