package services

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/search"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// sectionPage is the services of one category or one life situation.
type sectionPage struct {
	listPage
	Label       string // what kind of section it is; may be empty
	Name        locale.Text
	Description locale.Text
	Children    []catalogue.Category // its own sections
	Filter      string               // the same services where they can be filtered
	FilterText  string
	Trail       []catalogue.Ref // categories above it
}

// sectionReader finds a section by its code and says which services belong to it.
type sectionReader func(ctx context.Context, v replica.View, code string, p *sectionPage) (state, error)

// category shows the sections of a category and all services in it.
func (h *handlers) category(c *gin.Context) error {
	printer := h.site.Printer(c)
	return h.section(c, "/categories/", func(ctx context.Context, v replica.View, code string, p *sectionPage) (state, error) {
		all, err := v.Catalogue.Categories(ctx)
		if err != nil {
			return state{}, err
		}
		found, path, ok := catalogue.Find(all, code)
		if !ok {
			return state{}, fault.New(fault.NotFound, "")
		}
		p.Name, p.Children, p.Trail = found.Name, found.Children, path[:len(path)-1]
		p.FilterText = printer.T("services.filter_here")
		return state{Category: found.Code}, nil
	})
}

// section shows the section that read finds; its page is below path.
func (h *handlers) section(c *gin.Context, path string, read sectionReader) error {
	online, err := h.online(c)
	if err != nil {
		return err
	}
	ctx, printer, code := c.Request.Context(), h.site.Printer(c), address.Code(c.Param("code"))
	p := &sectionPage{}
	err = h.Replica.At(ctx, func(v replica.View) error {
		in, err := read(ctx, v, code, p)
		if err != nil {
			return err
		}
		p.Filter = in.address()
		filter := in.onPage(readState(c).Page).filter()
		filter.Lang = web.Lang(c)
		p.List, err = v.Catalogue.List(ctx, filter, catalogue.Today(h.site.Now()))
		return err
	})
	if err != nil {
		return err
	}
	self := path + address.Slug(code)
	h.fill(c, &p.listPage, search.Found{}, online, pageOf(self))
	description := printer.Value(p.Description)
	if description == "" {
		description = printer.T("common.services_count", p.List.Total)
	}
	p.Meta = meta.New(printer.Value(p.Name), description, web.Canonical(c, h.BaseURL, self))
	p.Breadcrumbs = meta.Trail(printer)
	for _, r := range p.Trail {
		p.Breadcrumbs = append(p.Breadcrumbs, meta.Named(printer, path+r.Slug(), r.Name))
	}
	p.Breadcrumbs = append(p.Breadcrumbs, meta.Named(printer, "", p.Name))
	p.Meta.Linked = meta.Of(meta.Page{Base: h.BaseURL, Lang: web.Lang(c), Trail: p.Breadcrumbs, Self: self, Title: printer.Value(p.Name)})
	return h.site.Render(c, http.StatusOK, "services/section", p)
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
