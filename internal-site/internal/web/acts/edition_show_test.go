package acts_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// What was wrong in an edition is put right by another that takes its place.
func TestAnEditionIsPutRight(t *testing.T) {
	l := newLibrary(t)
	old := l.edition(t, 1, webtest.Now().AddDate(-1, 0, 0), "Стаття з помилкою")
	path := l.path() + "/editions/" + old.String()
	webtest.Shows(t, l.manager().Get(path), http.StatusOK, "akt.pdf", "Стаття з помилкою", "/editions/new?instead="+old.String())
	if w := l.manager().Get(path + "/file"); w.Body.String() != string(pdf) {
		t.Errorf("the file: %d", w.Code)
	}
	webtest.Shows(t, l.manager().Get(l.path()+"/editions/new?instead="+old.String()), http.StatusOK, ">Стаття з помилкою</textarea>", `value="2025-11-18"`)
	w := l.manager().Multipart(l.path()+"/editions/new", url.Values{"version": {"2"}, "replaces": {old.String()}, "in_force": {"2025-11-18"}, "text": {"Стаття"}}, "", "", nil)
	webtest.Shows(t, goes(t, l.manager(), w), http.StatusOK, "прибрано", "чинна")
	webtest.Lacks(t, l.manager().Get(path), "instead=", path+"/withdraw")
	webtest.Shows(t, l.manager().Get(l.path()+"/editions/new?instead="+nobodys), http.StatusNotFound)
}

// nobodys is the id of nothing.
const nobodys = "00000000-0000-4000-8000-000000000000"
