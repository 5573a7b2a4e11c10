package track

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/tracking"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type askPage struct {
	web.Page
	Form *web.Form
	Open string // the application that this browser has open, "" when none
}

// askPage is the page with the form as it was filled in.
func (h *handlers) askPage(c *gin.Context, form *web.Form) *askPage {
	p := &askPage{Form: form}
	p.Breadcrumbs = h.trail(c)
	return p
}

// trail leads to the pages of this area.
func (h *handlers) trail(c *gin.Context) []ui.Link {
	return []ui.Link{{Href: "/", Text: h.site.T(c, "common.home")}}
}

// ask shows the form. The number may come with the address, as from a QR code; the code never does.
func (h *handlers) ask(c *gin.Context) error {
	p := h.askPage(c, web.NewForm(url.Values{}))
	if number, ok := tracking.ParseNumber(c.Query("number")); ok {
		p.Form.Set("number", number.String())
	}
	if who, err := h.holder(c); err == nil {
		p.Open = who.number.String()
	}
	return h.site.Render(c, http.StatusOK, "track/ask", p)
}

// enter compares number and code. An unknown number and a wrong code get the same answer. Whoever guesses is slowed
// down: from one address at many numbers, or at one number from many. Only wrong codes count against a number, as case
// numbers are known to everybody and guesses of others must not lock out whoever has the code.
func (h *handlers) enter(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	form.Required("number", "track.number_required")
	form.Required("code", "track.code_required")
	number, ok := tracking.ParseNumber(form.Value("number"))
	form.Check(ok, "number", "track.number_wrong")
	code, err := seal.ParseCode(form.Value("code"))
	form.Check(err == nil, "code", "seal.code_wrong")
	if !form.OK() {
		return h.site.Invalid(c, "track/ask", form, h.askPage(c, form))
	}
	if err := h.byAddress.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	switch err := h.Tracking.Check(c.Request.Context(), number, code); {
	case fault.Is(err, fault.NotFound):
		if err := h.byNumber.Allow(number.String()); err != nil {
			return err
		}
		form.Add("number", "track.no_match")
		return h.site.Invalid(c, "track/ask", form, h.askPage(c, form))
	case err != nil:
		return err
	}
	if err := h.remember(c, holder{number, code}); err != nil {
		return err
	}
	return web.Redirect(c, "/track/status")
}
