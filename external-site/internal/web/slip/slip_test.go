package slip_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/slip"
	"portal.example/shared/seal"
	"portal.example/shared/web"
)

// held is a page that gives the browser a slip and one that says what it holds.
func held(t *testing.T, code seal.Code) *areatest.Site {
	t.Helper()
	return areatest.New(t, area.Area{Name: "held", Path: "/track", Files: fstest.MapFS{}, Routes: func(site *web.Site) []area.Route {
		return []area.Route{
			area.GET("/put", func(c *gin.Context) error {
				number, _ := tracking.ParseNumber("01-2026-000123")
				return slip.Tracked.Put(site, c, slip.Slip{Number: number, Code: code})
			}),
			area.GET("/drop", func(c *gin.Context) error { slip.Tracked.Drop(site, c); return nil }),
			area.GET("/of", func(c *gin.Context) error {
				s, ok := slip.Tracked.Of(site, c)
				if ok && s.Code == code {
					c.String(http.StatusOK, s.Number.String())
				}
				return nil
			}),
		}
	}})
}

// A slip comes back as it was given, to the pages that need it and to no script, until it is dropped.
func TestASlipIsCarried(t *testing.T) {
	code, err := seal.NewCode(strings.NewReader(strings.Repeat("k3", 10)))
	if err != nil {
		t.Fatal(err)
	}
	s := held(t, code)
	if got := s.Get("/track/of").Body.String(); got != "" {
		t.Errorf("holds %q before", got)
	}
	for _, c := range s.Get("/track/put").Result().Cookies() { //nolint:bodyclose // a recorder's body
		if c.Path != "/track" || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || strings.Contains(c.Value, code.Reveal()[:9]) {
			t.Errorf("%+v", c)
		}
	}
	if got := s.Get("/track/of").Body.String(); got != "01-2026-000123" {
		t.Errorf("holds %q", got)
	}
	s.Get("/track/drop")
	if got := s.Get("/track/of").Body.String(); got != "" {
		t.Errorf("holds %q afterwards", got)
	}
}
