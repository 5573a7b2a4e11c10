package radatest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portal.example/shared/radatest"
)

// The stand-in sends whoever does not keep the rules to the pages for people, and an answer that is known already not again.
func TestTheStandInIsStrict(t *testing.T) {
	s := radatest.New(radatest.Act{Register: "254к/96-вр", Title: "Конституція", Adopted: "19960628", Editions: []radatest.Edition{{Day: "20200101", Text: "Стаття 1"}}})
	get := func(path, agent, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("User-Agent", agent)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	const card = "/laws/card/254%D0%BA/96-%D0%B2%D1%80.json"
	if w := get(card, "curl", ""); w.Code != http.StatusFound {
		t.Errorf("a stranger: %d", w.Code)
	}
	w := get(card, "OpenData", "")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"datred":20200101`) {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if again := get(card, "OpenData", w.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("again: %d %s", again.Code, again.Body)
	}
	if w := get("/laws/show/254%D0%BA/96-%D0%B2%D1%80/ed20200101.txt", "OpenData", ""); w.Body.String() != "Стаття 1" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, path := range []string{"/laws/show/254%D0%BA/96-%D0%B2%D1%80/ed20190101.txt", "/laws/card/1.json", "/laws/show/1.txt", "/"} {
		if w := get(path, "OpenData", ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
