package acts_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/webtest"
)

// All editions of an act, and all services that rest on it, have pages of their own, where there is the act.
func TestEditionsAndServicesOfAnAct(t *testing.T) {
	s := webtest.New(t)
	areatest.Contains(t, s.Page(subsidy+"/editions"), "01.01.2099", "01.01.2024", "21.10.1995")
	areatest.Contains(t, s.Page(subsidy+"/services"), `href="/services/00034"`)
	for _, path := range []string{"/acts/1/editions", "/acts/1/services", "/acts/00000000-0000-7000-8000-0000000000ff/services"} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
