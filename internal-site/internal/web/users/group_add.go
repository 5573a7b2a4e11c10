package users

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type groupAddPage struct {
	web.Page
	Form   *web.Form
	Places []ui.Choice
}

func (h handlers) groupAdd(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "users/group_add", h.groupAddPage(c, web.NewForm(nil)))
}

func (h handlers) groupAddPage(c *gin.Context, form *web.Form) *groupAddPage {
	page := &groupAddPage{Form: form}
	page.Back = &ui.Link{Href: "/users/groups", Text: h.site.T(c, "users.groups")}
	for _, kind := range []access.PlaceKind{access.Centre, access.Authority, access.Region} {
		page.Places = append(page.Places, ui.NewChoice(string(kind), h.site.T(c, "users.place."+string(kind))))
	}
	return page
}

// groupAddPost adds a group without rights; they are chosen on its page, which knows the kind of its places.
func (h handlers) groupAddPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	form.Required("place", "users.group_place_required")
	g := access.Group{
		Code: access.GroupCode(form.Value("code")), Place: access.PlaceKind(form.Value("place")),
		Name: locale.Text{UK: form.Value("name.uk"), EN: form.Value("name.en")},
	}
	if err := h.Users.AddGroup(c.Request.Context(), session.Actor(c), g); err != nil && !form.Take(err) {
		return err
	}
	if !form.OK() {
		return h.site.Invalid(c, "users/group_add", form, h.groupAddPage(c, form))
	}
	h.site.Flash(c, "users.group_added")
	return web.Redirect(c, "/users/groups/"+string(g.Code))
}
