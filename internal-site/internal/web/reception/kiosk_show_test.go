package reception_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/workdays"
)

func TestKiosk(t *testing.T) {
	s := newHall(t)
	kiosk := s.As(s.Users[access.CentreHead])
	page := kiosk.Get(s.path("/kiosk"))
	webtest.Shows(t, page, http.StatusOK, "З чим ви прийшли?", "Довідки &lt;i&gt;", "Земля", "Маю право поза чергою", "Опустити кнопки")
	form := url.Values{"press": {field(t, page, "press")}, "group": {s.group.String()}}
	first, again := kiosk.Post(s.path("/kiosk"), form), kiosk.Post(s.path("/kiosk"), form)
	if first.Code != http.StatusSeeOther || first.Header().Get("Location") != again.Header().Get("Location") || s.Count(`select count(*) from reception.tickets`) != 1 {
		t.Errorf("a double press: %d %v, %d %v", first.Code, first.Header(), again.Code, again.Header())
	}
	webtest.Shows(t, kiosk.Get(s.path("/kiosk?first=choose")), http.StatusOK, "Чому вас обслуговують поза чергою?", "Ветерани війни")
	chosen := kiosk.Get(s.path("/kiosk?low=1&first=" + s.reason.String()))
	webtest.Shows(t, chosen, http.StatusOK, "Поза чергою:", "kiosk--low", "Підняти кнопки")
	if got := field(t, chosen, "first"); got != s.reason.String() {
		t.Errorf("the reason is %s", got)
	}
	s.DB.Exec(`update reception.groups set retired = true where id = $1`, s.group)
	gone := url.Values{"press": {uuid.NewString()}, "group": {s.group.String()}}
	webtest.Shows(t, kiosk.Post(s.path("/kiosk"), gone), http.StatusConflict, "Цього вже не пропонують", "Земля")
	webtest.Shows(t, kiosk.Post(s.path("/kiosk"), url.Values{"press": {"x"}, "group": {"y"}}), http.StatusConflict, "Цього вже не пропонують")
	webtest.Shows(t, s.As(s.OtherUsers[access.CentreHead]).Get("/reception/"+s.OtherCentre.String()+"/kiosk"), http.StatusOK, "Талонів тут поки не видають")
}

