package reception_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestOffer(t *testing.T) {
	s := newHall(t)
	head := s.As(s.Users[access.CentreHead])
	page := head.Get(s.path("/offer"))
	webtest.Shows(t, page, http.StatusOK, "Довідки &lt;i&gt;", "Вікно 2", "Ветерани війни", `value="3"`)
	version := field(t, page, "version")
	webtest.Shows(t, head.Post(s.path("/offer"), url.Values{"act": {"in_row"}, "version": {version}, "in_row": {"0"}}), http.StatusUnprocessableEntity, "Зазначте від 1 до 20")
	if w := head.Post(s.path("/offer"), url.Values{"act": {"in_row"}, "version": {version}, "in_row": {"5"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, head.Post(s.path("/offer"), url.Values{"act": {"in_row"}, "version": {version}, "in_row": {"9"}}), http.StatusConflict, "Хтось щойно змінив")
	webtest.Shows(t, head.Get(s.path("/offer")), http.StatusOK, `value="5"`)
}

func TestRetiring(t *testing.T) {
	s := newHall(t)
	head := s.As(s.Users[access.CentreHead])
	version := field(t, head.Get(s.path("/offer")), "version")
	form := url.Values{"act": {"retire"}, "version": {version}, "kind": {"groups"}, "part": {s.group.String()}}
	webtest.Shows(t, head.Post(s.path("/offer"), form), http.StatusOK, "Прибрати: Довідки &lt;i&gt;?", "Видані талони залишаться чинними", `name="sure"`)
	form.Set("sure", "yes")
	if w := head.Post(s.path("/offer"), form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Lacks(t, head.Get(s.path("/offer")), "Довідки &lt;i&gt;")
	if w := head.Post(s.path("/offer"), url.Values{"act": {"retire"}, "version": {"1"}, "kind": {"people"}}); w.Code != http.StatusNotFound {
		t.Errorf("a kind that is none: %d", w.Code)
	}
}
