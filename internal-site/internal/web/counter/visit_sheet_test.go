package counter_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

// The service's own form stands on the page, is kept while it is wrong, printed for the visitor's signature once it is right, and
// offered again to whoever comes with the same application.
func TestApplicationFormIsFilledInAtTheCounter(t *testing.T) {
	r := newReception(t)
	r.AddForm(r.Service)
	c := r.As(r.clerk)
	c.Post(r.path(), somebody("1", "services"))
	page := c.Get(r.path())
	webtest.Shows(t, page, http.StatusOK, "Для чого допомога", `name="answer.children"`, `data-portal-when="answer.purpose"`, "/counter/counter.js")
	webtest.Lacks(t, page, "Копія паспорта", "Відповіді взято зі справи")

	form := somebody("2", "application")
	form.Set("answer.children", "багато")
	w := c.Post(r.path(), form)
	webtest.Shows(t, w, http.StatusUnprocessableEntity, "багато", `href="#answer.purpose"`)
	if typed := r.visit(t).Content.Answers; len(typed["children"]) != 1 || typed["children"][0] != "багато" {
		t.Errorf("kept: %v", typed)
	}
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, `value="багато"`)

	for name, value := range map[string]string{"version": "3", "answer.children": "2", "answer.purpose": "other", "answer.purpose_other": "Навчання", "answer.truth": "true"} {
		form.Set(name, value)
	}
	w = c.Post(r.path(), form)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != r.path()+"/application" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, c.Get(r.path()+"/application"), http.StatusOK, "Заява", "Ґалаґан Марʼяна", "1234567899", "Навчання", "Підпис заявника")

	form.Set("version", "4")
	form.Set("do", "register")
	form.Set("doc.application", "original")
	form.Set("doc.passport", "shown")
	if w = c.Post(r.path(), form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, c.Get(r.path()+"/papers"), http.StatusOK, r.path()+"/application")
	webtest.Shows(t, c.Get(r.path()+"/application"), http.StatusOK, "справа 01-2026-000001", "Навчання")

	again, err := r.store.Begin(t.Context(), r.clerk, r.Centre)
	if err != nil {
		t.Fatal(err)
	}
	path := "/counter/" + again.String()
	c.Post(path, url.Values{"version": {"1"}, "do": {"find"}, "q": {"1234567899"}})
	c.Post(path, somebody("2", "services"))
	webtest.Shows(t, c.Get(path), http.StatusOK, "Відповіді взято зі справи 01-2026-000001", `value="Навчання"`)
}