// Outside its hours the kiosk gives no ticket and says when it does; a clerk may give one by hand.
func TestKioskKeepsToTheHours(t *testing.T) {
	s := newHall(t)
	kiosk, clerk := s.As(s.Users[access.CentreHead]), s.As(s.Users[access.Administrator])
	page := kiosk.Get(s.path("/kiosk"))
	webtest.Lacks(t, page, "не приймають", "не встигнемо")
	clerk.Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.window.String()}})
	webtest.Lacks(t, clerk.Get(s.path("/window")), "Термінал талонів зараз не видає")
	opens := func(from, to string) {
		s.DB.Exec(`update org.centres set schedule = (select jsonb_build_object('week', jsonb_agg(jsonb_build_object('weekday', d, 'opens', $2::text, 'closes', $3::text)))
			from generate_series(1, 7) d) where id = $1`, s.Centre, from, to)
	}
	opens("11:00", "12:20") // it is noon: somebody who waits for two others of ten minutes each may be late
	s.take(t, s.group, nil)
	s.take(t, s.group, nil)
	webtest.Shows(t, kiosk.Get(s.path("/kiosk")), http.StatusOK, "Можливо, сьогодні не встигнемо", "запишіться на інший день")
	webtest.Shows(t, kiosk.Get(s.take(t, s.group, nil)), http.StatusOK, "Можливо, сьогодні не встигнемо", "запишіться на інший день")
	webtest.Shows(t, kiosk.Get(s.path("")), http.StatusOK, "може не встигнути до закриття")
	opens("09:00", "12:00")
	shut := kiosk.Get(s.path("/kiosk?low=1"))
	webtest.Shows(t, shut, http.StatusOK, "Зараз не приймають.", "Талони видаватимуть: четвер, 19 листопада 2026", "з 09:00", "Я записаний")
	webtest.Lacks(t, shut, "Земля", "Маю право поза чергою")
	webtest.Shows(t, kiosk.Get(s.path("/kiosk?lang=en")), http.StatusOK, "We are closed now.", "Tickets are given again on Thursday")
	form := url.Values{"press": {field(t, page, "press")}, "group": {s.group.String()}}
	webtest.Shows(t, kiosk.Post(s.path("/kiosk"), form), http.StatusConflict, "О цій порі талонів не видають", "Зараз не приймають.")
	webtest.Shows(t, kiosk.Get(s.path("")), http.StatusOK, "Зараз не приймають.")
	opens("09:00", "12:10")
	webtest.Shows(t, kiosk.Post(s.path("/offer"), url.Values{"act": {"last"}, "last": {"багато"}, "version": {"1"}}), http.StatusUnprocessableEntity, "від 0 до 240", `value="багато"`, `href="#last"`)
	if w := kiosk.Post(s.path("/offer"), url.Values{"act": {"last"}, "last": {"15"}, "version": {"1"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("last ticket: %d %s", w.Code, w.Body)
	}
	webtest.Shows(t, kiosk.Get(s.path("/offer")), http.StatusOK, `name="last" type="text" value="15"`)
	webtest.Shows(t, kiosk.Get(s.path("/kiosk")), http.StatusOK, "Скоро зачиняємо, талонів на сьогодні вже не видаємо.")

	window := clerk.Get(s.path("/window"))
	webtest.Shows(t, window, http.StatusOK, "Термінал талонів зараз не видає", "Дати талон")
	give := url.Values{"act": {"give"}, "press": {field(t, window, "press")}, "group": {s.other.String()}, "first": {s.reason.String()}}
	w, again := clerk.Post(s.path("/window"), give), clerk.Post(s.path("/window"), give)
	if w.Code != http.StatusSeeOther || again.Code != http.StatusSeeOther || !strings.Contains(webtest.Told(t, w), "001") ||
		s.Count(`select count(*) from reception.tickets where group_id = $1 and priority_id = $2`, s.other, s.reason) != 1 {
		t.Errorf("by hand: %d %s", w.Code, w.Body)
	}
	give.Set("group", "")
	give.Set("press", uuid.NewString())
	webtest.Shows(t, clerk.Post(s.path("/window"), give), http.StatusUnprocessableEntity, "Виберіть, з чим прийшли", `href="#group"`)
	give.Set("group", s.reason.String())
	webtest.Shows(t, clerk.Post(s.path("/window"), give), http.StatusConflict, "Виберіть інше")
	kiosk.Post(s.path(""), url.Values{"act": {"close"}, "word.uk": {"Світла немає"}})
	closed := clerk.Get(s.path("/window"))
	webtest.Shows(t, closed, http.StatusOK, "Талонів не видають з 12:00. Людям сказано: Світла немає")
	webtest.Lacks(t, closed, `value="give"`, "Термінал талонів зараз не видає")
}

// Whoever has an appointment is received at its time: nobody tells them, or their clerk, that there may be none left today.
func TestWhoeverIsBookedIsNotTooLate(t *testing.T) {
	s := newHall(t)
	kiosk, clerk := s.As(s.Users[access.CentreHead]), s.As(s.Users[access.Administrator])
	s.DB.Exec(`update org.centres set schedule = (select jsonb_build_object('week', jsonb_agg(jsonb_build_object('weekday', d, 'opens', '11:00', 'closes', '12:20')))
		from generate_series(1, 7) d) where id = $1`, s.Centre)
	number := s.book(t, clockOf(workdays.DateOf(webtest.Now()), 12).Add(10*time.Minute))
	clerk.Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.window.String()}})
	s.take(t, s.group, nil)
	s.press(t, clerk, "next")
	came := kiosk.Post(s.path("/kiosk/booked"), url.Values{"number": {number}})
	ticket, hall := kiosk.Get(came.Header().Get("Location")), kiosk.Get(s.path(""))
	webtest.Shows(t, ticket, http.StatusOK, "За записом на 12:10", "дев’ять із десяти")
	webtest.Lacks(t, ticket, "не встигнемо")
	webtest.Shows(t, hall, http.StatusOK, "з десяти дев’ять")
	webtest.Lacks(t, hall, "може не встигнути")
	webtest.Shows(t, kiosk.Get(s.take(t, s.group, nil)), http.StatusOK, "не встигнемо") // whoever came without one
}

// A kiosk that stands open is renewed by its parts, so all that the hours change is in one of them.
func TestAKioskIsRenewedWhole(t *testing.T) {
	s := newHall(t)
	page := s.As(s.Users[access.CentreHead]).Get(s.path("/kiosk")).Body.String()
	part := func(name string) string {
		found := regexp.MustCompile(`(?s)<(div|footer)[^>]* data-reception-part="` + name + `">(.*?)</(div|footer)>`).FindStringSubmatch(page)
		if found == nil || found[1] != found[3] {
			t.Fatalf("no part %s: %s", name, page)
		}
		return found[2]
	}
	if head := part("head"); !strings.Contains(head, `<h1 class="kiosk__title">З чим ви прийшли?</h1>`) {
		t.Errorf("head: %s", head)
	}
	if foot := part("foot"); !strings.Contains(foot, "Маю право поза чергою") || !strings.Contains(foot, "Я записаний") {
		t.Errorf("foot: %s", foot)
	}
}
