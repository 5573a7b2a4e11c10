package reception_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/workdays"
)

func TestPlan(t *testing.T) {
	s := newHall(t)
	head := s.As(s.Users[access.CentreHead])
	page := head.Get(s.path("/offer/plan"))
	webtest.Shows(t, page, http.StatusOK, "Прийом за записом", `name="ahead"`, `value="5"`, "не записують")
	plan := url.Values{"act": {"plan"}, "version": {field(t, page, "version")}, "ahead": {"91"}, "notice": {"x"}, "cancel": {"0"}, "share": {"50"}, "per_contact": {"2"}, "new": {"0"}, "between": {"-31"}}
	webtest.Shows(t, head.Post(s.path("/offer/plan"), plan), http.StatusUnprocessableEntity, "Зазначте число від 0 до 90", "Зазначте число від 0 до 10", "Зазначте число від 1 до 100", "Зазначте число від −30 до 30", `value="91"`)
	plan.Set("ahead", "1")
	plan.Set("notice", "10")
	plan.Set("new", "60")
	plan.Set("between", "−5")
	if w := head.Post(s.path("/offer/plan"), plan); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, head.Post(s.path("/offer/plan"), plan), http.StatusConflict, "Хтось щойно змінив")
	if n := s.Count(`select count(*) from reception.slots`); n == 0 {
		t.Error("no times are offered")
	}
	if n := s.Count(`select between_minutes from reception.halls where centre_id = $1`, s.Centre); n != -5 {
		t.Errorf("each further matter saves %d minutes", -n)
	}
	webtest.Shows(t, head.Get(s.path("/offer")), http.StatusOK, "на 1 день наперед")

	today := workdays.DateOf(webtest.Now()).Format(time.DateOnly)
	version := func() []string { return []string{field(t, head.Get(s.path("/offer/plan")), "version")} }
	away := url.Values{"act": {"absence"}, "version": version(), "first": {today}, "last": {"2020-01-01"}}
	webtest.Shows(t, head.Post(s.path("/offer/plan"), away), http.StatusUnprocessableEntity, "Останній день не може бути раніше")
	away.Set("last", workdays.DateOf(webtest.Now()).AddDate(0, 0, 5).Format(time.DateOnly))
	away.Set("window", s.window.String())
	away.Set("reason", "Відпустка <i>")
	if w := head.Post(s.path("/offer/plan"), away); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := s.Count(`select count(*) from reception.slots`); n != 0 {
		t.Errorf("%d times of a window that is absent", n)
	}
	page = head.Get(s.path("/offer/plan"))
	webtest.Shows(t, page, http.StatusOK, "Відпустка &lt;i&gt;")
	drop := url.Values{"act": {"drop"}, "version": version(), "absence": {field(t, page, "absence")}}
	if w := head.Post(s.path("/offer/plan"), drop); w.Code != http.StatusSeeOther || s.Count(`select count(*) from reception.slots`) == 0 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, head.Get(s.path("/offer/windows/"+s.window.String())), http.StatusOK, "Кого приймає за записом", `value="`+s.group.String()+`" selected`)
}
