package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// What somebody else changed is cured by looking and repeating. A refusal for another reason is not, and does not ask to.
func TestOnlyWhatRepeatingCuresAsksToRepeat(t *testing.T) {
	site := newSite(t, func(*web.Options) {})
	site.Engine().GET("/changed", site.Handle(func(*gin.Context) error { return fault.New(fault.Conflict, "") }))
	site.Engine().GET("/refused", site.Handle(func(*gin.Context) error { return fault.New(fault.Conflict, "thing.hint") }))
	for path, repeats := range map[string]bool{"/changed": true, "/refused": false} {
		w := do(site.Engine(), http.MethodGet, path, nil, nil)
		if w.Code != http.StatusConflict || strings.Contains(w.Body.String(), "повторіть") != repeats || strings.Contains(w.Body.String(), "Дані вже змінено") != repeats {
			t.Errorf("%s: %d, asks to repeat: %t", path, w.Code, !repeats)
		}
	}
}
