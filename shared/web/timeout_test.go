package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/shared/web"
)

func TestRequestThatTakesTooLongIsUnavailable(t *testing.T) {
	site := newSite(t, func(o *web.Options) { o.Timeout = time.Millisecond })
	site.GET(site.Engine(), "/slow", func(c *gin.Context) error {
		<-c.Request.Context().Done()
		return c.Request.Context().Err()
	})
	site.GET(site.Engine(), "/extended", func(c *gin.Context) error {
		web.Extend(c, time.Hour)
		select {
		case <-c.Request.Context().Done():
			return c.Request.Context().Err()
		case <-time.After(20 * time.Millisecond):
			return web.Redirect(c, "/thing")
		}
	})
	if w := do(site.Engine(), http.MethodGet, "/slow", nil, nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("slow: %d", w.Code)
	}
	if w := do(site.Engine(), http.MethodGet, "/extended", nil, nil); w.Code != http.StatusSeeOther {
		t.Errorf("extended: %d", w.Code)
	}
}
