package users

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type userShowPage struct {
	web.Page
	Account   access.User
	Form      *web.Form
	Places    map[string]string
	CanManage bool
	Self      bool
	Waiting   []access.Proposal // what waits for a second person
	Open      int               // cases that they have in hand
	Lock      access.Lock       // where it cannot sign in after wrong passwords
	Elsewhere bool              // it is tied to somebody at the OpenID Connect provider
	Factors   []access.Factor   // that the page is about
	giving
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
	user, err := h.Users.User(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	page := &userShowPage{
		Page:    web.Page{Breadcrumbs: []ui.Link{{Href: "/users", Text: p.T("users.title")}, {Text: user.FullName}}},
		Account: user, Form: form, CanManage: access.MayEver(actor, access.ManageUsers), Self: user.ID == actor.UserID,
	}
	if page.Places, err = h.places(c); err != nil {
		return nil, err
	}
	if !page.CanManage {
		return page, nil
	}
	if page.giving, err = h.giving(c); err != nil {
		return nil, err
	}
	if page.Open, err = h.Work.OpenOf(ctx, user.ID); err != nil {
		return nil, err
	}
	if page.Lock, err = h.Users.LockOf(ctx, actor, user.ID); err != nil {
		return nil, err
	}
	if page.Elsewhere, err = h.Users.SignsInElsewhere(ctx, actor, user.ID); err != nil {
		return nil, err
	}
	page.Waiting, err = h.Users.ProposalsFor(ctx, actor, user.ID)
	return page, err
}

// change runs fn for the account in the address and says what was done; what is wrong is shown on the page.
func (h handlers) change(c *gin.Context, done string, fn func(ctx context.Context, page *userShowPage, actor access.Actor) (access.Outcome, error)) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	return h.changeWith(c, form, done, fn)
}

// changeWith is change with a form that has been read.
func (h handlers) changeWith(c *gin.Context, form *web.Form, done string, fn func(ctx context.Context, page *userShowPage, actor access.Actor) (access.Outcome, error)) error {
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	outcome, err := fn(c.Request.Context(), page, session.Actor(c))
	if err != nil && !take(form, "group", err) {
		return err
	}
	if !form.OK() {
		return h.site.Invalid(c, "users/user_show", form, page)
	}
	return h.told(c, page, outcome, done)
}

// told says what became of a change, on the page of the account.
func (h handlers) told(c *gin.Context, page *userShowPage, outcome access.Outcome, done string) error {
	switch outcome {
	case access.Proposed:
		done = "users.proposed"
	case access.Already:
		done = "users.already"
	case access.Done:
	}
	h.site.Flash(c, done)
	return web.Redirect(c, "/users/"+page.Account.ID.String())
}

// take shows what is wrong with a form beside its fields; a right that the person may not give beside field.
func take(form *web.Form, field string, err error) bool {
	if fault.MessageKey(err) == "access.not_yours" {
		form.Add(field, "access.not_yours")
		return true
	}
	return form.Take(err)
}

// password makes a new password and shows it, or proposes one for a second person to see.
func (h handlers) password(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	made, outcome, err := h.Users.MakePassword(c.Request.Context(), session.Actor(c), id)
	switch {
	case err != nil:
		return err
	case outcome == access.Proposed:
		h.site.Flash(c, "users.password_proposed")
		return web.Redirect(c, "/users/"+id.String())
	}
	return h.once(c, made)
}

func (h handlers) unlock(c *gin.Context) error {
	return h.change(c, "users.done_unlock", func(ctx context.Context, p *userShowPage, actor access.Actor) (access.Outcome, error) {
		return access.Done, h.Users.Unlock(ctx, actor, p.Account.ID)
	})
}

func (h handlers) grant(c *gin.Context) error {
	return h.change(c, "users.done_grant", func(ctx context.Context, p *userShowPage, actor access.Actor) (access.Outcome, error) {
		g, err := p.grantOf(p.Form)
		if err != nil {
			return "", err
		}
		return h.Users.Give(ctx, actor, p.Account.ID, g)
	})
}

func (h handlers) revoke(c *gin.Context) error {
	return h.change(c, "users.done_revoke", func(ctx context.Context, p *userShowPage, actor access.Actor) (access.Outcome, error) {
		return access.Done, h.Users.Take(ctx, actor, p.Account.ID, grantIn(p.Form))
	})
}
