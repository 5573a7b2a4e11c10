package situations_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A step is saved with what it is for; what is wrong or stale is said, and nothing typed is lost.
func TestStep(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	step := r.path() + "/steps/1"
	webtest.Shows(t, manager.Get(step), http.StatusOK, "Спершу це</textarea>", `value="none" checked`, `value="`+r.service.String()+`" checked`)
	wrong := r.typed("1")
	wrong.Set("count", "багато")
	webtest.Shows(t, manager.Post(step, wrong), http.StatusUnprocessableEntity, `href="#count"`, `value="багато"`, "Зареєструйте &lt;u&gt;")
	search := r.typed("1")
	search.Set("find", "ПОШУКОВА")
	search.Set("do", "find")
	webtest.Shows(t, manager.Post(step, search), http.StatusOK, `value="`+r.other.String()+`"`, `value="`+r.service.String()+`" checked`, "Зареєструйте &lt;u&gt;")
	search.Set("find", "немає такої")
	webtest.Shows(t, manager.Post(step, search), http.StatusOK, "Нічого не знайдено")
	if w := manager.Post(step, r.typed("1")); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, manager.Get(r.path()), http.StatusOK, "Зареєструйте &lt;u&gt;", "Не пізніше ніж через 1 місяць після події (ст. 13)")
	mine := r.typed("1")
	mine.Set("heading.uk", "Подайте")
	webtest.Shows(t, manager.Post(step, mine), http.StatusConflict, "Подайте", "Зареєструйте &lt;u&gt;", `name="pick:heading.uk"`)
	fresh := url.Values{"version": {"1"}, "heading.uk": {"Порада"}, "text.uk": {"Заспокойтеся"}}
	w := manager.Post(r.path()+"/steps/new", fresh)
	webtest.Shows(t, w, http.StatusConflict, "Заспокойтеся", `name="version" value="2"`)
	fresh.Set("version", "2")
	if w := manager.Post(r.path()+"/steps/new", fresh); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}
