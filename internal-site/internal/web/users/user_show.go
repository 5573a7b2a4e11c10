package users

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type userShowPage struct {
	web.Page
	Account     access.User
	Form        *web.Form
	Places      map[string]string
	CanManage   bool
	Self        bool
	Roles       []ui.SelectItem
	Centres     []ui.SelectItem
	Authorities []ui.SelectItem
	Min         int
}

// Where names the place in which a role counts, "" for the region.
func (p *userShowPage) Where(g access.Grant) string { return where(p.Places, g) }

func (h handlers) show(c *gin.Context) error {
	page, err := h.page(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "users/user_show", page)
}

// page reads the account in the address, if the person may see it.
func (h handlers) page(c *gin.Context, form *web.Form) (*userShowPage, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return nil, err
	}
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	user, err := h.Users.User(ctx, access.ScopeOf(actor, access.ViewUsers), id)
	if err != nil {
		return nil, err
	}
	page := &userShowPage{
		Page:    web.Page{Breadcrumbs: []ui.Link{{Href: "/users", Text: p.T("users.title")}, {Text: user.FullName}}},
		Account: user, Form: form, CanManage: access.MayEver(actor, access.ManageUsers), Self: user.ID == actor.UserID, Min: access.MinPassword,
	}
	if page.Places, err = h.places(c); err != nil {
		return nil, err
	}
	for _, r := range access.StandardGroups {
		page.Roles = append(page.Roles, ui.SelectItem{Value: string(r), Text: p.T("role." + string(r))})
	}
	named := func(n org.Name) (string, locale.Text) { return n.ID.String(), n.Name }
	centres, err := h.Orgs.Names(ctx, org.Centre)
	if err != nil {
		return nil, err
	}
	authorities, err := h.Orgs.Names(ctx, org.Authority)
	page.Centres = request.Options(p, p.T("users.choose"), centres, named)
	page.Authorities = request.Options(p, p.T("users.choose"), authorities, named)
	return page, err
}

// change runs fn for the account in the address and says what was done; what is wrong is shown on the page.
func (h handlers) change(c *gin.Context, done string, fn func(ctx context.Context, form *web.Form, u access.User, by audit.Actor) error) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	err = fn(c.Request.Context(), form, page.Account, session.Actor(c).Audit())
	if err != nil && !takePassword(form, err) {
		return err
	}
	form.Set("password")
	if !form.OK() {
		return h.site.Invalid(c, "users/user_show", form, page)
	}
	h.site.Flash(c, done)
	return web.Redirect(c, "/users/"+page.Account.ID.String())
}

// errSelf keeps the last administrator from locking the door behind themselves.
func errSelf() error { return fault.New(fault.Conflict, "users.not_self") }

func (h handlers) block(block bool) web.Handler {
	done := map[bool]string{true: "users.done_block", false: "users.done_unblock"}[block]
	return func(c *gin.Context) error {
		return h.change(c, done, func(ctx context.Context, _ *web.Form, u access.User, by audit.Actor) error {
			if by.ID != nil && *by.ID == u.ID {
				return errSelf()
			}
			return h.Users.SetBlocked(ctx, u.ID, block, by)
		})
	}
}

func (h handlers) password(c *gin.Context) error {
	return h.change(c, "users.done_password", func(ctx context.Context, form *web.Form, u access.User, by audit.Actor) error {
		if by.ID != nil && *by.ID == u.ID {
			return errSelf()
		}
		return h.Users.SetPassword(ctx, u, secret(form, "password"), by)
	})
}

func (h handlers) grant(c *gin.Context) error {
	return h.change(c, "users.done_grant", func(ctx context.Context, form *web.Form, u access.User, by audit.Actor) error {
		g, err := grantOf(form)
		if err != nil {
			return err
		}
		return h.Users.Give(ctx, u.ID, g, by)
	})
}

func (h handlers) revoke(c *gin.Context) error {
	return h.change(c, "users.done_revoke", func(ctx context.Context, form *web.Form, u access.User, by audit.Actor) error {
		g, err := grantOf(form)
		if err != nil {
			return err
		}
		if by.ID != nil && *by.ID == u.ID && g.Group == access.PortalAdministrator {
			return errSelf()
		}
		return h.Users.Take(ctx, u.ID, g, by)
	})
}

// grantOf is the role that was chosen, with the place that this role needs.
func grantOf(form *web.Form) (access.Grant, error) {
	g := access.Grant{Group: access.GroupCode(form.Value("role"))}
	missing := func(field, key string) error {
		if g.Place.ID != uuid.Nil {
			return nil
		}
		return fault.InvalidFields(fault.FieldError{Field: field, Key: key})
	}
	switch g.Group.Place() {
	case access.Centre:
		g.Place = access.InCentre(request.FormID(form, "centre"))
		return g, missing("centre", "users.centre_required")
	case access.Authority:
		g.Place = access.InAuthority(request.FormID(form, "authority"))
		return g, missing("authority", "users.authority_required")
	case access.Region:
		g.Place = access.InRegion()
		return g, nil
	}
	return g, fault.InvalidFields(fault.FieldError{Field: "role", Key: "form.choice"})
}
