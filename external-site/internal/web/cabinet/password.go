package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

type passwordPage struct {
	web.Page
	Form *web.Form
	Min  int
}

func (h *handlers) passwordPage(c *gin.Context, form *web.Form) *passwordPage {
	p := &passwordPage{Form: form, Min: account.MinPassword}
	h.own(c, &p.Page, h.accountTrail(c))
	return p
}

func (h *handlers) password(c *gin.Context, holder account.Holder) error {
	a, err := h.Accounts.Account(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("login", a.Login)
	return h.site.Render(c, http.StatusOK, "cabinet/password", h.passwordPage(c, form))
}

// passwordPost wraps the account's key for a new login and password.
func (h *handlers) passwordPost(c *gin.Context, holder account.Holder) error {
	web.Resends(c)
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	present := secret(form, "present")
	form.Check(present != "", "present", "cabinet.present_required")
	to := h.change(form)
	status := http.StatusNotFound // as for every mistake in the form
	if form.OK() && !web.ShowOnly(c) {
		err := h.confirmed(c, holder, func() error { return h.Accounts.ChangePassword(c.Request.Context(), holder, present, to) })
		switch {
		case err == nil:
			h.remember(c, to.Login)
			h.site.Flash(c, "cabinet.password_changed")
			return web.Redirect(c, "/cabinet/account")
		case fault.MessageKey(err) == "account.taken":
			form.Add("password", "cabinet.pair_taken")
		case !wrongPassword(form, err):
			return err
		case fault.Is(err, fault.TooMany):
			status = fault.Status(err)
		}
	}
	return h.again(c, status, "cabinet/password", form, h.passwordPage(c, form))
}
