package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// A refusal of the whole request shows what was typed, whether or not the form was read before it was refused.
func TestRefusedRequestKeepsWhatWasTyped(t *testing.T) {
	site := newSite(t, func(*web.Options) {})
	for path, kind := range map[string]fault.Kind{
		"/gone": fault.NotFound, "/forbidden": fault.Forbidden, "/changed": fault.Conflict,
		"/away": fault.Unavailable, "/broken": fault.Internal, "/often": fault.TooMany, "/wrong": fault.Invalid,
	} {
		site.POST(site.Engine(), path, func(*gin.Context) error { return fault.New(kind, "") })
		site.POST(site.Engine(), path+"/read", func(c *gin.Context) error {
			if _, err := web.ParseForm(c); err != nil {
				return err
			}
			return fault.New(kind, "")
		})
	}
	typed := url.Values{"answer": {" Так, <можна>\r\nПриходьте "}, "act": {"answer-it"}, "version": {"42"}, "password": {"моя таємниця"}}
	for path, status := range map[string]int{
		"/gone": 409, "/forbidden": 403, "/changed": 409, "/away": 503, "/broken": 500, "/often": 429, "/wrong": 422,
	} {
		for _, path := range []string{path, path + "/read"} {
			w := do(site.Engine(), http.MethodPost, path, typed, nil)
			body := w.Body.String()
			if w.Code != status || !strings.Contains(body, "Так, &lt;можна&gt;\nПриходьте</div>") {
				t.Errorf("%s: %d without what was typed", path, w.Code)
			}
			if strings.Contains(body, "таємниця") || strings.Contains(body, "answer-it") {
				t.Errorf("%s shows what nobody typed to be read", path)
			}
		}
	}
	words := url.Values{
		"note": {"declined"}, "email": {"olena@example.com"}, "passport": {"AB123456"}, "outcome": {"granted"}, "base": {"note=1a person=2b"}, "until": {"2026-11-28"},
	}
	body := do(site.Engine(), http.MethodPost, "/changed", words, nil).Body.String()
	for _, name := range []string{"note", "email", "passport"} {
		if !strings.Contains(body, words.Get(name)+"</div>") {
			t.Errorf("one word without a blank is lost: %s", words.Get(name))
		}
	}
	for _, name := range []string{"outcome", "base", "until"} {
		if strings.Contains(body, words.Get(name)) {
			t.Errorf("what nobody typed is shown: %s", words.Get(name))
		}
	}
	if w := do(site.Engine(), http.MethodPost, "/gone", url.Values{"act": {"take"}}, nil); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "Ваш текст") {
		t.Errorf("a button: %d", w.Code)
	}
	if w := do(site.Engine(), http.MethodPost, "/nowhere", typed, nil); w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "Приходьте") {
		t.Errorf("an address of nothing: %d", w.Code)
	}
}
