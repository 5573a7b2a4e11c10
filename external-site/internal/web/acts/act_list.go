package acts

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/law"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type listPage struct {
	web.Page
	Meta       meta.Meta
	Level      string // of which the list is; "": of all
	Levels     []string
	Acts       []law.Act
	Total      int
	Number     int // of the page
	Pagination ui.Pagination
}

// list shows the acts by the alphabet, with ?level= only those of a level.
func (h *handlers) list(c *gin.Context) (err error) {
	ctx, p := c.Request.Context(), &listPage{Levels: law.Levels, Number: pageOf(c)}
	if level := c.Query("level"); slices.Contains(law.Levels, level) {
		p.Level = level
	}
	if err := h.Replica.At(ctx, func(v replica.View) error {
		p.Acts, p.Total, err = v.Law.List(ctx, web.Lang(c), p.Level, p.Number, pageSize)
		return err
	}); err != nil {
		return err
	}
	self, sign := Path, "?page="
	if p.Level != "" {
		self, sign = Path+"?level="+p.Level, "&page="
	}
	at := numbered(self, sign)
	p.Pagination = paginate(p.Number, p.Total, at)
	printer := h.site.Printer(c)
	p.Meta = meta.New(printer.T("acts.title"), printer.T("acts.lead"), web.Canonical(c, h.BaseURL, at(p.Number)))
	p.Breadcrumbs = meta.Trail(printer, meta.Here(printer.T("acts.title")))
	return h.site.Render(c, http.StatusOK, "acts/act_list", p)
}
