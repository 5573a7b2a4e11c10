package users

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type userListPage struct {
	web.Page
	Views  ui.SubNavigation
	Users  []access.User
	Places map[string]string // names of centres and authorities by id
	CanAdd bool
}

// Where names the place in which a role counts, "" for the region.
func (p *userListPage) Where(g access.Grant) string { return where(p.Places, g) }

func where(places map[string]string, g access.Grant) string {
	return places[g.Place.ID.String()]
}

func (h handlers) list(c *gin.Context) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	if !access.MayEver(actor, access.ViewUsers) { // the link of the navigation leads here whoever follows it
		return web.Redirect(c, "/users/groups")
	}
	users, err := h.Users.Users(ctx, actor)
	if err != nil {
		return err
	}
	page := &userListPage{Views: h.views(c, "/users"), Users: users, CanAdd: access.MayEver(actor, access.ManageUsers)}
	if page.Places, err = h.places(c); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "users/user_list", page)
}

// places names every centre and authority.
func (h handlers) places(c *gin.Context) (map[string]string, error) {
	names := map[string]string{}
	for _, kind := range []org.Kind{org.Centre, org.Authority} {
		list, err := h.Orgs.Names(c.Request.Context(), kind)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			names[n.ID.String()], _ = n.Name.In(web.Lang(c))
		}
	}
	return names, nil
}
