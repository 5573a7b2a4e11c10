package acts

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

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

// changes shows in what an edition differs from the one before it, or from that of ?since=.
func (h handlers) changes(c *gin.Context) error {
	a, e, err := h.oneEdition(c)
	if err != nil {
		return err
	}
	form, err := request.ReadFilter(c, request.Filter{"since": request.AnyText})
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	page := &editionChangesPage{Act: a, Edition: e}
	page.Breadcrumbs = crumbs(p, a, p.T("acts.edition_of", p.Date(e.InForceOn)))
	since := request.FormID(form, "since")
	before, parts, err := h.compare(c, e, since)
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

// compare is the edition that e is compared with, nil when e is the first, and in what both differ. It is that of since, or the one before when since
// is Nil.
func (h handlers) compare(c *gin.Context, e law.Edition, since uuid.UUID) (*law.Edition, [][]law.Hunk, error) {
	ctx, actor := c.Request.Context(), session.Actor(c)
	if since == uuid.Nil {
		before, err := h.Library.Before(ctx, actor, e)
		if fault.Is(err, fault.NotFound) {
			return nil, nil, nil
		}
		if err != nil || before.Letters == 0 || e.Letters == 0 {
			return &before, nil, err
		}
		since = before.ID
	}
	before, err := h.Library.Edition(ctx, actor, e.ActID, since)
	if err != nil || before.Letters == 0 || e.Letters == 0 {
		return &before, nil, err
	}
	parts, err := law.Compare(ctx, before.Text, e.Text)
	return &before, parts, err
}
