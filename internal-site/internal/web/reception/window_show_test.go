package reception_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// press presses a button of the clerk's page as it is shown now.
func (s *hall) press(t *testing.T, c webtest.Client, act string) string {
	t.Helper()
	page := c.Get(s.path("/window"))
	webtest.Shows(t, page, http.StatusOK, `value="`+act+`"`)
	form := url.Values{"act": {act}, "ticket": {field(t, page, "ticket")}}
	if strings.Contains(page.Body.String(), `name="state"`) {
		form.Set("state", field(t, page, "state"))
	}
	w := c.Post(s.path("/window"), form)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", act, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// A clerk chooses a window, calls, serves with the counter open, and calls the next one.
func TestClerksDay(t *testing.T) {
	s := newHall(t)
	clerk := s.As(s.Users[access.Administrator])
	webtest.Shows(t, clerk.Get(s.path("/window")), http.StatusOK, "За яким вікном ви сьогодні працюєте?", "Вікно 2")
	webtest.Shows(t, clerk.Post(s.path("/window"), url.Values{"act": {"next"}}), http.StatusConflict, "Спершу виберіть вікно")
	if w := clerk.Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.window.String()}}); w.Code != http.StatusSeeOther {
		t.Fatalf("sits: %d", w.Code)
	}
	if w := clerk.Post(s.path("/window"), url.Values{"act": {"next"}}); w.Code != http.StatusSeeOther || !strings.Contains(webtest.Told(t, w), "nobody_to_call") {
		t.Errorf("nobody waits: %d %s", w.Code, webtest.Told(t, w))
	}
	s.take(t, s.group, nil)
	s.take(t, s.group, nil)
	s.take(t, s.other, nil)
	webtest.Shows(t, clerk.Get(s.path("/window")), http.StatusOK, "Ще 1 людина чекає на інші вікна", `data-portal-key="N"`)
	s.press(t, clerk, "next")
	webtest.Shows(t, clerk.Get(s.path("/window")), http.StatusOK, "Запрошено до вас", "А\u00a0001", `data-portal-key="M"`)
	s.press(t, clerk, "again")
	webtest.Shows(t, clerk.Get(s.path("/window")), http.StatusOK, "Запрошено разів: 2")
	if to := s.press(t, clerk, "come.counter"); !strings.HasPrefix(to, "/counter/start?origin=called&id=") {
		t.Errorf("the counter opens at %s", to)
	}
	s.press(t, clerk, "next")
	webtest.Shows(t, clerk.Get(s.path("/window")), http.StatusOK, "А\u00a0002", "Щойно обслужені", "А\u00a0001")
	s.press(t, clerk, "miss")
	webtest.Shows(t, clerk.Get(s.path("/window")), http.StatusOK, "Біля вікна нікого", "не підійшов", "Повернути в чергу")
}

// A page that is old does nothing, and says what is there now.
func TestOldPageOfAClerk(t *testing.T) {
	s := newHall(t)
	clerk := s.As(s.Users[access.Administrator])
	clerk.Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.window.String()}})
	s.take(t, s.group, nil)
	s.take(t, s.group, nil)
	s.press(t, clerk, "next")
	page := clerk.Get(s.path("/window"))
	old := url.Values{"act": {"come"}, "ticket": {field(t, page, "ticket")}, "state": {"called"}}
	s.press(t, clerk, "come")
	webtest.Shows(t, clerk.Post(s.path("/window"), old), http.StatusConflict, "Хтось щойно змінив", "Зараз у вас")
	webtest.Shows(t, clerk.Post(s.path("/window"), url.Values{"act": {"next"}}), http.StatusConflict, "Хтось щойно змінив", "А\u00a0001")
	forward := url.Values{"act": {"forward"}, "ticket": old["ticket"], "state": {"serving"}}
	webtest.Shows(t, clerk.Post(s.path("/window"), forward), http.StatusUnprocessableEntity, "Виберіть, куди переадресувати", `href="#to"`)
	forward.Set("to", "window/"+s.second.String())
	forward.Set("note", strings.Repeat("н", 201))
	webtest.Shows(t, clerk.Post(s.path("/window"), forward), http.StatusUnprocessableEntity, `href="#note"`, `value="ннн`)
	forward.Set("note", "бракує копії <b>")
	if w := clerk.Post(s.path("/window"), forward); w.Code != http.StatusSeeOther {
		t.Fatalf("sent on: %d %s", w.Code, w.Body)
	}
	if n := s.Count(`select count(*) from reception.tickets where for_window = $1 and state = 'waiting'`, s.second); n != 1 {
		t.Errorf("%d wait for the other window", n)
	}
	other := s.As(s.Users[access.CentreHead])
	other.Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.second.String()}})
	webtest.Shows(t, other.Get(s.path("/window")), http.StatusOK, "Примітка від вікна 1: бракує копії &lt;b&gt;") // before they are called
	s.press(t, other, "next")
	webtest.Shows(t, other.Get(s.path("/window")), http.StatusOK, "Примітка від вікна 1: бракує копії &lt;b&gt;", "govuk-inset-text")
	webtest.Lacks(t, s.As(s.Users[access.CentreHead]).Get(s.path("/board")), "бракує копії")
}
