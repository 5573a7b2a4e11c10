package pages

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/region"
	"portal.example/shared/web"
)

// appeals tells how decisions are appealed in this region.
type appeals interface {
	Appeals(ctx context.Context) (region.Appeals, error)
}

type complaintsPage struct {
	web.Page
	Meta    meta.Meta
	Appeals region.Appeals
}

// complaints says how to appeal a decision, where to complain and how to make an appointment. None of it can be done on the
// portal, and whoever looks for it must not search in vain.
func (h *handlers) complaints(c *gin.Context) error {
	how, err := h.Appeals.Appeals(c.Request.Context())
	if err != nil {
		return err
	}
	printer := h.site.Printer(c)
	title := printer.T("pages.complaints.title")
	p := &complaintsPage{Meta: meta.New(title, printer.T("pages.complaints.lead"), web.Canonical(c, h.BaseURL, web.Path(c))), Appeals: how}
	p.Breadcrumbs = meta.Trail(printer, meta.Here(title))
	return h.site.Render(c, http.StatusOK, "pages/complaints", p)
}
