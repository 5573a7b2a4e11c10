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

type authorityPage struct {
	web.Page
	Meta      meta.Meta
	Authority org.Authority
	Opening   cardview.Opening
	Hours     timetable
	Services  catalogue.List
	All       string
	Ask       bool // it takes questions through the site
}

func (h *handlers) authority(c *gin.Context) error {
	p := &authorityPage{}
	ctx, now, printer := c.Request.Context(), h.site.Now(), h.site.Printer(c)
	switches, err := h.Switches(ctx)
	if err != nil {
		return err
	}
	err = h.Replica.At(ctx, func(v replica.View) (err error) {
		if p.Authority, err = v.Org.Authority(ctx, address.Code(c.Param("code"))); err != nil {
			return err
		}
		p.Services, err = v.Catalogue.List(ctx, catalogue.Filter{Authority: p.Authority.Code}, catalogue.Today(now))
		return err
	})
	if err != nil {
		return err
	}
	p.Ask = switches.OnAt(contract.ModuleQuestions, p.Authority.ID)
	p.Opening = cardview.OpenNow(printer, p.Authority.Schedule, now)
	p.Hours = newTimetable(printer, p.Authority.Schedule, now)
	p.All = "/services?authority=" + url.QueryEscape(p.Authority.Code)
	p.Meta = meta.New(printer.Value(p.Authority.Name), printer.Value(p.Authority.Contacts.Address),
		h.BaseURL+"/authorities/"+p.Authority.Slug())
	p.Breadcrumbs = []ui.Link{
		{Href: "/", Text: printer.T("common.home")}, {Href: "/authorities", Text: printer.T("authorities.title")},
	}
	return h.site.Render(c, http.StatusOK, "centres/authority", p)
}
