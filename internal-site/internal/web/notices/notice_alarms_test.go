package notices_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A head says who in their own place is told of terms, and goes back to what holds in the region; its manager sets that.
func TestAlarms(t *testing.T) {
	d := newDesk(t)
	head, manager := d.As(d.Users[access.CentreHead]), d.As(d.Users[access.RegionalManager])
	place := "centre-" + d.Centre.String()
	webtest.Shows(t, head.Get("/notices"), http.StatusOK, "/notices/alarms")
	webtest.Shows(t, head.Get("/notices/alarms"), http.StatusOK, "Зараз діє порядок, визначений для всього регіону", `name="place" value="`+place+`"`)
	form := url.Values{"place": {place}, "alarms.0.when": {"before"}, "alarms.0.days": {"2"}, "alarms.0.whom": {"executor"}, "alarms.1.when": {"on"}, "alarms.1.whom": {"head"}}
	if w := head.Post("/notices/alarms", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := d.Count(`select count(*) from notices.alarms where place = $1 and (days, whom) in ((-2, 'executor'), (0, 'head'))`, d.Centre); n != 2 {
		t.Errorf("%d alarms", n)
	}
	if w := head.Post("/notices/alarms", form); w.Code != http.StatusConflict {
		t.Errorf("a form that shows what is no more: %d", w.Code)
	}
	webtest.Shows(t, head.Get("/notices/alarms"), http.StatusOK, `name="edition" value="-2:executor,0:head"`, "Як для всього регіону")
	if w := head.Post("/notices/alarms", url.Values{"place": {place}, "edition": {"-2:executor,0:head"}, "do": {"reset"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, head.Get("/notices/alarms"), http.StatusOK, "Зараз діє порядок")
	webtest.Shows(t, manager.Get("/notices/alarms"), http.StatusOK, "Для всього регіону", `name="edition" value="-1:executor,0:head,3:manager"`)
	for _, of := range []string{"authority-" + d.Authority.String(), "region", "centre-" + d.OtherCentre.String(), "x"} {
		form.Set("place", of)
		if w := head.Post("/notices/alarms", form); w.Code != http.StatusNotFound {
			t.Errorf("the head of a centre sets alarms of %s: %d", of, w.Code)
		}
	}
}

func TestMistakesInAlarms(t *testing.T) {
	d := newDesk(t)
	head, place := d.As(d.Users[access.CentreHead]), "centre-"+d.Centre.String()
	for says, form := range map[string]url.Values{
		"Виберіть хоча б одне попередження": {},
		"Введіть, за скільки робочих днів":  {"alarms.0.when": {"after"}, "alarms.0.days": {"0"}, "alarms.0.whom": {"head"}},
		"щонайбільше 30 до останнього дня":  {"alarms.0.when": {"before"}, "alarms.0.days": {"31"}, "alarms.0.whom": {"head"}},
		"Виберіть, кого сповіщати":          {"alarms.0.when": {"on"}, "alarms.0.whom": {"nobody"}},
	} {
		form.Set("place", place)
		webtest.Shows(t, head.Post("/notices/alarms", form), http.StatusUnprocessableEntity, says)
	}
}
