package users

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
)

// tie is what ties an account to a person at the OpenID Connect provider.
var tie = removal{
	page: "users/user_provider", done: "users.done_unlink",
	there: func(p *userShowPage) bool { return p.Elsewhere },
	remove: func(h handlers, c *gin.Context, p *userShowPage, actor access.Actor) (access.Outcome, error) {
		return access.Done, h.Users.Unlink(c.Request.Context(), actor, p.Account.ID)
	},
}
