package elsewhere_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestList(t *testing.T) {
	r := newRegister(t)
	page := r.As(r.Users[access.RegionalManager]).Get("/elsewhere?review=due&q=картка")
	webtest.Shows(t, page, http.StatusOK, `href="`+r.path()+`"`, "Паспорт &lt;b&gt;", "не перевіряли", "час перевірити", "Знайдено 1 запис", `href="/elsewhere/new"`)
	if page := r.As(r.Users[access.Administrator]).Get("/elsewhere?review=later").Body.String(); strings.Contains(page, "<table") || strings.Contains(page, "/elsewhere/new") {
		t.Error("what is due is listed as not due, or whoever only looks is offered to add")
	}
}
