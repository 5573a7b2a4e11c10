package users

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type passwordOncePage struct {
	web.Page
	Made access.OneTime
	See  bool // the person may open the account
}

// once shows a password that was just made. It is the answer to the form and has no address: it cannot be seen again.
func (h handlers) once(c *gin.Context, made access.OneTime) error {
	page := &passwordOncePage{Made: made, See: access.MayEver(session.Actor(c), access.ViewUsers)}
	page.Back = &ui.Link{Href: "/users", Text: h.site.T(c, "users.title")}
	web.SetTyped(c, nil)
	return h.site.Render(c, http.StatusOK, "users/password_once", page)
}
