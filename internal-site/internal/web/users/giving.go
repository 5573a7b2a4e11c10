package users

import (
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// giving are the groups that the person may let somebody into, and where.
type giving struct {
	Groups      []ui.SelectItem
	Centres     []ui.SelectItem // empty when no group counts in one
	Authorities []ui.SelectItem
	offered     []access.Group
}

// giving reads what the person may give.
func (h handlers) giving(c *gin.Context) (g giving, err error) {
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	if g.offered, err = h.Users.GroupsToGive(ctx, actor); err != nil {
		return g, err
	}
	g.Groups = request.Options(p, p.T("users.choose"), g.offered, func(g access.Group) (string, locale.Text) { return string(g.Code), g.Name })
	if g.Centres, err = h.placesToGive(c, g, access.Centre, org.Centre); err != nil {
		return g, err
	}
	g.Authorities, err = h.placesToGive(c, g, access.Authority, org.Authority)
	return g, err
}

// placesToGive are the places of one kind in which the person may give a group that is offered.
func (h handlers) placesToGive(c *gin.Context, g giving, kind access.PlaceKind, bodies org.Kind) ([]ui.SelectItem, error) {
	needed := false
	for _, group := range g.offered {
		needed = needed || group.Place == kind
	}
	if !needed {
		return nil, nil
	}
	names, err := h.Orgs.Names(c.Request.Context(), bodies)
	if err != nil {
		return nil, err
	}
	actor, p := session.Actor(c), h.site.Printer(c)
	var reach []org.Name
	for _, n := range names {
		if access.Can(actor, access.ManageUsers, access.Object{Own: []access.Place{access.In(kind, n.ID)}}) {
			reach = append(reach, n)
		}
	}
	items := request.Options(p, p.T("users.choose"), reach, func(n org.Name) (string, locale.Text) { return n.ID.String(), n.Name })
	if len(reach) == 1 {
		items = items[1:] // nothing to choose
	}
	return items, nil
}

// grantOf is the group that was chosen, with the place that it needs.
func (g giving) grantOf(form *web.Form) (access.Grant, error) {
	grant := access.Grant{Group: access.GroupCode(form.Value("group"))}
	for _, group := range g.offered {
		if group.Code != grant.Group {
			continue
		}
		grant.Name = group.Name
		if group.Place == access.Region {
			grant.Place = access.InRegion()
			return grant, nil
		}
		field := string(group.Place)
		if other := otherPlace[group.Place]; form.Value(string(other)) != "" {
			return grant, fault.InvalidFields(fault.FieldError{Field: string(other), Key: "users.other_place"})
		}
		grant.Place = access.In(group.Place, request.FormID(form, field))
		if grant.Place.ID == uuid.Nil {
			return grant, fault.InvalidFields(fault.FieldError{Field: field, Key: placeRequired[group.Place]})
		}
		return grant, nil
	}
	return grant, fault.InvalidFields(fault.FieldError{Field: "group", Key: "form.choice"})
}

// otherPlace is the kind of place that a group which counts in the one does not take.
var otherPlace = map[access.PlaceKind]access.PlaceKind{access.Centre: access.Authority, access.Authority: access.Centre}

var placeRequired = map[access.PlaceKind]string{
	access.Centre: "users.centre_required", access.Authority: "users.authority_required",
}

// grantIn is the membership that the hidden fields of a button name.
func grantIn(form *web.Form) access.Grant {
	g := access.Grant{Group: access.GroupCode(form.Value("group")), Place: access.InRegion()}
	for _, kind := range []access.PlaceKind{access.Centre, access.Authority} {
		if id := request.FormID(form, string(kind)); id != uuid.Nil {
			g.Place = access.In(kind, id)
		}
	}
	return g
}
