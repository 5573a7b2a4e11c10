// Package intake is the staff queue of submissions that did not become cases: the list, and one entry with what is
// known of it and what can be done. It may import internal/intake, web/request, web/session and shared.
package intake

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

// Deps is what the pages need.
type Deps struct {
	Queue *intake.Queue
}

type handlers struct {
	site *web.Site
	Deps
}

// Register adds the pages; r is for people who have signed in.
func Register(site *web.Site, r gin.IRouter, d Deps) {
	h := handlers{site, d}
	g := r.Group("/intake", session.Require(site, intake.Handle))
	site.GET(g, "", h.list)
	site.GET(g, "/:id", h.show)
	site.POST(g, "/:id", h.decide)
}
