package users

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type groupEditPage struct {
	web.Page
	Form    *web.Form
	Group   access.Group
	Domains []domainRights
	Unknown []access.Action // rights that no domain declares any more
	Members []access.User
	Places  map[string]string
	Opened  string // what was saved when the form was opened
}

// domainRights are the rights that one domain declares, as fields of the form.
type domainRights struct {
	Name   string
	Fields []rightField
}

type rightField struct {
	Name, Label string
	Sensitive   bool
	Reaches     []ui.SelectItem
}

// Where names the places in which a user is in the page's group.
func (p *groupEditPage) Where(u access.User) (places []string) {
	for _, g := range u.Grants {
		if g.Group == p.Group.Code && g.Place.Kind != access.Region {
			places = append(places, where(p.Places, g))
		}
	}
	return places
}

func (h handlers) groupEdit(c *gin.Context) error {
	g, err := h.Users.Group(c.Request.Context(), access.GroupCode(c.Param("code")))
	if err != nil {
		return err
	}
	return h.renderGroup(c, http.StatusOK, g, web.NewForm(groupForm(g)))
}

// groupForm is a group as the form shows it.
func groupForm(g access.Group) url.Values {
	values := url.Values{"name.uk": {g.Name.UK}, "name.en": {g.Name.EN}, "version": {strconv.Itoa(g.Version)}}
	if g.SecondFactor {
		values.Set(factorField, factorNeeded)
	}
	for action, reach := range g.Rights {
		values.Set("right."+string(action), string(reach))
	}
	return values
}

// The field that says whether members need a second factor.
const (
	factorField  = "second_factor"
	factorNeeded = "yes"
)

// groupOf is the group as it was typed, with what cannot change of the present one.
func groupOf(form *web.Form, present access.Group) access.Group {
	g := access.Group{
		Code: present.Code, Place: present.Place, Version: request.Version(form), Rights: access.GroupRights{},
		Name: locale.Text{UK: form.Value("name.uk"), EN: form.Value("name.en")}, SecondFactor: form.Value(factorField) == factorNeeded,
	}
	for _, action := range rights.Declared.Actions() {
		if reach := form.Value("right." + string(action)); reach != "" {
			g.Rights[action] = access.Reach(reach)
		}
	}
	return g
}

func (h handlers) renderGroup(c *gin.Context, status int, g access.Group, form *web.Form) error {
	p := h.site.Printer(c)
	page := &groupEditPage{Form: form, Group: g, Opened: cmp.Or(form.Value(conflict.BaseField), conflict.Base(groupForm(g)))}
	page.Errors = form.Errors()
	page.Back = &ui.Link{Href: "/users/groups", Text: p.T("users.groups")}
	for _, domain := range rights.Declared.Domains {
		fields := domainRights{Name: p.T("right_of." + domain.Name)}
		for _, right := range domain.Rights {
			fields.Fields = append(fields.Fields, rightField{
				Name: "right." + string(right.Action), Label: p.T("right." + string(right.Action)), Sensitive: right.Sensitive,
				Reaches: reachItems(p, right, g.Place),
			})
		}
		page.Domains = append(page.Domains, fields)
	}
	for action := range g.Rights {
		if _, known := rights.Declared.Right(action); !known {
			page.Unknown = append(page.Unknown, action)
		}
	}
	var err error
	if page.Members, err = h.Users.Members(c.Request.Context(), session.Actor(c), g.Code); err != nil {
		return err
	}
	if page.Places, err = h.places(c); err != nil {
		return err
	}
	return h.site.Render(c, status, "users/group_edit", page)
}

// reachItems are how far the right of a group may go.
func reachItems(p *locale.Printer, right access.Right, kind access.PlaceKind) []ui.SelectItem {
	items := []ui.SelectItem{{Text: reachIn(p, right, "", kind)}}
	for _, reach := range right.Reaches(kind) {
		items = append(items, ui.SelectItem{Value: string(reach), Text: reachIn(p, right, reach, kind)})
	}
	return items
}

