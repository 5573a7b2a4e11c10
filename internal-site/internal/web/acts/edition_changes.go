package acts

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type editionChangesPage struct {
	web.Page
	Act     law.Act
	Edition law.Edition
	Before  *law.Edition // nil: it is the first
	Part    []law.Hunk
	List    ui.Listing
	NoText  bool // one of both is only a file
}

// changes shows in what an edition differs from the one before it.
func (h handlers) changes(c *gin.Context) error {
	a, e, err := h.oneEdition(c)
	if err != nil {
		return err
	}
	form, err := request.ReadFilter(c, nil)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	page := &editionChangesPage{Act: a, Edition: e}
	page.Breadcrumbs = crumbs(p, a, p.T("acts.edition_of", p.Date(e.InForceOn)))
	before, parts, err := h.compare(c, e)
	if err != nil {
		return err
	}
	if before != nil {
		page.Before, page.NoText = before, before.Letters == 0 || e.Letters == 0
	}
	at := min(max(request.Page(form), 1), max(len(parts), 1))
	page.List = request.Listing(c, at, 1, len(parts))
	if len(parts) > 0 {
		page.Part = parts[at-1]
	}
	return h.site.Render(c, http.StatusOK, "acts/edition_changes", page)
}

// compare is the edition before e, nil when e is the first, and in what both differ.
func (h handlers) compare(c *gin.Context, e law.Edition) (*law.Edition, [][]law.Hunk, error) {
	ctx, actor := c.Request.Context(), session.Actor(c)
	before, err := h.Library.Before(ctx, actor, e)
	if fault.Is(err, fault.NotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if before.Letters == 0 || e.Letters == 0 {
		return &before, nil, nil
	}
	if before, err = h.Library.Edition(ctx, actor, e.ActID, before.ID); err != nil {
		return nil, nil, err
	}
	parts, err := law.Compare(ctx, before.Text, e.Text)
	return &before, parts, err
}
