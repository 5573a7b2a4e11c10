// Package users is the area of accounts and their roles. It may import shared, internal/access,
// internal/org and the packages beside it; it knows no SQL.
package users

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

// Deps is what the area needs.
type Deps struct {
	Users *access.Store
	Orgs  *org.Store
}

type handlers struct {
	site *web.Site
	Deps
}

// Register adds the area's pages.
func Register(site *web.Site, r gin.IRouter, d Deps) {
	h := handlers{site, d}
	g := r.Group("/users", session.Require(site, access.ViewUsers))
	m := r.Group("/users", session.Require(site, access.ManageUsers))
	site.GET(g, "", h.list)
	site.GET(m, "/new", h.add)
	site.POST(m, "/new", h.addPost)
	site.GET(g, "/:id", h.show)
	site.POST(m, "/:id/block", h.block(true))
	site.POST(m, "/:id/unblock", h.block(false))
	site.POST(m, "/:id/password", h.password)
	site.POST(m, "/:id/grant", h.grant)
	site.POST(m, "/:id/revoke", h.revoke)
}
