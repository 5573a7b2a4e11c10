package acts

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type editionListPage struct {
	web.Page
	Act      law.Act
	Editions []law.Edition
	List     ui.Listing
}

// editions shows all editions of an act, those that were taken back at the end.
func (h handlers) editions(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	form, err := request.ReadFilter(c, nil)
	if err != nil {
		return err
	}
	list, total, at, err := request.ReadPage(request.Page(form), listSize, func(n int) ([]law.Edition, int, error) {
		return h.Library.Editions(c.Request.Context(), session.Actor(c), a.ID, n, listSize)
	})
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	page := &editionListPage{Act: a, Editions: list, List: request.Listing(c, at, listSize, total)}
	page.Breadcrumbs = crumbs(p, a, p.T("acts.editions"))
	return h.site.Render(c, http.StatusOK, "acts/edition_list", page)
}
