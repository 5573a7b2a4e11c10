package checks_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

func TestJudgingPapers(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.Administrator])
	page := clerk.Get(d.path()).Body.String()
	for _, words := range []string{"копії &lt;i&gt;", "olena@example.com", "скан.pdf", "Довідка &lt;u&gt;", "Надіслати відповідь", "ще 14 днів після неї", "яких не надіслано"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not show %q", words)
		}
	}
	w := clerk.Post(d.path(), url.Values{"act": {"answer"}, "version": {"1"}, "verdict1": {"mend"}, "text": {"Візьміть паспорт"}})
	if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#remark1"`) || !strings.Contains(body, "Візьміть паспорт</textarea>") {
		t.Errorf("half an answer: %d", w.Code)
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"look"}, "version": {"1"}, "remark1": {"Немає пі"}}); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Немає пі</textarea>") {
		t.Errorf("looking again: %d", w.Code)
	}
	answer := url.Values{"act": {"answer"}, "version": {"1"}, "verdict1": {"mend"}, "remark1": {"Немає підпису"}, "text": {"Візьміть паспорт"}}
	if w := clerk.Post(d.path(), answer); w.Code != http.StatusSeeOther {
		t.Fatalf("answering: %d", w.Code)
	}
	page = clerk.Get(d.path()).Body.String()
	for _, words := range []string{"Немає підпису</textarea>", "Виправити відповідь", "Файли видалять після"} {
		if !strings.Contains(page, words) {
			t.Errorf("after the answer the page does not show %q", words)
		}
	}
	if strings.Contains(page, `value="close"`) {
		t.Error("what was answered can be closed without a check")
	}
	answer.Set("remark1", "Інше")
	w = clerk.Post(d.path(), answer)
	if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, "Інше</textarea>") || !strings.Contains(body, "щойно змінив") {
		t.Errorf("a stale answer: %d", w.Code)
	}
	if page := d.As(d.Users[access.RegionalManager]).Get(d.path()).Body.String(); strings.Contains(page, "<textarea") || !strings.Contains(page, "Немає підпису") {
		t.Error("whoever may only look is offered to answer, or does not see the verdict")
	}
}

func TestClosing(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.CentreHead])
	w := clerk.Post(d.path(), url.Values{"act": {"close"}, "version": {"1"}})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Завершити П-2026-000007 без перевірки?") || !strings.Contains(w.Body.String(), `name="sure"`) {
		t.Errorf("closing is not asked for: %d", w.Code)
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"close"}, "version": {"1"}, "sure": {"yes"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "чому документи не перевірено") {
		t.Errorf("without a reason: %d", w.Code)
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"close"}, "version": {"7"}, "reason": {"x"}}); w.Code != http.StatusConflict {
		t.Errorf("what has changed is asked about: %d", w.Code)
	}
	if w := clerk.Post(d.path(), url.Values{"act": {"close"}, "version": {"1"}, "sure": {"yes"}, "reason": {"Це не документи"}}); w.Code != http.StatusSeeOther {
		t.Errorf("closing: %d", w.Code)
	}
	if page := clerk.Get(d.path()).Body.String(); strings.Contains(page, "<textarea") || !strings.Contains(page, "Це не документи") {
		t.Error("a closed package can still be answered, or its reason is not shown")
	}
	late := url.Values{"act": {"answer"}, "version": {"2"}, "verdict1": {"fit"}, "text": {"Запізніла відповідь"}}
	if w := clerk.Post(d.path(), late); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Запізніла відповідь</textarea>") {
		t.Errorf("an answer that came too late: %d", w.Code)
	}
}

// Staff see that whoever asked was not told of the answer, and say once that they called.
func TestWhetherWhoeverAskedWasTold(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.Administrator])
	if page := clerk.Get(d.path()).Body.String(); strings.Contains(page, "Чи дізналась людина про відповідь") {
		t.Error("notices are shown before there are any")
	}
	d.DB.Exec(`insert into notices.outbox (event_id, package_id, kind, at, state, reason) values (gen_random_uuid(), $1, 'check_answered', now(), 'failed', 'notices.reason.no_mobile')`, d.id)
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
	if list := clerk.Get("/checks?untold=1&state=all").Body.String(); !strings.Contains(list, "000007") || !strings.Contains(list, "людина не знає") {
		t.Error("what did not arrive is not in its list")
	}
	if list := d.As(d.OtherUsers[access.Administrator]).Get("/checks?untold=1&state=all").Body.String(); strings.Contains(list, "000007") {
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
