package services

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/search"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type situationPage struct {
	web.Page
	Meta       meta.Meta
	Situation  catalogue.Situation
	List       catalogue.List
	Items      []item
	Pagination ui.Pagination
	Filter     string
}

// situation shows what helps in a life situation.
func (h *handlers) situation(c *gin.Context) error {
	online, err := h.online(c)
	if err != nil {
		return err
	}
	in := readState(c)
	in.Situation = address.Code(c.Param("code"))
	day := catalogue.Today(h.site.Now())
	p := &situationPage{}
	err = h.Replica.At(c.Request.Context(), func(v replica.View) error {
		all, err := v.Catalogue.Situations(c.Request.Context())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(s catalogue.Situation) bool { return s.Code == in.Situation })
		if i < 0 {
			return fault.New(fault.NotFound, "")
		}
		p.Situation = all[i]
		p.List, err = v.Catalogue.List(c.Request.Context(), catalogue.Filter{Situation: in.Situation, Page: in.Page}, day)
		return err
	})
	if err != nil {
		return err
	}
	printer := h.site.Printer(c)
	address := "/life-situations/" + p.Situation.Slug()
	p.Items = h.items(c, search.Found{}, p.List.Items, online)
	p.Pagination = ui.Paginate(p.List.Page, p.List.Pages, pageOf(address))
	p.Filter = state{Situation: p.Situation.Code}.address()
	p.Meta = meta.New(printer.Value(p.Situation.Name), printer.Value(p.Situation.Description), h.BaseURL+address)
	p.Breadcrumbs = []ui.Link{{Href: "/", Text: printer.T("common.home")}, {Text: printer.Value(p.Situation.Name)}}
	return h.site.Render(c, http.StatusOK, "services/situation", p)
}

// pageOf makes the addresses of the pages of a list at the address.
func pageOf(address string) func(int) string {
	return func(n int) string {
		if n == 1 {
			return address
		}
		return address + "?page=" + strconv.Itoa(n)
	}
}
