package situations

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type stepRemovePage struct {
	web.Page
	Form      *web.Form
	Number    int
	Step      catalogue.SituationStep
	Situation catalogue.Situation
}

// numbered is the situation and the step that the address names; a new step is none yet.
func (h handlers) numbered(c *gin.Context) (v catalogue.Situation, number int, step catalogue.SituationStep, err error) {
	if v, err = h.one(c); err == nil {
		number, step, err = place(c, v)
	}
	if err == nil && number == 0 {
		err = fault.New(fault.NotFound, "")
	}
	return v, number, step, err
}

// remove asks before a step and its texts go.
func (h handlers) remove(c *gin.Context) error {
	v, number, step, err := h.numbered(c)
	if err != nil {
		return err
	}
	page := &stepRemovePage{Form: web.NewForm(nil), Number: number, Step: step, Situation: v}
	page.Form.Set("version", strconv.Itoa(v.Version))
	page.Back = &ui.Link{Href: path(v), Text: h.site.Printer(c).T("situations.back")}
	return h.site.Render(c, http.StatusOK, "situations/step_remove", page)
}

func (h handlers) removePost(c *gin.Context) error {
	v, number, _, err := h.numbered(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	err = h.Situations.RemoveStep(c.Request.Context(), session.Actor(c), v.ID, request.Version(form), number)
	if fault.Is(err, fault.Conflict) {
		return h.renderOne(c, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	h.site.Flash(c, "situations.step_removed")
	return web.Redirect(c, path(v))
}
