package situations

import (
	"net/http"
	"strconv"

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
	Entries []placed
	List    ui.Listing
	Edits   bool
}

// placed is a situation and its place in the whole list, from 1.
type placed struct {
	catalogue.Situation
	Place int
}

// list shows the situations in the order that citizens see.
func (h handlers) list(c *gin.Context) error { return h.renderList(c, http.StatusOK) }

func (h handlers) renderList(c *gin.Context, status int) error {
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
	page := &situationListPage{List: request.Listing(c, at, listSize, total), Edits: access.Can(actor, catalogue.EditSituations, access.Object{})}
	for i, v := range entries {
		page.Entries = append(page.Entries, placed{v, (at-1)*listSize + i + 1})
	}
	if status == http.StatusConflict {
		page.Errors = []fault.FieldError{{Key: "situations.order_changed"}}
	}
	return h.site.Render(c, status, "situations/situation_list", page)
}

// move changes the place of a situation in the list.
func (h handlers) move(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	id, by := request.FormID(form, "id"), ways[form.Value("do")]
	from, err := strconv.Atoi(form.Value("place"))
	if err != nil || id == uuid.Nil || by == 0 {
		return fault.New(fault.Invalid, "")
	}
	err = h.Situations.Move(c.Request.Context(), session.Actor(c), id, from, by)
	if fault.Is(err, fault.Conflict) {
		return h.renderList(c, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	h.site.Flash(c, "situations.moved")
	return web.Redirect(c, "/situations")
}
