package pages_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/pages"
	"portal.example/external-site/internal/web/webtest"
)

// The script that keeps cards in the browser knows which addresses are about one person, and is asked for at every visit.
func TestTheScriptThatKeepsCardsLeavesOutWhatIsPersonal(t *testing.T) {
	w := webtest.New(t).Get("/sw.js")
	if got := w.Header().Get("Cache-Control"); w.Code != http.StatusOK || got != "no-cache" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") {
		t.Fatalf("%d, %s, %s", w.Code, got, w.Header().Get("Content-Type"))
	}
	line, _, _ := strings.Cut(w.Body.String(), "\n")
	var settings struct {
		Personal []string
		Offline  string
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "self.settings = ")), &settings); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/apply/", "/ask/", "/cabinet", "/check/", "/track"} {
		if !slices.ContainsFunc(settings.Personal, func(p string) bool { return strings.HasPrefix(path, strings.TrimSuffix(p, "/")) && p != "/" }) {
			t.Errorf("%s is not among %v", path, settings.Personal)
		}
	}
	if slices.ContainsFunc(settings.Personal, func(p string) bool { return strings.HasPrefix("/services/00034", p) }) || settings.Offline != "/offline" {
		t.Errorf("%+v", settings)
	}
}

func TestNothingIsKeptWhereTheInstallationHasSwitchedThatOff(t *testing.T) {
	s := areatest.New(t, pages.Area(pages.Deps{Switches: areatest.AllOn, NoOffline: true, Others: []area.Area{}}))
	areatest.Contains(t, s.Get("/sw.js").Body.String(), "caches.delete", "unregister")
	areatest.Lacks(t, s.Get("/sw.js").Body.String(), "addEventListener('fetch'")
}
