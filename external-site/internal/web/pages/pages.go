// Package pages is what stands beside the catalogue: the state of the portal, where to complain, accessibility, privacy,
// and what search engines ask for. It may import the reading domains and shared.
package pages

import (
	"embed"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the pages need.
type Deps struct {
	Replica   replica.Source
	Freshness *freshness.Watch
	Appeals   appeals
	Switches  area.Switches
	BaseURL   string
	// SecurityContact is a mailto: or https: address for whoever finds that the site is not safe; may be empty.
	SecurityContact string
	// NoOffline says that browsers keep no cards for reading without a line, and forget those that they have.
	NoOffline bool
	// SitemapSize is how many addresses stand in one file of the site map; as many as may when zero.
	SitemapSize int
	Others      []area.Area // what the site map and robots.txt speak of, beside this one
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the pages beside the catalogue.
func Area(d Deps) area.Area {
	a := area.Area{
		Name: "pages", Files: files, Hidden: []string{offlinePath}, Sitemap: area.Always("/complaints", "/accessibility", "/privacy"),
		Footer: []area.Link{
			{Order: 5, Href: "/complaints", Key: "nav.complaints"},
			{Order: 10, Href: "/status", Key: "nav.status"},
			{Order: 20, Href: "/accessibility", Key: "nav.accessibility"},
			{Order: 30, Href: "/privacy", Key: "nav.privacy"},
		},
	}
	d.Others = append(slices.Clone(d.Others), a)
	a.Routes = func(site *web.Site) []area.Route {
		h := &handlers{site, d}
		return append(iconRoutes(),
			area.GET("/manifest.webmanifest", h.manifest),
			area.GET("/.well-known/security.txt", h.securityTxt),
			area.GET("/status", h.status).InEnglish(),
			area.Shared("/complaints", h.complaints),
			area.Shared("/accessibility", h.words("pages/accessibility", "pages.accessibility.title")),
			area.Shared("/privacy", h.words("pages/privacy", "pages.privacy.title")),
			area.Shared(offlinePath, h.words("pages/offline", "pages.offline.title")),
			area.GET("/sw.js", h.serviceWorker),
			area.GET("/robots.txt", h.robots),
			area.GET("/sitemap.xml", h.sitemap),
			area.GET("/sitemap/:part", h.sitemapPart),
		)
	}
	return a
}

type wordsPage struct {
	web.Page
	Meta meta.Meta
}

// words is a page that holds nothing but words.
func (h *handlers) words(name, titleKey string) web.Handler {
	return func(c *gin.Context) error {
		printer := h.site.Printer(c)
		p := &wordsPage{Meta: meta.New(printer.T(titleKey), "", web.Canonical(c, h.BaseURL, web.Path(c)))}
		p.Breadcrumbs = meta.Trail(printer, meta.Here(printer.T(titleKey)))
		return h.site.Render(c, http.StatusOK, name, p)
	}
}
