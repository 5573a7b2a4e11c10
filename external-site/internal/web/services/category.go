package services

import (
	"net/http"

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

type categoryPage struct {
	web.Page
	Meta       meta.Meta
	Category   catalogue.Category
	List       catalogue.List
	Items      []item
	Pagination ui.Pagination
	Filter     string // the same services where they can be filtered
}

// category shows the sections of a category and all services in it.
func (h *handlers) category(c *gin.Context) error {
	online, err := h.online(c)
	if err != nil {
		return err
	}
	in := readState(c)
	in.Category = address.Code(c.Param("code"))
	day := catalogue.Today(h.site.Now())
	p := &categoryPage{}
	var path []catalogue.Ref
	err = h.Replica.At(c.Request.Context(), func(v replica.View) error {
		all, err := v.Catalogue.Categories(c.Request.Context())
		if err != nil {
			return err
		}
		var ok bool
		if p.Category, path, ok = catalogue.Find(all, in.Category); !ok {
			return fault.New(fault.NotFound, "")
		}
		p.List, err = v.Catalogue.List(c.Request.Context(), catalogue.Filter{Category: in.Category, Page: in.Page}, day)
		return err
	})
	if err != nil {
		return err
	}
	printer := h.site.Printer(c)
	address := "/categories/" + p.Category.Slug()
	p.Items = h.items(c, search.Found{}, p.List.Items, online)
	p.Pagination = ui.Paginate(p.List.Page, p.List.Pages, pageOf(address))
	p.Filter = state{Category: p.Category.Code}.address()
	p.Meta = meta.New(printer.Value(p.Category.Name), printer.T("common.services_count", p.List.Total), h.BaseURL+address)
	p.Breadcrumbs = append(p.Breadcrumbs, ui.Link{Href: "/", Text: printer.T("common.home")})
	for _, r := range path[:len(path)-1] {
		p.Breadcrumbs = append(p.Breadcrumbs, ui.Link{Href: "/categories/" + r.Slug(), Text: printer.Value(r.Name)})
	}
	p.Breadcrumbs = append(p.Breadcrumbs, ui.Link{Text: printer.Value(p.Category.Name)})
	return h.site.Render(c, http.StatusOK, "services/category", p)
}
