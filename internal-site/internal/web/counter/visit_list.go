package counter

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type visitListPage struct {
	web.Page
	Form    *web.Form
	Visits  []counter.Visit
	Centres []ui.SelectItem // more than one: the clerk says in which
	Centre  uuid.UUID       // the only one
}

// list shows the visits that were begun and not finished, and begins a new one.
func (h handlers) list(c *gin.Context) error { return h.showList(c, web.NewForm(nil), http.StatusOK) }

func (h handlers) showList(c *gin.Context, form *web.Form, status int) error {
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	visits, err := h.Visits.Unfinished(ctx, actor)
	if err != nil {
		return err
	}
	centres, err := h.own(c)
	if err != nil {
		return err
	}
	page := &visitListPage{Form: form, Visits: visits}
	if len(centres) == 1 {
		page.Centre = centres[0].ID
	} else {
		page.Centres = request.Options(p, p.T("counter.centre_choose"), centres, func(n org.Name) (string, locale.Text) { return n.ID.String(), n.Name })
	}
	page.Errors = form.Errors()
	return h.site.Render(c, status, "counter/visit_list", page)
}

// own are the centres in which the actor receives visitors.
func (h handlers) own(c *gin.Context) ([]org.Name, error) {
	all, err := h.Centres.Names(c.Request.Context(), org.Centre)
	return slices.DeleteFunc(all, func(n org.Name) bool {
		return !access.Can(session.Actor(c), counter.Receive, counter.Visit{CentreID: n.ID}.Object())
	}), err
}

// begin opens a visit.
func (h handlers) begin(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	centre := request.FormID(form, "centre")
	if centre == uuid.Nil {
		form.Add("centre", "counter.centre_required")
		return h.showList(c, form, http.StatusUnprocessableEntity)
	}
	id, err := h.Visits.Begin(c.Request.Context(), session.Actor(c), centre)
	switch {
	case form.Take(err):
		return h.showList(c, form, http.StatusUnprocessableEntity)
	case err != nil:
		return err
	}
	return web.Redirect(c, "/counter/"+id.String())
}
