package users

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

// askBlock says what follows when an account is blocked, and asks what becomes of the work that the person has in hand.
func (h handlers) askBlock(c *gin.Context) error {
	return h.askBlockAgain(c, http.StatusOK, web.NewForm(nil))
}

func (h handlers) askBlockAgain(c *gin.Context, status int, form *web.Form) error {
	page, err := h.handoverPage(c, form)
	if err != nil {
		return err
	}
	if page.Self || page.Account.Blocked {
		return web.Redirect(c, page.path())
	}
	page.Errors = form.Errors()
	return h.site.Render(c, status, "users/user_block", page)
}

// blockPost blocks an account and hands its open cases over as was asked for. Whoever has no more business here is kept out
// first.
func (h handlers) blockPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if form.Value("sure") == "" {
		return h.askBlockAgain(c, http.StatusOK, form)
	}
	page, err := h.handoverPage(c, form)
	if err != nil {
		return err
	}
	to := page.chosen(form)
	if !form.OK() {
		return h.askBlockAgain(c, http.StatusUnprocessableEntity, form)
	}
	ctx, actor := c.Request.Context(), session.Actor(c)
	if err := h.Users.SetBlocked(ctx, actor, page.Account.ID, true); err != nil {
		return err
	}
	if to.stay {
		h.site.Flash(c, "users.done_block")
		return web.Redirect(c, page.path())
	}
	return h.handOver(c, page, to, "users.done_block_handover")
}

// unblock lets the person in again.
func (h handlers) unblock(c *gin.Context) error {
	return h.change(c, "users.done_unblock", func(ctx context.Context, p *userShowPage, actor access.Actor) (access.Outcome, error) {
		return access.Done, h.Users.SetBlocked(ctx, actor, p.Account.ID, false)
	})
}
