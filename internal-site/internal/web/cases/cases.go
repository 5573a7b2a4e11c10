// Package cases is the area of cases: the list and one case with everything that staff do with it. It may
// import shared, internal/cases, internal/documents, internal/org, internal/access and the packages beside
// it; it knows no SQL.
package cases

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

// Deps is what the area needs.
type Deps struct {
	Cases *cases.Store
	Orgs  *org.Store
	Vault *documents.Vault
}

type handlers struct {
	site *web.Site
	Deps
}

// Register adds the area's pages.
func Register(site *web.Site, r gin.IRouter, d Deps) {
	h := handlers{site, d}
	g := r.Group("/cases", session.Require(site, cases.View))
	site.GET(g, "", h.list)
	site.GET(g, "/:id", h.show)
	site.POST(r.Group("/cases", session.Require(site, cases.WorkOn)), "/:id/act", h.act)
	site.POST(r.Group("/cases", session.Require(site, cases.UploadResult)), "/:id/result", h.upload)
	site.GET(g, "/:id/files/:file", h.file)
}
