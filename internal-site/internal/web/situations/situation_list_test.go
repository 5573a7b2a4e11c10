package situations_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
)

// A new situation stands last, and is moved up.
func TestOrder(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	w := manager.Post("/situations/new", url.Values{"name.uk": {"Аа переїзд"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := manager.Get("/situations").Body.String()
	if born, moved := strings.Index(page, "Народилася"), strings.Index(page, "Аа переїзд"); born < 0 || moved < born {
		t.Errorf("a new one does not stand last: %d %d", born, moved)
	}
	last := strings.TrimPrefix(w.Header().Get("Location"), "/situations/")
	count := r.Count(`select count(*) from catalogue.life_situations`)
	up := url.Values{"id": {last}, "do": {"up"}, "place": {strconv.Itoa(count)}}
	for range 2 { // pressed twice
		if w := manager.Post("/situations", up); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if n := r.Count(`select count(*) from catalogue.life_situations where position > (select position from catalogue.life_situations where name = 'Аа переїзд')`); n != 1 {
		t.Errorf("%d stand below it", n)
	}
	up.Set("do", "down")
	if w := manager.Post("/situations", up); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "порядок змінили") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := manager.Post("/situations", url.Values{"id": {last}, "do": {"up"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a place: %d", w.Code)
	}
	if n := r.Count(`select position from catalogue.life_situations where name = 'Аа переїзд'`) - r.Count(`select max(position) from catalogue.life_situations`); n >= 0 {
		t.Error("it did not move up")
	}
}
