package questions_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A question is published in words of staff, without who asked, changed, and taken back; a colleague's change is not overwritten.
func TestPublishing(t *testing.T) {
	d := newDesk(t)
	clerk, path := d.As(d.Users[access.Administrator]), d.path()+"/publish"
	if w := clerk.Get(path); w.Code != http.StatusConflict {
		t.Errorf("before it was answered: %d", w.Code)
	}
	clerk.Post(d.path(), url.Values{"act": {"answer"}, "version": {"1"}, "answer": {"Олено, приходьте до восьмої"}})
	if page := clerk.Get(d.path()).Body.String(); !strings.Contains(page, `href="`+path+`"`) || strings.Contains(page, "Це запитання оприлюднено") {
		t.Error("the page of the question does not lead there, or says that it is published")
	}
	if page := clerk.Get(path).Body.String(); !strings.Contains(page, "Олено, приходьте до восьмої</textarea>") || !strings.Contains(page, "Другий &lt;i&gt;</textarea>") {
		t.Error("what was asked and answered is not proposed")
	}
	blank := clerk.Post(path, url.Values{"version": {"0"}, "act": {"publish"}, "question.en": {"When?"}})
	webtest.Shows(t, blank, http.StatusUnprocessableEntity, ">Напишіть запитання<", ">Напишіть відповідь, яку прочитають усі<", ">Перекладіть і відповідь")
	typed := url.Values{"version": {"0"}, "act": {"publish"}, "question.uk": {"Коли приходити?"}, "answer.uk": {"Олено, до восьмої"}}
	w := clerk.Post(path, typed)
	if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, "У відповіді схоже на особисті дані: Олено") || !strings.Contains(body, `name="despite"`) || !strings.Contains(body, "Коли приходити?</textarea>") {
		t.Errorf("a name: %d", w.Code)
	}
	typed.Set("answer.uk", "До восьмої")
	if w := clerk.Post(path, typed); w.Code != http.StatusSeeOther {
		t.Fatalf("publishing: %d\n%s", w.Code, w.Body)
	}
	stale := url.Values{"version": {"0"}, "act": {"publish"}, "despite": {"yes"}, "question.uk": {"О котрій?"}, "answer.uk": {"О дев’ятій"}}
	w = clerk.Post(path, stale)
	if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, "О дев’ятій</textarea>") {
		t.Errorf("somebody else's publication is overwritten: %d", w.Code)
	} else if !strings.Contains(body, "До восьмої</p>") || !strings.Contains(body, `name="version" value="1"`) || !strings.Contains(body, `name="despite"`) {
		t.Error("the page does not show what it would replace, forgets the tick, or cannot be sent again")
	}
	if page := clerk.Get(d.path()).Body.String(); !strings.Contains(page, "Це запитання оприлюднено") {
		t.Error("the page of the question does not say so")
	}
	shown := func() (n int) {
		if err := d.DB.Pool.QueryRow(t.Context(), "select count(*) from questions.published where published and centre_id = $1 and answer = 'До восьмої'", d.Centre).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if shown() != 1 {
		t.Error("it is not published")
	}
	if w := clerk.Post(path, url.Values{"version": {"1"}, "act": {"withdraw"}}); w.Code != http.StatusSeeOther || shown() != 0 {
		t.Errorf("taking it back: %d", w.Code)
	}
	for _, at := range []string{path, d.path()} {
		webtest.Shows(t, clerk.Get(at), http.StatusOK, "тепер його сховано")
	}
	if w := clerk.Post(path, url.Values{"version": {"2"}, "act": {"withdraw"}}); w.Code != http.StatusConflict {
		t.Errorf("taking it back twice: %d", w.Code)
	}
	if w := d.As(d.OtherUsers[access.Administrator]).Get(path); w.Code != http.StatusNotFound {
		t.Errorf("another centre: %d", w.Code)
	}
}
