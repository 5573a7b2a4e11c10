package situations_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A step is removed once that was confirmed, and the others move up.
func TestRemove(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	step := r.path() + "/steps/1"
	if w := manager.Post(r.path()+"/steps/new", url.Values{"version": {"1"}, "heading.uk": {"Порада"}, "text.uk": {"Заспокойтеся"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, manager.Get(step+"/remove"), http.StatusOK, "Прибрати крок 1?", "Народилася &lt;b&gt;")
	if w := manager.Post(step+"/remove", url.Values{"version": {"2"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := r.Count(`select count(*) from catalogue.situation_steps where number = 1 and heading = 'Порада'`); n != 1 {
		t.Error("what was left is not the first step")
	}
}
