package signin

import (
	"encoding/hex"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

type accountPage struct {
	web.Page
	Account  access.User
	Places   map[string]string // names of the places in which groups count, by id
	Sessions []access.OpenSession
	There    *locale.Text // the name of the provider where people can sign in, if any
	Linked   bool         // the account is tied to it
}

// Where names the place in which a group counts, "" for the region.
func (p *accountPage) Where(g access.Grant) string { return p.Places[g.Place.ID.String()] }

// Browser is how people call the program that a session is in.
func (p *accountPage) Browser(s access.OpenSession) string { return web.BrowserOf(s.Agent) }

// Key names a session in a form.
func (p *accountPage) Key(s access.OpenSession) string { return hex.EncodeToString(s.TokenHash) }

func (h handlers) account(c *gin.Context) error {
	user, _ := session.User(c)
	sessions, err := h.Users.Sessions(c.Request.Context(), user.ID, web.HashToken(h.site.SessionToken(c)))
	if err != nil {
		return err
	}
	page := &accountPage{Account: user, Sessions: sessions, Places: map[string]string{}, There: h.there()}
	if page.There != nil {
		if page.Linked, err = h.Users.Linked(c.Request.Context(), user.ID, h.Provider.Issuer()); err != nil {
			return err
		}
	}
	for _, kind := range []org.Kind{org.Centre, org.Authority} {
		names, err := h.Orgs.Names(c.Request.Context(), kind)
		if err != nil {
			return err
		}
		for _, n := range names {
			page.Places[n.ID.String()], _ = n.Name.In(web.Lang(c))
		}
	}
	return h.site.Render(c, http.StatusOK, "signin/account", page)
}

// signOutOne ends one session of the person's own.
func (h handlers) signOutOne(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	key, err := hex.DecodeString(form.Value("session"))
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "")
	}
	err = h.Users.SignOutOne(c.Request.Context(), session.Actor(c), key)
	if err != nil && !fault.Is(err, fault.NotFound) { // one that has ended by itself is what was wanted
		return err
	}
	h.site.Flash(c, "signin.signed_out_one")
	return web.Redirect(c, "/account")
}

func (h handlers) signOutElsewhere(c *gin.Context) error {
	err := h.Users.SignOutElsewhere(c.Request.Context(), session.Actor(c), web.HashToken(h.site.SessionToken(c)))
	if err != nil {
		return err
	}
	h.site.Flash(c, "signin.signed_out_elsewhere")
	return web.Redirect(c, "/account")
}
