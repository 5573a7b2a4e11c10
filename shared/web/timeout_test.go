package web_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/shared/web"
)

// The clock of these tests is synctest's: an hour passes at once and nothing depends on the machine.

func TestRequestThatTakesTooLongIsUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, func(o *web.Options) { o.Timeout = time.Second })
		site.GET(site.Engine(), "/slow", func(c *gin.Context) error {
			<-c.Request.Context().Done()
			return c.Request.Context().Err()
		})
		if w := do(site.Engine(), http.MethodGet, "/slow", nil, nil); w.Code != http.StatusServiceUnavailable {
			t.Errorf("status %d", w.Code)
		}
	})
}

func TestRequestMayAskForMoreTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, func(o *web.Options) { o.Timeout = time.Second })
		site.GET(site.Engine(), "/long", func(c *gin.Context) error {
			web.Extend(c, time.Hour)
			<-time.After(59 * time.Minute)
			if err := c.Request.Context().Err(); err != nil {
				return err
			}
			<-time.After(2 * time.Minute)
			return c.Request.Context().Err()
		})
		start := time.Now()
		w := do(site.Engine(), http.MethodGet, "/long", nil, nil)
		if w.Code != http.StatusServiceUnavailable || time.Since(start) != 61*time.Minute {
			t.Errorf("status %d after %s", w.Code, time.Since(start))
		}
	})
}
