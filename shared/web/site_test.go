package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

var words = fstest.MapFS{
	"uk.yaml": {Data: []byte("site: {name: Портал послуг}\nthing:\n  title: Назва послуги\n  hint: Як у рішенні\n  required: Введіть назву\n  saved: Збережено\n")},
	"en.yaml": {Data: []byte("site: {name: Service portal}\nthing:\n  title: Name of the service\n  hint: As in the decision\n  required: Enter the name\n  saved: Saved\n")},
}

var pages = fstest.MapFS{
	"thing/edit.gohtml": {Data: []byte(`{{define "title"}}{{t "thing.title"}}{{end}}
{{define "content"}}<h1 class="govuk-heading-l">{{template "title" .}}</h1>
<form method="post">{{input .Form "title" (t "thing.title") | withHint (t "thing.hint") | withClasses "govuk-input--width-20" | govukInput}}
{{govukButton (button (t "thing.saved"))}}</form>{{end}}`)},
	"thing/broken.gohtml": {Data: []byte(`{{define "title"}}x{{end}}{{define "content"}}before{{.Nothing}}{{end}}`)},
}

type editPage struct {
	web.Page
	Form *web.Form
}

// newSite builds a small site with one form and a few failures.
func newSite(t *testing.T, change func(*web.Options)) *web.Site {
	t.Helper()
	cat, err := locale.Load(ui.Words, web.Words, words)
	if err != nil {
		t.Fatal(err)
	}
	set, err := ui.LoadPages(cat, ui.Public, nil, web.Templates, pages)
	if err != nil {
		t.Fatal(err)
	}
	opts := web.Options{Catalogue: cat, Pages: set, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if change != nil {
		change(&opts)
	}
	site, err := web.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	r := site.Engine()
	site.GET(r, "/thing", func(c *gin.Context) error {
		return site.Render(c, http.StatusOK, "thing/edit", &editPage{Form: web.NewForm(nil)})
	})
	site.POST(r, "/thing", func(c *gin.Context) error {
		form, err := web.ParseForm(c)
		if err != nil {
			return err
		}
		form.Required("title", "thing.required")
		if !form.OK() {
			return site.Invalid(c, "thing/edit", form, &editPage{Form: form})
		}
		site.Flash(c, "thing.saved")
		return web.Redirect(c, "/thing")
	})
	site.GET(r, "/broken", func(c *gin.Context) error {
		return site.Render(c, http.StatusOK, "thing/broken", &editPage{})
	})
	site.GET(r, "/panic", func(*gin.Context) error { panic("boom") })
	site.GET(r, "/fail/:kind", func(c *gin.Context) error { return fault.New(fault.Kind(c.Param("kind")), "") })
	return site
}

func do(site http.Handler, method, target string, body url.Values, header http.Header) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body.Encode()))
	for k, v := range header {
		r.Header[k] = v
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

func TestInvalidFormKeepsWhatWasTypedAndLinksErrors(t *testing.T) {
	site := newSite(t, nil)
	w := do(site.Engine(), http.MethodPost, "/thing", url.Values{"title": {"   "}}, nil)
	if w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", w.Code)
	}
	for _, want := range []string{
		`<html lang="uk"`, "Помилка: Назва послуги – Портал послуг", `href="#title"`, `id="title-error"`, "Введіть назву",
		`aria-describedby="title-hint title-error"`, `id="main-content"`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %q in\n%s", want, w.Body)
		}
	}
}
