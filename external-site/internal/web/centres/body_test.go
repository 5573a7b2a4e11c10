package centres_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
)

// What nobody has entered leaves no empty heading, no link to nowhere and no promise.
func TestACentreOfWhichLittleIsKnown(t *testing.T) {
	s := alone(t, areatest.AllOn)
	webtest.Contains(t, s.Page("/centres"), "ЦНАП без адреси", `href="/centres/7"`)
	page := s.Page("/centres/7")
	webtest.Contains(t, page, "ЦНАП без адреси", `href="/ask/centres/7"`)
	webtest.Lacks(t, page, "openstreetmap", "Зараз відчинено", "mailto:", "tel:", "<dl></dl>")
	webtest.Lacks(t, s.Page("/authorities"), "portal-result")
	if w := s.Get("/centres/8"); w.Code != http.StatusNotFound {
		t.Errorf("no such centre: %d", w.Code)
	}
}

func TestACentreThatTakesNoQuestions(t *testing.T) {
	webtest.Lacks(t, alone(t, areatest.Off(contract.ModuleQuestions)).Page("/centres/7"), "/ask/")
}
