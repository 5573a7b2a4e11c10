package users

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
)

// allFactors are the second factors of somebody who has lost them.
var allFactors = removal{
	page: "users/user_factors", done: "users.done_factors",
	there: func(p *userShowPage) bool { return p.Account.Factors > 0 },
	fill: func(h handlers, c *gin.Context, p *userShowPage) (err error) {
		p.Factors, _, err = h.Users.Factors(c.Request.Context(), session.Actor(c), p.Account.ID)
		return err
	},
	remove: func(h handlers, c *gin.Context, p *userShowPage, actor access.Actor) (access.Outcome, error) {
		return h.Users.ResetFactors(c.Request.Context(), actor, p.Account.ID)
	},
}
