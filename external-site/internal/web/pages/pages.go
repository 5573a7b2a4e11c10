// Package pages is what stands beside the catalogue: the state of the portal, accessibility, privacy, and what
// search engines ask for. It may import the reading domains and shared.
package pages

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Deps is what the pages need.
type Deps struct {
	Replica   *replica.Reader
	Freshness *freshness.Watch
	BaseURL   string
}

type handlers struct {
	site *web.Site
	Deps
}

// Register adds the pages.
func Register(site *web.Site, r gin.IRoutes, d Deps) {
	h := &handlers{site, d}
	site.GET(r, "/status", h.status)
	site.GET(r, "/accessibility", h.words("pages/accessibility", "pages.accessibility.title"))
	site.GET(r, "/privacy", h.words("pages/privacy", "pages.privacy.title"))
	site.GET(r, "/robots.txt", h.robots)
	site.GET(r, "/sitemap.xml", h.sitemap)
}

type wordsPage struct {
	web.Page
	Meta meta.Meta
}

// words is a page that holds nothing but words.
func (h *handlers) words(name, titleKey string) web.Handler {
	return func(c *gin.Context) error {
		printer := h.site.Printer(c)
		p := &wordsPage{Meta: meta.New(printer.T(titleKey), "", h.BaseURL+c.Request.URL.Path)}
		p.Breadcrumbs = []ui.Link{{Href: "/", Text: printer.T("common.home")}, {Text: printer.T(titleKey)}}
		return h.site.Render(c, http.StatusOK, name, p)
	}
}
