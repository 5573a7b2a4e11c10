package track

import (
	"context"
	"net/http"
	"net/url"
	"time"

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
	Wait string // when to try again, after too many wrong pairs
}

// askPage is the page with the form as it was filled in.
func (h *handlers) askPage(c *gin.Context, form *web.Form) *askPage {
	p := &askPage{Form: form}
	p.Breadcrumbs = h.trail(c)
	p.ShowsForms = true
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

// enter compares number and code. An unknown number and a wrong code get the same answer. When only the language was
// switched, the form comes back, and opens nothing.
func (h *handlers) enter(c *gin.Context) error {
	web.Resends(c)
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
	if !form.OK() || web.Unasked(c) {
		return h.site.Invalid(c, "track/ask", form, h.askPage(c, form))
	}
	err = h.compare(c, number, func(ctx context.Context) error { return h.Tracking.Check(ctx, number, code) })
	switch {
	case fault.Is(err, fault.NotFound):
		form.Add("number", "track.no_match")
		return h.site.Invalid(c, "track/ask", form, h.askPage(c, form))
	case fault.Is(err, fault.TooMany):
		return h.tooMany(c, form, fault.WaitOf(err))
	case err != nil:
		return err
	case web.ShowOnly(c):
		return h.site.Invalid(c, "track/ask", form, h.askPage(c, form))
	}
	if err := h.remember(c, holder{number, code}); err != nil {
		return err
	}
	return web.Redirect(c, "/track/status")
}

// tooMany shows the form again to whoever guessed too often. It says that the right pair opens all the same: somebody
// else behind the same address may have guessed.
func (h *handlers) tooMany(c *gin.Context, form *web.Form, wait time.Duration) error {
	form.Add("number", "track.too_many")
	p := h.askPage(c, form)
	p.Wait = web.WaitInWords(h.site.Printer(c), wait)
	p.Errors = form.Errors()
	web.RetryAfter(c, wait)
	return h.site.Render(c, http.StatusTooManyRequests, "track/ask", p)
}
