package users

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// askFactors says what follows when the second factors are taken off somebody who has lost them.
func (h handlers) askFactors(c *gin.Context) error { return h.askFactorsAgain(c, web.NewForm(nil)) }

func (h handlers) askFactorsAgain(c *gin.Context, form *web.Form) error {
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	if page.Self || page.Account.Factors == 0 {
		return web.Redirect(c, "/users/"+page.Account.ID.String())
	}
	page.Back, page.Breadcrumbs = &ui.Link{Href: "/users/" + page.Account.ID.String(), Text: page.Account.FullName}, nil
	return h.site.Render(c, http.StatusOK, "users/user_factors", page)
}

// resetFactors takes them off, or proposes that to a second person.
func (h handlers) resetFactors(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if form.Value("sure") == "" {
		return h.askFactorsAgain(c, form)
	}
	return h.changeWith(c, form, "users.done_factors", func(ctx context.Context, p *userShowPage, actor access.Actor) (access.Outcome, error) {
		return h.Users.ResetFactors(ctx, actor, p.Account.ID)
	})
}
