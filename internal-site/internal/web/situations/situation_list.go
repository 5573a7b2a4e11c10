package situations

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const listSize = 50

type situationListPage struct {
	web.Page
	Entries []catalogue.Situation
	List    ui.Listing
	Edits   bool
}

// list shows the situations in the order that citizens see.
func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, request.Filter{})
	if err != nil {
		return err
	}
	actor := session.Actor(c)
	entries, total, at, err := request.ReadPage(request.Page(form), listSize, func(n int) ([]catalogue.Situation, int, error) {
		return h.Situations.List(c.Request.Context(), actor, n, listSize)
	})
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "situations/situation_list", &situationListPage{
		Entries: entries, List: request.Listing(c, at, listSize, total), Edits: access.Can(actor, catalogue.EditSituations, access.Object{}),
	})
}

// move changes the place of a situation in the list.
func (h handlers) move(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	id, by := request.FormID(form, "id"), ways[form.Value("do")]
	if id == uuid.Nil || by == 0 {
		return fault.New(fault.Invalid, "")
	}
	if err := h.Situations.Move(c.Request.Context(), session.Actor(c), id, by); err != nil {
		return err
	}
	h.site.Flash(c, "situations.moved")
	return web.Redirect(c, "/situations")
}
