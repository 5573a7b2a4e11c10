package users

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// askBlock says what follows when an account is blocked, and what becomes of the work that the person has in hand.
func (h handlers) askBlock(c *gin.Context) error { return h.askBlockAgain(c, web.NewForm(nil)) }

func (h handlers) askBlockAgain(c *gin.Context, form *web.Form) error {
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	if page.Self || page.Account.Blocked {
		return web.Redirect(c, "/users/"+page.Account.ID.String())
	}
	page.Back, page.Breadcrumbs = &ui.Link{Href: "/users/" + page.Account.ID.String(), Text: page.Account.FullName}, nil
	return h.site.Render(c, http.StatusOK, "users/user_block", page)
}

// block blocks an account, and takes its open cases off it if that was asked for, or lets it in again.
func (h handlers) block(block bool) web.Handler {
	done := map[bool]string{true: "users.done_block", false: "users.done_unblock"}[block]
	return func(c *gin.Context) error {
		form, err := web.ParseForm(c)
		if err != nil {
			return err
		}
		if block && form.Value("sure") == "" {
			return h.askBlockAgain(c, form)
		}
		return h.change(c, done, func(ctx context.Context, p *userShowPage, actor access.Actor) (access.Outcome, error) {
			if err := h.Users.SetBlocked(ctx, actor, p.Account.ID, block); err != nil {
				return "", err
			}
			if block && p.Form.Value("release") != "" {
				of, err := h.Users.Object(ctx, p.Account.ID)
				if err != nil {
					return "", err
				}
				_, err = h.Work.Release(ctx, actor, p.Account.ID, of)
				return access.Done, err
			}
			return access.Done, nil
		})
	}
}

// release takes the open cases off a blocked account that was left with them.
func (h handlers) release(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	user, err := h.Users.User(ctx, session.Actor(c), id)
	if err != nil {
		return err
	}
	if !user.Blocked { // whoever can work keeps their cases
		return web.Redirect(c, "/users/"+id.String())
	}
	of, err := h.Users.Object(ctx, id)
	if err != nil {
		return err
	}
	n, err := h.Work.Release(ctx, session.Actor(c), id, of)
	if err != nil {
		return err
	}
	h.site.Flash(c, "users.done_release", strconv.Itoa(n))
	return web.Redirect(c, "/users/"+id.String())
}
