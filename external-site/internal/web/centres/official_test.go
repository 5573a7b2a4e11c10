package centres_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
)

// The page of an official says who that is, when people are received and where to write, while letters are taken.
func TestAnOfficial(t *testing.T) {
	key := contract.Person{Name: director}.Key()
	s := alone(t, areatest.AllOn)
	webtest.Contains(t, s.Page("/centres/9"), `href="/centres/9/officials/`+key+`"`)
	page := s.Page("/centres/9/officials/" + key)
	webtest.Contains(t, page, "Яворенко Іван &lt;b&gt;", "Директор", "вівторок, 9:00–12:00", `href="tel:+380440000007"`, `href="/ask/letter/centres/9/`+key+`"`, "ЦНАП з директором")
	webtest.Contains(t, s.PageIn("/centres/9/officials/"+key, "en"), "Yavorenko Ivan")
	if w := s.Get("/centres/9/officials/nobody"); w.Code != http.StatusNotFound {
		t.Errorf("nobody: %d", w.Code)
	}
	webtest.Lacks(t, alone(t, areatest.Off(contract.ModuleQuestions)).Page("/centres/9/officials/"+key), "/ask/")
}
