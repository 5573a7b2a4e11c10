package acts

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type reviewShowPage struct {
	web.Page
	Form     *web.Form
	Review   law.Review
	Edition  law.Edition
	Before   *law.Edition
	Part     []law.Hunk // the beginning of what changed
	More     bool       // there is more of it
	NoText   bool
	Outcomes []ui.Choice
}

// review shows what changed in an act, to whoever has to look at a card that rests on it.
func (h handlers) review(c *gin.Context) error {
	service, edition, err := reviewed(c)
	if err != nil {
		return err
	}
	return h.renderReview(c, http.StatusOK, service, edition, web.NewForm(nil))
}

// reviewed are the service and the edition that the address names.
func reviewed(c *gin.Context) (service, edition uuid.UUID, err error) {
	if service, err = request.ID(c, "id"); err != nil {
		return service, edition, err
	}
	edition, err = request.ID(c, "edition")
	return service, edition, err
}

func (h handlers) renderReview(c *gin.Context, status int, service, edition uuid.UUID, form *web.Form) error {
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	r, err := h.Library.Review(ctx, actor, service, edition)
	if err != nil {
		return err
	}
	page := &reviewShowPage{Form: form, Review: r}
	if page.Edition, err = h.Library.Edition(ctx, actor, r.Act.ID, edition); err != nil {
		return err
	}
	since := uuid.Nil
	if r.Since != nil {
		since = *r.Since
	}
	before, parts, err := h.compare(c, page.Edition, since)
	if err != nil {
		return err
	}
	if before != nil {
		page.Before, page.NoText = before, before.Letters == 0 || page.Edition.Letters == 0
	}
	if len(parts) > 0 {
		page.Part, page.More = parts[0], len(parts) > 1
	}
	for _, o := range law.Outcomes {
		page.Outcomes = append(page.Outcomes, ui.NewChoice(string(o), p.T("acts.outcomes."+string(o))))
	}
	page.Errors = form.Errors()
	page.Back = &ui.Link{Href: "/acts/reviews", Text: p.T("acts.reviews")}
	return h.site.Render(c, status, "acts/review_show", page)
}

// reviewPost writes that the card was looked at.
func (h handlers) reviewPost(c *gin.Context) error {
	service, edition, err := reviewed(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	err = h.Library.Reviewed(c.Request.Context(), session.Actor(c), service, edition, law.Outcome(form.Value("outcome")), form.Value("note"))
	switch {
	case err != nil && !form.Take(err):
		return err
	case !form.OK():
		return h.renderReview(c, http.StatusUnprocessableEntity, service, edition, form)
	}
	h.site.Flash(c, "acts.review_done")
	return web.Redirect(c, "/acts/reviews")
}
