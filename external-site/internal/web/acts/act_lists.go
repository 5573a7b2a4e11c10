package acts

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/law"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// beside is a list that belongs to an act.
type beside struct {
	web.Page
	Meta       meta.Meta
	Act        law.Act
	Editions   []law.Edition
	Services   []law.Service
	Number     int // of the page
	Pagination ui.Pagination
}

// editions lists all editions of an act.
func (h *handlers) editions(c *gin.Context) error {
	return h.beside(c, "editions", "acts/edition_list", func(ctx context.Context, v replica.View, p *beside) (total int, err error) {
		p.Editions, total, err = v.Law.AllEditions(ctx, p.Act.ID, p.Number, pageSize)
		return total, err
	})
}

// services lists all services that rest on an act.
func (h *handlers) services(c *gin.Context) error {
	return h.beside(c, "services", "acts/act_services", func(ctx context.Context, v replica.View, p *beside) (total int, err error) {
		p.Services, total, err = v.Law.Services(ctx, p.Act.ID, catalogue.Today(h.site.Now()), p.Number, pageSize)
		return total, err
	})
}

// beside shows one page of the list of the name, which read reads.
func (h *handlers) beside(c *gin.Context, name, page string, read func(context.Context, replica.View, *beside) (int, error)) error {
	act, err := id(c)
	if err != nil {
		return err
	}
	ctx, total := c.Request.Context(), 0
	p := &beside{Number: pageOf(c)}
	if err := h.Replica.At(ctx, func(v replica.View) error {
		if p.Act, err = v.Law.Act(ctx, act); err != nil {
			return err
		}
		total, err = read(ctx, v, p)
		return err
	}); err != nil {
		return err
	}
	at := numbered(p.Act.Path()+"/"+name, "?page=")
	p.Pagination = paginate(p.Number, total, at)
	printer := h.site.Printer(c)
	title := printer.T("acts." + name)
	p.Meta = meta.New(title, printer.Value(p.Act.Title), web.Canonical(c, h.BaseURL, at(p.Number)))
	p.Breadcrumbs = h.trail(c, p.Act, meta.Here(title))
	return h.site.Render(c, http.StatusOK, page, p)
}
