package signin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

type accountPage struct {
	web.Page
	Account  access.User
	Sessions []access.OpenSession
}

func (h handlers) account(c *gin.Context) error {
	user, _ := session.User(c)
	sessions, err := h.Users.Sessions(c.Request.Context(), user.ID, web.HashToken(h.site.SessionToken(c)))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "signin/account", &accountPage{Account: user, Sessions: sessions})
}

func (h handlers) signOutElsewhere(c *gin.Context) error {
	err := h.Users.SignOutElsewhere(c.Request.Context(), session.Actor(c), web.HashToken(h.site.SessionToken(c)))
	if err != nil {
		return err
	}
	h.site.Flash(c, "signin.signed_out_elsewhere")
	return web.Redirect(c, "/account")
}
