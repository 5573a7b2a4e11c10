package cases

import (
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// undoPart offers to take back what the reader has just done, on whichever page of cases they are by then.
type undoPart struct{ Undo *undoLine }

type undoLine struct {
	cases.Undo
	Elsewhere    bool // the case is not the one that the page shows
	Href, Action string
}

// fillUndo finds what the reader can take back. shown is the case of the page, Nil on a list.
func (h handlers) fillUndo(c *gin.Context, part *undoPart, shown uuid.UUID) error {
	u, err := h.Cases.LastUndo(c.Request.Context(), session.Actor(c))
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	}
	part.Undo = &undoLine{
		Undo: u, Elsewhere: u.CaseID != shown, Href: opened(u.CaseID, listQuery(c)),
		Action: within("/cases/"+u.CaseID.String()+"/undo", listQuery(c)),
	}
	return nil
}

// undo takes back what the reader did a moment ago.
func (h handlers) undo(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if _, err := h.Cases.Undo(c.Request.Context(), session.Actor(c), id, request.Version(form)); err != nil {
		return h.failed(c, id, form, err)
	}
	h.site.Flash(c, "cases.undo.done")
	return web.Redirect(c, opened(id, listQuery(c)))
}

// say says on the next page what was done, unless that page offers to take it back and says it there.
func (h handlers) say(c *gin.Context, act cases.Act) {
	if !act.CanBeUndone() {
		h.site.Flash(c, "cases.done."+string(act))
	}
}
