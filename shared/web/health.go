package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// Probe says whether something the site needs is there.
type Probe func(ctx context.Context) error

// Health adds GET /livez (the process answers) and GET /healthz (and so does everything it needs). The
// answer names what is down and not why: the reason is in the log.
func (s *Site) Health(probes map[string]Probe) {
	s.engine.GET("/livez", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	s.engine.GET("/healthz", func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
		defer cancel()
		status, answer := http.StatusOK, map[string]string{}
		for name, probe := range probes {
			answer[name] = "ok"
			if err := probe(ctx); err != nil {
				status, answer[name] = http.StatusServiceUnavailable, "down"
				s.opts.Log.ErrorContext(ctx, "health", "probe", name, "error", err)
			}
		}
		c.JSON(status, answer)
	})
}
