package services

import (
	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/search"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// listPage is what every page with a list of services shows: how many there are, one page of them, and the way to the
// others.
type listPage struct {
	web.Page
	Meta       meta.Meta
	List       catalogue.List
	Items      []item
	Pagination ui.Pagination
}

// fill makes what the page shows of p.List; found is what a search found, and at makes the addresses of the pages.
func (h *handlers) fill(c *gin.Context, p *listPage, found search.Found, online bool, at func(page int) string) {
	p.Items = h.items(c, found, p.List.Items, online)
	p.Pagination = ui.Paginate(p.List.Page, p.List.Pages, at)
}
