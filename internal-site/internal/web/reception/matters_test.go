package reception_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/workdays"
)

// A clerk books two matters at once, at the only window that can do both; whoever comes is called there, and the clerk takes up one after
// the other.
func TestSeveralMatters(t *testing.T) {
	s := newHall(t)
	s.DB.Exec(`update reception.windows set appoints = $2 where id = $1`, s.second, s.other)
	clerk, today := s.As(s.Users[access.Administrator]), workdays.DateOf(webtest.Now())
	at := webtest.Now().Truncate(time.Hour).Add(2 * time.Hour)
	path := s.path("/bookings?day=" + today.Format(time.DateOnly))
	webtest.Shows(t, clerk.Get(path), http.StatusOK, "Кілька справ за один прийом", "Справа 2")
	matters := "&matter=" + s.group.String() + "&matter=" + s.other.String() + "&matter="
	page := clerk.Get(path + matters)
	webtest.Shows(t, page, http.StatusOK, "2 справи одна за одною біля одного вікна: разом до 30 хв.", `name="matter" value="`+s.other.String()+`"`, "Справа 3",
		`href="`+s.path("/bookings?day="+today.AddDate(0, 0, 1).Format(time.DateOnly))+strings.ReplaceAll(strings.TrimSuffix(matters, "&matter="), "&", "&amp;")+`"`) // no time today: another day is for the same
	form := url.Values{
		"act": {"book"}, "day": {today.Format(time.DateOnly)}, "matter": {s.group.String(), s.group.String()}, "at": {s.group.String() + "/" + at.UTC().Format(time.RFC3339)},
		"name": {"Ганна <b>"}, "phone": {"050 123 45 67"},
	}
	webtest.Shows(t, clerk.Post(s.path("/bookings"), form), http.StatusUnprocessableEntity, "Найбільше за один прийом: 5", "Ганна &lt;b&gt;")
	form["matter"] = []string{s.group.String(), s.other.String()}
	if w := clerk.Post(s.path("/bookings"), form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, clerk.Get(path), http.StatusOK, "А – Довідки &lt;i&gt;", "Б – Земля", "30 хв")
	if n := s.Count(`select count(*) from reception.bookings where window_id = $1 and minutes = 30`, s.second); n != 1 {
		t.Fatalf("%d appointments at the window that can do both", n)
	}

	var number string
	if err := s.DB.Pool.QueryRow(t.Context(), `select number from reception.bookings`).Scan(&number); err != nil {
		t.Fatal(err)
	}
	if w := clerk.Post(s.path("/bookings"), url.Values{"act": {"arrive"}, "number": {number}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, clerk.Get(s.path("")), http.StatusOK, "Довідки &lt;i&gt;<br>+ Земля")
	clerk.Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.window.String()}})
	// Nobody who can do both is there: the clerk is told so, and what becomes of the rest.
	webtest.Shows(t, clerk.Get(s.path("/window")), http.StatusOK, "зараз ніхто біля вікон не робить усього разом")
	s.press(t, clerk, "next")
	s.press(t, clerk, "come")
	webtest.Shows(t, clerk.Get(s.path("/window")), http.StatusOK, "решту зробить інше вікно (Б – Земля)")
	webtest.Lacks(t, clerk.Get(s.path("/window")), "Перейти до цієї справи")
	s.press(t, clerk, "return")
	var ticket string
	if err := s.DB.Pool.QueryRow(t.Context(), `select id from reception.tickets`).Scan(&ticket); err != nil {
		t.Fatal(err)
	}
	head := s.As(s.Users[access.CentreHead])
	webtest.Shows(t, head.Get(s.path("/kiosk/"+ticket)), http.StatusOK, "Довідки &lt;i&gt;<br>+ Земля")
	head.Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.second.String()}})
	webtest.Shows(t, clerk.Get(s.path("/window")), http.StatusOK, "Ще 1 людина чекає на інші вікна")
	s.press(t, head, "next")
	webtest.Shows(t, head.Get(s.path("/window")), http.StatusOK, "Прийшли з 2 справами", "Зараз: А – Довідки &lt;i&gt;", "Б – Земля")
	s.press(t, head, "come")
	served := head.Get(s.path("/window"))
	webtest.Shows(t, served, http.StatusOK, `name="in_turn"`, "Перейти до цієї справи")
	turn := url.Values{"act": {"turn.counter"}, "ticket": {field(t, served, "ticket")}, "n": {"0"}, "in_turn": {field(t, served, "in_turn")}}
	if w := head.Post(s.path("/window"), turn); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/counter/start?origin=called") {
		t.Fatalf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	webtest.Shows(t, head.Get(s.path("/window")), http.StatusOK, "Зараз: Б – Земля")
	webtest.Shows(t, head.Post(s.path("/window"), turn), http.StatusConflict, "Хтось щойно змінив") // the button of an old page
	webtest.Shows(t, clerk.Post(s.path("/window"), turn), http.StatusConflict)                      // somebody else's
	if n := s.Count(`select count(*) from reception.events where act = $1`, string(domain.Turn)); n != 1 {
		t.Errorf("%d turns are written down", n)
	}
	s.DB.Exec(`update reception.tickets set further_groups = array[group_id], further_services = array[$1::uuid]`, s.Service) // two things of one group
	served = head.Get(s.path("/window"))
	turn.Set("act", "turn")
	turn.Set("in_turn", field(t, served, "in_turn"))
	if w := head.Post(s.path("/window"), turn); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, head.Post(s.path("/window"), turn), http.StatusConflict, "Хтось щойно змінив") // pressed twice
	if n := s.Count(`select count(*) from reception.tickets where service_id = $1 and further_services = array[null::uuid]`, s.Service); n != 1 {
		t.Error("the second press took the first one back")
	}
}
