package situations_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/situations"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// register is the site with one situation whose first step an import has numbered.
type register struct {
	*webtest.Site
	id, service, other uuid.UUID
}

func newRegister(t *testing.T) *register {
	t.Helper()
	r := &register{id: uuid.New(), service: uuid.New(), other: uuid.New()}
	r.Site = webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{situations.Area(situations.Deps{Situations: catalogue.NewSituations(d.Pool).At(webtest.Now), PublicURL: "https://public.example"})}
	})
	r.DB.Exec(`insert into catalogue.life_situations (id, code, name) values ($1, 'born', 'Народилася <b>')`, r.id)
	r.DB.Exec(`insert into catalogue.services (id, code, name) values ($1, 'one', 'Послуга <i>'), ($2, 'two', 'Друга пошукова')`, r.service, r.other)
	r.DB.Exec(`insert into catalogue.service_situations (service_id, situation_id, step, note) values ($1, $2, 1, 'Спершу це')`, r.service, r.id)
	return r
}

func (r *register) path() string { return "/situations/" + r.id.String() }

// typed is a step that may be saved at the version.
func (r *register) typed(version string) url.Values {
	return url.Values{
		"version": {version}, "heading.uk": {"Зареєструйте <u>"}, "text.uk": {"Візьміть довідку"}, "services": {r.service.String()},
		"term": {"within"}, "count": {"1"}, "unit": {"months"}, "law.uk": {"ст. 13"}, "do": {"save"},
	}
}

func TestRoutes(t *testing.T) {
	r := newRegister(t)
	webtest.Walk(t, r.Site, strings.NewReplacer(":id", r.id.String(), ":step", "1").Replace, nil)
}

func TestAddAndOrder(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	webtest.Shows(t, manager.Post("/situations/new", url.Values{"name.en": {"Moving <b>"}}), http.StatusUnprocessableEntity, `href="#name.uk"`, "Moving &lt;b&gt;")
	w := manager.Post("/situations/new", url.Values{"name.uk": {"Аа переїзд"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, manager.Get(w.Header().Get("Location")), http.StatusOK, "Аа переїзд", "приховано", "Кроків ще немає")
	page := manager.Get("/situations").Body.String()
	if born, moved := strings.Index(page, "Народилася"), strings.Index(page, "Аа переїзд"); born < 0 || moved < born {
		t.Errorf("a new one does not stand last: %d %d", born, moved)
	}
	last := strings.TrimPrefix(w.Header().Get("Location"), "/situations/")
	if w := manager.Post("/situations", url.Values{"id": {last}, "do": {"up"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := r.Count(`select position from catalogue.life_situations where name = 'Аа переїзд'`) - r.Count(`select max(position) from catalogue.life_situations`); n >= 0 {
		t.Error("it did not move up")
	}
}

func TestStep(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	step := r.path() + "/steps/1"
	webtest.Shows(t, manager.Get(r.path()), http.StatusOK, "Крок без заголовка", "Послуга &lt;i&gt;", "Спершу це", "https://public.example/life-situations/born")
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
	if w := manager.Post(r.path(), url.Values{"version": {"2"}, "step": {"2"}, "do": {"up"}}); w.Code != http.StatusConflict {
		t.Errorf("a stale move: %d", w.Code)
	}
	if w := manager.Post(r.path(), url.Values{"version": {"3"}, "step": {"2"}, "do": {"up"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, manager.Get(step+"/remove"), http.StatusOK, "Порада")
	if w := manager.Post(step+"/remove", url.Values{"version": {"4"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := r.Count(`select count(*) from catalogue.situation_steps where number = 1 and heading = 'Зареєструйте <u>'`); n != 1 {
		t.Error("what was left is not the first step")
	}
}

func TestEditMeetsAnother(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	first := url.Values{"version": {"1"}, "name.uk": {"Народження"}, "published": {"true"}}
	if w := manager.Post(r.path()+"/edit", first); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	first.Set("name.uk", "Дитина")
	webtest.Shows(t, manager.Post(r.path()+"/edit", first), http.StatusConflict, "Народження", "Дитина", `name="pick:name.uk"`)
}
