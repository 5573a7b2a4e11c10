package situations_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A new situation is hidden and has no steps; what is wrong with it is said, and nothing typed is lost.
func TestAdd(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	webtest.Shows(t, manager.Post("/situations/new", url.Values{"name.en": {"Moving <b>"}}), http.StatusUnprocessableEntity, `href="#name.uk"`, "Moving &lt;b&gt;")
	w := manager.Post("/situations/new", url.Values{"name.uk": {"Аа переїзд"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, manager.Get(w.Header().Get("Location")), http.StatusOK, "Аа переїзд", "приховано", "Кроків ще немає")
}

// Of two people who change a situation at once the second compares.
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
