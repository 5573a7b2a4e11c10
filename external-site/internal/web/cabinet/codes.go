package cabinet

import (
	"html/template"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// codesPage shows a secret for the owner's app, and asks for the code that the app makes of it.
type codesPage struct {
	web.Page
	Form    *web.Form
	App     account.App
	Picture template.HTML
	AppLink template.URL // of the app on this very telephone
	On      bool         // another app has been set up already, and gives way
}

func (h *handlers) codes(c *gin.Context, holder account.Holder) error {
	p, err := h.codesPage(c, holder, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cabinet/codes", p)
}

// codesPage shows the secret that the form carries, or a new one.
func (h *handlers) codesPage(c *gin.Context, holder account.Holder, form *web.Form) (p *codesPage, err error) {
	ctx, issuer, sealed := c.Request.Context(), h.issuer(c), form.Value("sealed")
	p = &codesPage{Form: form}
	since, err := h.Accounts.CodesSince(ctx, holder)
	if err != nil {
		return nil, err
	}
	p.On = !since.IsZero()
	if sealed != "" {
		p.App, err = h.Accounts.ShownApp(ctx, holder, sealed, issuer)
	}
	if sealed == "" || fault.Is(err, fault.Invalid) {
		p.App, err = h.Accounts.PrepareApp(ctx, holder, issuer)
	}
	if err != nil {
		return nil, err
	}
	form.Set("sealed", p.App.Sealed)    // the links of languages carry the form, and the secret stays the same
	p.AppLink = template.URL(p.App.URL) //nolint:gosec // otpauth, put together and escaped here
	p.Picture, err = ui.QR(p.App.URL, h.site.T(c, "cabinet.codes_qr"))
	h.own(c, &p.Page, h.accountTrail(c))
	return p, err
}

// issuer is what apps call the site: its name on the network, since a short text in Latin letters makes a picture that old telephones read.
func (h *handlers) issuer(c *gin.Context) string {
	if base, err := url.Parse(h.BaseURL); err == nil && base.Host != "" {
		return base.Hostname()
	}
	return c.Request.Host
}

// codesPost lets the cabinet ask for codes, once the app has shown a right one.
func (h *handlers) codesPost(c *gin.Context, holder account.Holder) error {
	web.Resends(c)
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	present, status := secret(form, "present"), http.StatusNotFound // as for every mistake in the form
	form.Required("code", "cabinet.codes_required")
	form.Check(present != "", "present", "cabinet.present_required")
	if form.OK() && !web.ShowOnly(c) {
		err := h.confirmed(c, holder, func() error {
			return h.Accounts.ConfirmApp(c.Request.Context(), holder, form.Value("sealed"), form.Value("code"), present)
		})
		switch {
		case err == nil:
			h.site.Flash(c, "cabinet.codes_are_on")
			return web.Redirect(c, "/cabinet/account")
		case fault.Is(err, fault.Invalid):
			addRefusal(form, "code", err)
		case !wrongPassword(form, err):
			return err
		case fault.Is(err, fault.TooMany):
			status = fault.Status(err)
		}
	}
	p, err := h.codesPage(c, holder, form)
	if err != nil {
		return err
	}
	return h.again(c, status, "cabinet/codes", form, p)
}
