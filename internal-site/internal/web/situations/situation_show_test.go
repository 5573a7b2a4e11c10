package situations_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// The page of a situation shows its steps, and moves them; not by what somebody saw before another has changed them.
func TestStepsAreShownAndMoved(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	webtest.Shows(t, manager.Get(r.path()), http.StatusOK, "Крок без заголовка", "Послуга &lt;i&gt;", "Спершу це", "https://public.example/life-situations/born")
	if w := manager.Post(r.path()+"/steps/new", url.Values{"version": {"1"}, "heading.uk": {"Порада"}, "text.uk": {"Заспокойтеся"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := manager.Post(r.path(), url.Values{"version": {"1"}, "step": {"2"}, "do": {"up"}}); w.Code != http.StatusConflict {
		t.Errorf("a stale move: %d", w.Code)
	}
	if w := manager.Post(r.path(), url.Values{"version": {"2"}, "step": {"2"}, "do": {"up"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := r.Count(`select number from catalogue.situation_steps where heading = 'Порада'`); n != 1 {
		t.Errorf("it is step %d", n)
	}
}
