package centres

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/contract"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

type centrePage struct {
	web.Page
	Meta     meta.Meta
	Centre   org.Centre
	Opening  cardview.Opening
	Hours    timetable
	Map      string
	Services catalogue.List
	All      string // list of its services
	Ask      bool   // it takes questions through the site
}

func (h *handlers) centre(c *gin.Context) error {
	p := &centrePage{}
	ctx, now, printer := c.Request.Context(), h.site.Now(), h.site.Printer(c)
	switches, err := h.Switches(ctx)
	if err != nil {
		return err
	}
	err = h.Replica.At(ctx, func(v replica.View) (err error) {
		if p.Centre, err = v.Org.Centre(ctx, address.Code(c.Param("code"))); err != nil {
			return err
		}
		p.Services, err = v.Catalogue.List(ctx, catalogue.Filter{Centre: p.Centre.Code}, catalogue.Today(now))
		return err
	})
	if err != nil {
		return err
	}
	p.Ask = switches.OnAt(contract.ModuleQuestions, p.Centre.ID)
	p.Opening = cardview.OpenNow(printer, p.Centre.Schedule, now)
	p.Hours = newTimetable(printer, p.Centre.Schedule, now)
	p.Map = mapURL(p.Centre)
	p.All = "/services?centre=" + url.QueryEscape(p.Centre.Code)
	p.Meta = meta.New(printer.Value(p.Centre.Name), printer.Value(p.Centre.Contacts.Address), h.BaseURL+"/centres/"+p.Centre.Slug())
	p.Breadcrumbs = []ui.Link{
		{Href: "/", Text: printer.T("common.home")}, {Href: "/centres", Text: printer.T("centres.title")},
	}
	return h.site.Render(c, http.StatusOK, "centres/centre", p)
}
