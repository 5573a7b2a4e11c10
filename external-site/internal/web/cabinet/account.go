package cabinet

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type accountPage struct {
	web.Page
	Account  account.Account
	Sessions []account.Session
	Passkeys []account.Passkey
	Codes    time.Time // since when it asks for codes; zero when it does not
	Keys     bool      // passkeys can be used on this site
	Hours    int       // how long a session lasts
	Idle     int       // minutes without a page of the cabinet
	Years    int       // without anybody opening the account
}

// account shows how the account is opened, where it is open, and what can be done with it.
func (h *handlers) account(c *gin.Context, holder account.Holder) error {
	p := &accountPage{
		Hours: int(account.SessionLife.Hours()), Idle: int(account.SessionIdle.Minutes()), Years: int(account.UnusedLife.Hours() / 24 / 365),
	}
	var err error
	if p.Account, err = h.Accounts.Account(c.Request.Context(), holder); err != nil {
		return err
	}
	if p.Sessions, err = h.Accounts.Sessions(c.Request.Context(), holder); err != nil {
		return err
	}
	if p.Passkeys, err = h.Accounts.Passkeys(c.Request.Context(), holder); err != nil {
		return err
	}
	if p.Codes, err = h.Accounts.CodesSince(c.Request.Context(), holder); err != nil {
		return err
	}
	p.Keys = h.Accounts.HasPasskeys()
	h.own(c, &p.Page)
	return h.site.Render(c, http.StatusOK, "cabinet/account", p)
}

func (h *handlers) endSession(c *gin.Context, holder account.Holder) error {
	if err := h.Accounts.EndSession(c.Request.Context(), holder, c.Param("id")); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.session_ended")
	return web.Redirect(c, "/cabinet/account")
}

func (h *handlers) endOthers(c *gin.Context, holder account.Holder) error {
	if err := h.Accounts.EndOthers(c.Request.Context(), holder); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.others_ended")
	return web.Redirect(c, "/cabinet/account")
}

// accountTrail leads back to the account.
func (h *handlers) accountTrail(c *gin.Context) ui.Link {
	return ui.Link{Href: "/cabinet/account", Text: h.site.T(c, "cabinet.account_title")}
}

// wrongPassword puts into the form that the present password was not the account's; false when it is another error.
func wrongPassword(form *web.Form, err error) bool {
	switch {
	case fault.Is(err, fault.NotFound):
		form.Add("present", "cabinet.present_wrong")
	case fault.Is(err, fault.TooMany):
		form.Add("present", fault.MessageKey(err))
	default:
		return false
	}
	return true
}

// confirmed runs ask, which needs the present password, and counts wrong ones as tries to sign in.
func (h *handlers) confirmed(c *gin.Context, holder account.Holder, ask func() error) error {
	a, err := h.Accounts.Account(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	l, err := account.ParseLogin(a.Login)
	if err != nil {
		return err
	}
	return h.guess(c, l, ask)
}
