package counter_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// Papers of a visit that has not ended lead back to it.
func TestPapersComeAfterRegistration(t *testing.T) {
	r := newReception(t)
	w := r.As(r.clerk).Get(r.path() + "/papers")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != r.path() {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	webtest.Lacks(t, w, "Опис прийнятих")
}
