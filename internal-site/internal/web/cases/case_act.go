package cases

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// act does what a button of a case's page asks for.
func (h handlers) act(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	cmd := cases.Command{
		Act: cases.Act(form.Value("act")), Outcome: cases.Outcome(form.Value("outcome")), Ground: form.Value("ground"),
	}
	cmd.Text = form.Value(cases.FieldOf(cmd.Act))
	if cmd.Act == cases.Upload {
		return fault.New(fault.Invalid, "") // results come with their file, to an address of their own
	}
	err = h.Cases.Do(c.Request.Context(), session.Actor(c), id, request.Version(form), cmd)
	if err != nil {
		return h.failed(c, id, form, err)
	}
	h.site.Flash(c, "cases.done."+string(cmd.Act))
	return web.Redirect(c, "/cases/"+id.String())
}

// failed shows the case again with what was typed: what is wrong with it, or that somebody else was faster.
func (h handlers) failed(c *gin.Context, id uuid.UUID, form *web.Form, err error) error {
	stale := fault.Is(err, fault.Conflict)
	if !stale && !form.Take(err) {
		return err
	}
	page, errPage := h.page(c, id, form)
	if errPage != nil {
		return errPage
	}
	if !stale {
		return h.site.Invalid(c, "cases/case_show", form, page)
	}
	key := fault.MessageKey(err)
	if key != "cases.act_refused" {
		key = "cases.stale"
	}
	page.Errors = []fault.FieldError{{Key: key}}
	return h.site.Render(c, http.StatusConflict, "cases/case_show", page)
}
