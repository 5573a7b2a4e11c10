package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// A page that is everybody's is sent again only when it says something else: moments that pass do not count, and whoever the
// page may know something of gets it afresh and leaves no copy.
func TestPageThatSaysTheSameIsNotSentAgain(t *testing.T) {
	now := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	heard, title := now, "Картка"
	site := newSite(t, func(o *web.Options) {
		o.Decorate = func(_ *gin.Context, p *web.Page) {
			p.Address = "https://portal.example/card"
			p.Freshness = &ui.Freshness{HeardAt: heard, Now: now, Stale: now.Sub(heard) > time.Minute}
		}
	})
	page := func(c *gin.Context) error {
		form := web.NewForm(nil)
		form.Set("title", title)
		return site.Render(c, http.StatusOK, "thing/edit", &editPage{Form: form})
	}
	site.GET(site.Engine(), "/card", func(c *gin.Context) error { web.MayKeep(c); return page(c) })
	site.GET(site.Engine(), "/own", page)
	get := func(path string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Add(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		site.Engine().ServeHTTP(w, r)
		return w
	}
	first := get("/card")
	tag := first.Header().Get("ETag")
	if first.Code != http.StatusOK || tag == "" || first.Header().Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("%d, ETag %q, %q", first.Code, tag, first.Header().Get("Cache-Control"))
	}
	now, heard = now.Add(5*time.Minute), heard.Add(5*time.Minute)
	for name, headers := range map[string][]string{
		"the same version": {"If-None-Match", tag}, "compressed": {"If-None-Match", tag, "Accept-Encoding", "gzip"},
		"among others": {"If-None-Match", `"x", ` + strings.TrimPrefix(tag, "W/")}, "with the language": {"If-None-Match", tag, "Cookie", "lang=uk"},
	} {
		w := get("/card", headers...)
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") != tag || !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Cookie") {
			t.Errorf("%s: %d with %d bytes, Vary %q", name, w.Code, w.Body.Len(), w.Header().Values("Vary"))
		}
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"in English":              get("/card", "If-None-Match", tag, "Cookie", "lang=en"),
		"in a browser's language": get("/card", "If-None-Match", tag, "Accept-Language", "en"),
		"another version":         get("/card", "If-None-Match", `W/"0"`),
		"a page of one person":    get("/own", "If-None-Match", tag),
		"a reader with a cookie":  get("/card", "If-None-Match", tag, "Cookie", "lang=uk; begun=x"),
		"the language is chosen":  get("/card?lang=uk", "If-None-Match", tag),
	} {
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: %d", name, w.Code)
		}
		kept := w.Header().Get("Cache-Control") == "private, no-cache"
		if personal := strings.HasPrefix(name, "a ") || strings.HasPrefix(name, "the "); kept == personal || kept != (w.Header().Get("ETag") != "") {
			t.Errorf("%s: %q, ETag %q", name, w.Header().Get("Cache-Control"), w.Header().Get("ETag"))
		}
	}
	now = now.Add(2 * time.Minute) // nothing was heard since
	if w := get("/card", "If-None-Match", tag); w.Code != http.StatusOK {
		t.Errorf("when the link is down the reader is not told: %d", w.Code)
	}
	now, title = now.Add(-2*time.Minute), "Інша картка"
	if w := get("/card", "If-None-Match", tag); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), title) {
		t.Errorf("a change is not shown: %d", w.Code)
	}
}
