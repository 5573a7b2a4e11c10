// Package services is the area of the catalogue: the list of services, one service, its own fields. It may
// import shared, internal/catalogue, internal/org, internal/access and the packages beside it; it knows no
// SQL.
package services

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

// Deps is what the area needs.
type Deps struct {
	Services  *catalogue.Store
	Orgs      *org.Store
	PublicURL string
}

type handlers struct {
	site *web.Site
	Deps
}

// Register adds the area's pages.
func Register(site *web.Site, r gin.IRouter, d Deps) {
	h := handlers{site, d}
	g := r.Group("/services", session.Require(site, catalogue.View))
	site.GET(g, "", h.list)
	site.GET(g, "/:id", h.show)
	e := r.Group("/services", session.Require(site, catalogue.EditService))
	site.GET(e, "/new", h.add)
	site.POST(e, "/new", h.addPost)
	site.GET(e, "/:id/edit", h.edit)
	site.POST(e, "/:id/edit", h.editPost)
}
