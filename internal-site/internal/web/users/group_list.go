package users

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type groupListPage struct {
	web.Page
	Views  ui.SubNavigation
	Groups []access.Group
}

func (h handlers) groupList(c *gin.Context) error {
	groups, err := h.Users.Groups(c.Request.Context())
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "users/group_list", &groupListPage{Views: h.views(c, "/users/groups"), Groups: groups})
}
