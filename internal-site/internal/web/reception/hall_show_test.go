package reception_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestHallOfTheHead(t *testing.T) {
	s := newHall(t)
	head, clerk := s.As(s.Users[access.CentreHead]), s.As(s.Users[access.Administrator])
	s.take(t, s.group, nil)
	s.take(t, s.other, url.Values{"first": {s.reason.String()}})
	webtest.Shows(t, head.Get(s.path("")), http.StatusOK, "А\u00a0001", "Б\u00a0001", "Ветерани війни", "Довідки &lt;i&gt;", "Після 3 поспіль", "Припинити видачу талонів")
	webtest.Lacks(t, clerk.Get(s.path("")), "Припинити видачу талонів", "Налаштування зали")
	if w := clerk.Post(s.path("/window"), url.Values{"act": {"sit"}, "window": {s.second.String()}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	webtest.Shows(t, head.Get(s.path("")), http.StatusOK, s.Users[access.Administrator].Name, "Звільнити вікно")
	if w := head.Post(s.path(""), url.Values{"act": {"release"}, "window": {s.second.String()}}); w.Code != http.StatusSeeOther || webtest.Told(t, w) == "" {
		t.Errorf("released: %d", w.Code)
	}
	webtest.Lacks(t, head.Get(s.path("")), s.Users[access.Administrator].Name)
}

func TestClosingTheIntake(t *testing.T) {
	s := newHall(t)
	head := s.As(s.Users[access.CentreHead])
	webtest.Shows(t, head.Post(s.path(""), url.Values{"act": {"close"}}), http.StatusUnprocessableEntity, "Напишіть, що сказати людям", `href="#word.uk"`)
	if w := head.Post(s.path(""), url.Values{"act": {"close"}, "word.uk": {"На сьогодні <b>все</b>"}, "word.en": {"No more today"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("closed: %d", w.Code)
	}
	for _, page := range []string{"/kiosk", "/board", ""} {
		webtest.Shows(t, head.Get(s.path(page)), http.StatusOK, "На сьогодні &lt;b&gt;все&lt;/b&gt;")
		webtest.Shows(t, head.Get(s.path(page)+"?lang=en"), http.StatusOK, "No more today")
	}
	webtest.Shows(t, head.Get(s.path("/kiosk")), http.StatusOK, ">Талонів зараз не видаємо</h1>")
	webtest.Lacks(t, head.Get(s.path("/kiosk")), "kiosk__letter", "З чим ви прийшли?")
	webtest.Shows(t, head.Post(s.path("/kiosk"), url.Values{"press": {s.group.String()}, "group": {s.group.String()}}), http.StatusConflict, "Талони зараз не видають")
	if w := head.Post(s.path(""), url.Values{"act": {"open"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("opened: %d", w.Code)
	}
	webtest.Shows(t, head.Get(s.path("/kiosk")), http.StatusOK, "kiosk__letter")
	if n := s.Count(`select count(*) from audit.events where action in ('reception.intake.close', 'reception.intake.open')`); n != 2 {
		t.Errorf("%d in the trail", n)
	}
}
