package modules_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	work "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/webtest"
)

// A module that is off is in no menu and on no address, and nothing of it is lost.
func TestSwitchingOffAndOnAgain(t *testing.T) {
	s := newSite(t)
	kase := s.Register(work.Filing{})
	admin, clerk := s.As(s.Users[access.PortalAdministrator]), s.As(s.Users[access.Administrator])
	confirm := admin.Get("/modules/applications/switch?to=off").Body.String()
	for _, want := range []string{"Вимкнути модуль «Заяви та справи»?", "строки розгляду спливатимуть далі", "Дані не видаляються", `name="to" value="off"`} {
		if !strings.Contains(confirm, want) {
			t.Errorf("the page before switching off lacks %q", want)
		}
	}
	wordless := admin.Post("/modules/applications/switch", url.Values{"to": {"off"}})
	if wordless.Code != http.StatusUnprocessableEntity || !strings.Contains(wordless.Body.String(), `href="#reason"`) {
		t.Errorf("without a reason: %d", wordless.Code)
	}
	if w := clerk.Get("/cases/" + kase.ID.String()); w.Code != http.StatusOK {
		t.Fatalf("before: %d", w.Code)
	}
	if w := admin.Post("/modules/applications/switch", url.Values{"to": {"off"}, "reason": {"переїзд"}, "seen": {"0"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("switching off: %d %s", w.Code, w.Body)
	}
	for _, w := range []int{
		clerk.Get("/cases").Code, clerk.Get("/cases/" + kase.ID.String()).Code,
		clerk.Post("/cases/"+kase.ID.String()+"/act", url.Values{"act": {"take"}, "version": {"1"}}).Code,
	} {
		if w != http.StatusNotFound {
			t.Errorf("a page of the module: %d", w)
		}
	}
	first := clerk.Get("/")
	if page := first.Body.String(); first.Code != http.StatusOK || strings.Contains(page, `href="/cases`) {
		t.Errorf("the first page leads there still: %d", first.Code)
	}
	if page := admin.Get("/modules").Body.String(); !strings.Contains(page, "вимкнено") {
		t.Error("the list does not say what is off")
	}
	stale := admin.Post("/modules/applications/switch", url.Values{"to": {"on"}, "reason": {"готово"}, "seen": {"0"}})
	webtest.Shows(t, stale, http.StatusConflict, "Цей модуль щойно перемкнув хтось інший", "готово", `name="seen" value="1"`)
	if w := admin.Post("/modules/applications/switch", url.Values{"to": {"on"}, "seen": {"1"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("switching on: %d", w.Code)
	}
	again := admin.Post("/modules/applications/switch", url.Values{"to": {"on"}, "seen": {"2"}})
	if told := webtest.Told(t, again); again.Code != http.StatusSeeOther || !strings.Contains(told, "modules.on_already") {
		t.Errorf("switching on once more: %d, it says %q", again.Code, told)
	}
	if w := clerk.Get("/cases/" + kase.ID.String()); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), kase.Number) {
		t.Errorf("after: %d", w.Code)
	}
	if page := clerk.Get("/").Body.String(); !strings.Contains(page, `href="/cases"`) || !strings.Contains(page, `href="/cases?view=pool"`) {
		t.Error("the first page does not show the module again")
	}
}

func TestSwitchingForOneCentre(t *testing.T) {
	s := newSite(t)
	admin, clerk := s.As(s.Users[access.PortalAdministrator]), s.As(s.Users[access.Administrator])
	form := url.Values{"to": {"off"}, "reason": {"ремонт"}, "centre": {s.Centre.String()}, "seen": {"0"}}
	if page := admin.Get("/modules/applications/switch?to=off&centre=" + s.Centre.String()).Body.String(); !strings.Contains(page, "Лише для ЦНАП:") ||
		!strings.Contains(page, "ЦНАП Вишневої громади") {
		t.Error("the page before does not name the centre")
	}
	if w := admin.Post("/modules/applications/switch", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := admin.Get("/modules/applications").Body.String()
	if strings.Count(page, "вимкнено") != 1 {
		t.Errorf("%d centres without the module", strings.Count(page, "вимкнено"))
	}
	if !strings.Contains(admin.Get("/modules").Body.String(), "Вимкнено для 1 ЦНАП") {
		t.Error("the list does not count the centre")
	}
	if w := clerk.Get("/cases"); w.Code != http.StatusOK { // cases that are open are finished
		t.Errorf("cases of the centre: %d", w.Code)
	}
}

func TestWhatHasNoSwitch(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	for _, path := range []string{
		"/modules/toys", "/modules/toys/switch?to=off", "/modules/catalogue/switch?to=off", "/modules/applications/switch",
		"/modules/applications/switch?to=off&centre=" + s.Service.String(), "/modules/applications/switch?to=off&centre=x",
	} {
		if w := admin.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if page := admin.Get("/modules/catalogue").Body.String(); strings.Contains(page, "/switch") || !strings.Contains(page, "вимкнути його не можна") {
		t.Error("a core module offers a switch")
	}
}
