// Package organisations is the area of centres and authorities: lists, one organisation, its form. It may
// import shared, internal/org, internal/access and the packages beside it; it knows no SQL.
package organisations

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

// Deps is what the area needs.
type Deps struct {
	Orgs *org.Store
}

type handlers struct {
	site *web.Site
	Deps
}

// Register adds the area's pages, the same for both kinds of organisation.
func Register(site *web.Site, r gin.IRouter, d Deps) {
	h := handlers{site, d}
	g := r.Group("/organisations", session.Require(site, org.View))
	e := r.Group("/organisations", session.Require(site, org.Edit))
	site.GET(g, "", h.list)
	for _, kind := range []org.Kind{org.Centre, org.Authority} {
		site.GET(e, folder(kind)+"/new", h.add(kind))
		site.POST(e, folder(kind)+"/new", h.addPost(kind))
		site.GET(g, folder(kind)+"/:id", h.show(kind))
		site.GET(e, folder(kind)+"/:id/edit", h.edit(kind))
		site.POST(e, folder(kind)+"/:id/edit", h.editPost(kind))
	}
}

func folder(kind org.Kind) string {
	if kind == org.Centre {
		return "/centres"
	}
	return "/authorities"
}
