// Package home is the first page: search, the fields of services, life situations, kinds of applicants and the
// centres that are open now. It may import the reading domains and shared.
package home

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// Deps is what the page needs.
type Deps struct {
	Replica *replica.Reader
	BaseURL string
}

type handlers struct {
	site *web.Site
	Deps
}

// Register adds the page.
func Register(site *web.Site, r gin.IRoutes, d Deps) {
	h := &handlers{site, d}
	site.GET(r, "/", h.home)
}

type homePage struct {
	web.Page
	Meta       meta.Meta
	Total      int
	Categories []catalogue.Category
	Situations []catalogue.Situation
	Applicants []catalogue.Applicant
	Centres    []openCentre
	AllCentres int
}

type openCentre struct {
	org.Centre
	Opening cardview.Opening
}

func (h *handlers) home(c *gin.Context) error {
	p := &homePage{Applicants: catalogue.Applicants}
	var centres []org.Centre
	err := h.Replica.At(c.Request.Context(), func(v replica.View) (err error) {
		ctx := c.Request.Context()
		if p.Total, err = v.Catalogue.Count(ctx); err != nil {
			return err
		}
		if p.Categories, err = v.Catalogue.Categories(ctx); err != nil {
			return err
		}
		if p.Situations, err = v.Catalogue.Situations(ctx); err != nil {
			return err
		}
		centres, err = v.Org.Centres(ctx)
		return err
	})
	if err != nil {
		return err
	}
	p.AllCentres = len(centres)
	now, printer := h.site.Now(), h.site.Printer(c)
	for _, centre := range org.OpenNow(centres, now) {
		p.Centres = append(p.Centres, openCentre{centre, cardview.OpenNow(printer, centre.Schedule, now)})
	}
	p.Meta = meta.New(printer.T("site.name"), printer.T("home.lead"), h.BaseURL+"/")
	return h.site.Render(c, http.StatusOK, "home/home", p)
}
