package acts_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// The page of an act shows the newest editions, the list all of them.
func TestEditionList(t *testing.T) {
	l := newLibrary(t)
	for n := range 11 {
		l.edition(t, n+1, webtest.Now().AddDate(n-12, 0, 0), "Стаття")
	}
	page := l.manager().Get(l.path())
	webtest.Shows(t, page, http.StatusOK, "Усі редакції: 11", "18.11.2024")
	webtest.Lacks(t, page, "18.11.2014")
	webtest.Shows(t, l.manager().Get(l.path()+"/editions"), http.StatusOK, "18.11.2014", "18.11.2024")
}
