package users

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type userListPage struct {
	web.Page
	Views  ui.SubNavigation
	Form   *web.Form
	List   ui.Listing
	Users  []access.User
	Places map[string]string // names of centres and authorities by id
	At     []ui.SelectItem   // those that the list may be narrowed to
	States []ui.SelectItem
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
	form, err := request.ReadFilter(c, filter)
	if err != nil {
		return err
	}
	f := access.UserFilter{Q: form.Value("q"), Place: request.FormID(form, "place"), State: form.Value("state"), Page: request.Page(form), Size: listSize}
	users, total, shown, err := request.ReadPage(f.Page, f.Size, func(n int) ([]access.User, int, error) {
		f.Page = n
		return h.Users.FindUsers(ctx, actor, f)
	})
	if err != nil {
		return err
	}
	page := &userListPage{
		Form: form, List: request.Listing(c, shown, f.Size, total), Views: h.views(c, "/users"), Users: users,
		CanAdd: access.MayEver(actor, access.ManageUsers),
	}
	p := h.site.Printer(c)
	page.States = request.Words(p, p.T("users.any"), "users.state_of.", access.States...)
	if page.At, err = h.placesToList(c); err != nil {
		return err
	}
	if page.Places, err = h.places(c); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "users/user_list", page)
}

const listSize = 50

// filter are the fields that narrow the list.
var filter = request.Filter{"q": request.AnyText, "place": request.AnyID, "state": request.OneOf(access.States...)}

// placesToList are the places whose accounts the person sees.
func (h handlers) placesToList(c *gin.Context) ([]ui.SelectItem, error) {
	actor, p := session.Actor(c), h.site.Printer(c)
	items := []ui.SelectItem{{Text: p.T("users.any")}}
	for _, of := range []struct {
		kind   access.PlaceKind
		bodies org.Kind
	}{{access.Centre, org.Centre}, {access.Authority, org.Authority}} {
		names, err := h.Orgs.Names(c.Request.Context(), of.bodies)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			if access.Can(actor, access.ViewUsers, access.Object{Own: []access.Place{access.In(of.kind, n.ID)}}) {
				name, _ := n.Name.In(p.Lang())
				items = append(items, ui.SelectItem{Value: n.ID.String(), Text: name})
			}
		}
	}
	return items, nil
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
