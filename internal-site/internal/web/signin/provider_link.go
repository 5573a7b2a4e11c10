package signin

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// providerLinkPage asks for the password before an account is tied to the provider, and then leads there.
type providerLinkPage struct {
	web.Page
	Form  *web.Form
	Login string
	There *locale.Text
	Href  string // at the provider, once the password was right
}

func (h handlers) providerLink(c *gin.Context) error {
	return h.showLink(c, http.StatusOK, web.NewForm(nil), "")
}

func (h handlers) showLink(c *gin.Context, status int, form *web.Form, href string) error {
	if h.Provider == nil {
		return fault.New(fault.NotFound, "")
	}
	page := &providerLinkPage{Form: form, Login: session.Actor(c).Login, There: h.there(), Href: href}
	page.Back, page.Errors = h.backTo(c, "/account", "signin.account"), form.Errors()
	return h.site.Render(c, status, "signin/provider_link", page)
}

func (h handlers) providerLinkPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if web.ShowOnly(c) || h.Provider == nil {
		return h.showLink(c, http.StatusOK, form, "")
	}
	_, err = h.owned(c, form, func(by access.Confirmation) ([]string, error) {
		return nil, h.Users.ConfirmLink(c.Request.Context(), session.Actor(c), by)
	})
	if err != nil {
		return err
	}
	if !form.OK() {
		return h.showLink(c, http.StatusUnprocessableEntity, form, "")
	}
	// A link leads there, and no redirect: the site's policy lets no form lead to another site.
	href, err := h.depart(c, session.Actor(c).UserID, "/account")
	if fault.MessageKey(err) == "access.provider_away" {
		form.Add("", "access.provider_away")
		return h.showLink(c, http.StatusServiceUnavailable, form, "")
	}
	if err != nil {
		return err
	}
	return h.showLink(c, http.StatusOK, form, href)
}

// linked ties the account of owner to whom the provider knows. The browser that comes back is still theirs.
func (h handlers) linked(c *gin.Context, owner uuid.UUID, is access.Identity) error {
	user, err := h.Users.Session(c.Request.Context(), web.HashToken(h.site.SessionToken(c)))
	switch {
	case fault.Is(err, fault.Unsigned) || err == nil && (user.ID != owner || user.Step() != access.NoStep):
		return h.providerFailed(c, "/account", fault.New(fault.Invalid, "access.challenge_stale"))
	case err != nil:
		return err
	}
	err = h.Users.Link(c.Request.Context(), user.Actor(), is)
	if fault.Is(err, fault.Invalid) {
		return h.providerFailed(c, "/account", err)
	}
	if err != nil {
		return err
	}
	h.site.Flash(c, "signin.provider_linked")
	return web.Redirect(c, "/account")
}

func (h handlers) providerUnlink(c *gin.Context) error {
	actor := session.Actor(c)
	err := h.Users.Unlink(c.Request.Context(), actor, actor.UserID)
	if err != nil && !fault.Is(err, fault.NotFound) { // nothing was linked, which is what was wanted
		return err
	}
	h.site.Flash(c, "signin.provider_unlinked")
	return web.Redirect(c, "/account")
}