// reachIn says in words how far a right goes. A right that has no objects of a place is there or not.
func reachIn(p *locale.Printer, right access.Right, reach access.Reach, kind access.PlaceKind) string {
	switch {
	case reach == "":
		return p.T("reach.none")
	case len(right.Own)+len(right.Part) == 0:
		return p.T("reach.given")
	case reach == access.Anywhere:
		return p.T("reach.anywhere")
	}
	return p.T("reach." + string(reach) + "_" + string(kind))
}

func (h handlers) groupEditPost(c *gin.Context) error {
	form, err := request.Form(h.site, c)
	if err != nil {
		return err
	}
	present, err := h.Users.Group(c.Request.Context(), access.GroupCode(c.Param("code")))
	if err != nil {
		return err
	}
	if conflict.Picked(form) {
		form = conflict.Merge(form, groupForm(present))
	}
	if form.Value("do") == conflict.DoEdit {
		return h.renderGroup(c, http.StatusOK, present, form)
	}
	typed := groupOf(form, present)
	outcome, err := h.Users.SaveGroup(c.Request.Context(), session.Actor(c), typed)
	switch {
	case fault.MessageKey(err) == "access.group_changed":
		return h.groupConflict(c, present, typed, form)
	case err != nil && !take(form, "", err):
		return err
	case !form.OK():
		return h.renderGroup(c, http.StatusUnprocessableEntity, present, form)
	case outcome == access.Proposed:
		h.site.Flash(c, "users.proposed")
		return web.Redirect(c, "/users/proposals")
	}
	h.site.Flash(c, "users.group_saved")
	return web.Redirect(c, "/users/groups/"+string(present.Code))
}

func (h handlers) groupConflict(c *gin.Context, saved, typed access.Group, form *web.Form) error {
	p := h.site.Printer(c)
	page := &conflict.Page{
		Action: "/users/groups/" + string(saved.Code), Saved: "/users/groups/" + string(saved.Code), Overwrite: true,
		Latest: groupForm(saved),
	}
	for _, name := range []struct{ field, key, saved, mine string }{
		{"name.uk", "users.group_name_uk", saved.Name.UK, typed.Name.UK}, {"name.en", "users.group_name_en", saved.Name.EN, typed.Name.EN},
	} {
		if name.saved != name.mine {
			page.Rows = append(page.Rows, conflict.Row{Field: name.field, Label: p.T(name.key), Saved: []string{name.saved}, Mine: []string{name.mine}})
		}
	}
	page.Rows = append(page.Rows, changedFactor(p, saved.SecondFactor, typed.SecondFactor)...)
	page.Rows = append(page.Rows, changedRights(p, saved.Rights, typed.Rights, saved.Place)...)
	return conflict.Render(h.site, c, page, form.All(), strconv.Itoa(saved.Version))
}

// changedFactor says in words whether two versions of a group differ in what it takes to sign in.
func changedFactor(p *locale.Printer, was, is bool) []conflict.Row {
	if was == is {
		return nil
	}
	word := map[bool]string{true: p.T("users.factor_needed"), false: p.T("users.factor_free")}
	return []conflict.Row{{Field: factorField, Label: p.T("users.factors"), Saved: []string{word[was]}, Mine: []string{word[is]}}}
}

// changedRights says in words in which rights two versions of a group differ.
func changedRights(p *locale.Printer, was, is access.GroupRights, kind access.PlaceKind) (rows []conflict.Row) {
	for _, domain := range rights.Declared.Domains {
		for _, right := range domain.Rights {
			if was[right.Action] != is[right.Action] {
				rows = append(rows, conflict.Row{
					Field: "right." + string(right.Action), Label: p.T("right." + string(right.Action)),
					Saved: []string{reachIn(p, right, was[right.Action], kind)}, Mine: []string{reachIn(p, right, is[right.Action], kind)},
				})
			}
		}
	}
	return rows
}
