package users

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type groupDeletePage struct {
	web.Page
	Form  *web.Form
	Group access.Group
}

// askGroupDelete says what follows when a group is deleted.
func (h handlers) askGroupDelete(c *gin.Context) error {
	group, err := h.Users.Group(c.Request.Context(), access.GroupCode(c.Param("code")))
	if err != nil {
		return err
	}
	page := &groupDeletePage{Form: web.NewForm(nil), Group: group}
	page.Form.Set("version", strconv.Itoa(group.Version))
	page.Back = &ui.Link{Href: "/users/groups/" + string(group.Code), Text: h.site.T(c, "users.groups")}
	return h.site.Render(c, http.StatusOK, "users/group_delete", page)
}

func (h handlers) groupDelete(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if form.Value("sure") == "" {
		return h.askGroupDelete(c)
	}
	if err := h.Users.DeleteGroup(c.Request.Context(), session.Actor(c), access.GroupCode(c.Param("code")), request.Version(form)); err != nil {
		return err
	}
	h.site.Flash(c, "users.group_deleted")
	return web.Redirect(c, "/users/groups")
}
