package acts

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// newest is how many editions the page of an act shows; the others have a page of their own.
const newest = 10

type actShowPage struct {
	web.Page
	Act      law.Act
	By       audit.Change
	Editions []law.Edition
	Total    int // of the editions
	Citing   []law.Citing
	List     ui.Listing // of the services
	Edits    bool
	Follow   *following // nil: nothing is said of the register
}

func (h handlers) show(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	return h.renderAct(c, http.StatusOK, a)
}

func (h handlers) renderAct(c *gin.Context, status int, a law.Act, wrong ...fault.FieldError) error {
	form, err := request.ReadFilter(c, nil)
	if err != nil {
		return err
	}
	ctx, actor := c.Request.Context(), session.Actor(c)
	page := &actShowPage{Act: a, Edits: mayEdit(c)}
	page.Errors = wrong
	page.Breadcrumbs = crumbs(h.site.Printer(c), a)
	if page.By, err = h.Library.LastChange(ctx, a.ID); err != nil {
		return err
	}
	if page.Editions, page.Total, err = h.Library.Editions(ctx, actor, a.ID, 1, newest); err != nil {
		return err
	}
	if page.Follow, err = h.following(c, a); err != nil {
		return err
	}
	citing, total, at, err := request.ReadPage(request.Page(form), listSize, func(n int) ([]law.Citing, int, error) {
		return h.Library.Citing(ctx, actor, a.ID, n, listSize)
	})
	if err != nil {
		return err
	}
	page.Citing, page.List = citing, request.Listing(c, at, listSize, total)
	return h.site.Render(c, status, "acts/act_show", page)
}

// publish shows the act to citizens.
func (h handlers) publish(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	err = h.Library.Publish(c.Request.Context(), session.Actor(c), a.ID, request.Version(form), true, "")
	if fault.Is(err, fault.Conflict) {
		// Whoever presses again has read what is there now.
		return h.renderAct(c, http.StatusConflict, a, fault.FieldError{Key: fault.MessageKey(err)})
	}
	if err != nil {
		return err
	}
	h.site.Flash(c, "acts.published")
	return web.Redirect(c, "/acts/"+a.ID.String())
}
