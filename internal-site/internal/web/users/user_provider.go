package users

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// askUnlink says what follows when an account is untied from the person at the OpenID Connect provider.
func (h handlers) askUnlink(c *gin.Context) error { return h.askUnlinkAgain(c, web.NewForm(nil)) }

func (h handlers) askUnlinkAgain(c *gin.Context, form *web.Form) error {
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	if page.Self || !page.Elsewhere {
		return web.Redirect(c, "/users/"+page.Account.ID.String())
	}
	page.Back, page.Breadcrumbs = &ui.Link{Href: "/users/" + page.Account.ID.String(), Text: page.Account.FullName}, nil
	return h.site.Render(c, http.StatusOK, "users/user_provider", page)
}

// unlink unties it.
func (h handlers) unlink(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if form.Value("sure") == "" {
		return h.askUnlinkAgain(c, form)
	}
	return h.changeWith(c, form, "users.done_unlink", func(ctx context.Context, p *userShowPage, actor access.Actor) (access.Outcome, error) {
		return access.Done, h.Users.Unlink(ctx, actor, p.Account.ID)
	})
}
