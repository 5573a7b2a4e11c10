package users

import (
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
)

// oneFactor is one second factor of somebody who has lost it and goes on with others.
var oneFactor = removal{
	page: "users/user_factor", done: "users.done_factor",
	there: func(p *userShowPage) bool { return p.Account.Factors > 1 },
	fill: func(h handlers, c *gin.Context, p *userShowPage) error {
		id, err := request.ID(c, "factor")
		if err != nil {
			return err
		}
		all, _, err := h.Users.Factors(c.Request.Context(), session.Actor(c), p.Account.ID)
		if err != nil {
			return err
		}
		p.Factors = slices.DeleteFunc(all, func(f access.Factor) bool { return f.ID != id })
		if len(p.Factors) == 0 {
			return fault.New(fault.NotFound, "")
		}
		return nil
	},
	remove: func(h handlers, c *gin.Context, p *userShowPage, actor access.Actor) (access.Outcome, error) {
		id, err := request.ID(c, "factor")
		if err != nil {
			return access.Done, err
		}
		return access.Done, h.Users.TakeFactor(c.Request.Context(), actor, p.Account.ID, id, p.Form.Value("reason"))
	},
}
