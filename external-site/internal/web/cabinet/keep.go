package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/slip"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type keepPage struct {
	web.Page
	Form    *web.Form
	Number  string
	Service locale.Text
}

// keepBegin takes number and code from a receipt, and leads to where they are saved: the reader may have to sign in first.
func (h *handlers) keepBegin(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	number, ok := tracking.ParseNumber(form.Value("number"))
	code, err := seal.ParseCode(form.Value("code"))
	if err != nil || !ok {
		return web.Redirect(c, "/cabinet/keep")
	}
	if err := slip.ToKeep.Put(h.site, c, slip.Slip{Number: number, Code: code}); err != nil {
		return err
	}
	return web.Redirect(c, "/cabinet/keep")
}

// keep asks what the matter is to be called. Without an account it asks to sign in; what is to be saved waits meanwhile.
func (h *handlers) keep(c *gin.Context) error {
	_, open, err := h.holder(c)
	if err != nil {
		return err
	}
	if !open {
		return web.Redirect(c, "/cabinet/sign-in")
	}
	held, ok := slip.ToKeep.Of(h.site, c)
	if !ok {
		return web.Redirect(c, "/track")
	}
	p, err := h.keepPage(c, held, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cabinet/keep", p)
}

// keepPage shows what is to be saved, if number and code belong together.
func (h *handlers) keepPage(c *gin.Context, held slip.Slip, form *web.Form) (*keepPage, error) {
	p := &keepPage{Form: form, Number: held.Number.String()}
	err := h.counted(c, func() error {
		s, err := h.Tracking.Status(c.Request.Context(), held.Number, held.Code)
		p.Service = s.Service
		return err
	})
	if fault.Is(err, fault.NotFound) {
		slip.ToKeep.Drop(h.site, c)
	}
	h.own(c, &p.Page, ui.Link{Text: h.site.T(c, "cabinet.keep_title")})
	return p, err
}

func (h *handlers) keepPost(c *gin.Context, holder account.Holder) error {
	web.Resends(c)
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	held, ok := slip.ToKeep.Of(h.site, c)
	if !ok {
		return web.Redirect(c, "/cabinet")
	}
	p, err := h.keepPage(c, held, form)
	if err != nil {
		return err
	}
	form.MaxLen("name", account.MaxMatterName)
	if !form.OK() || web.ShowOnly(c) {
		return h.site.Invalid(c, "cabinet/keep", form, p)
	}
	_, err = h.Accounts.Keep(c.Request.Context(), holder, account.Matter{Number: held.Number, Code: held.Code, Name: form.Value("name")})
	if fault.MessageKey(err) == "account.matters_full" {
		addRefusal(form, "", err)
		return h.site.Invalid(c, "cabinet/keep", form, p)
	}
	if err != nil {
		return err
	}
	slip.ToKeep.Drop(h.site, c)
	h.site.Flash(c, "cabinet.kept")
	return web.Redirect(c, "/cabinet")
}

// keepDrop forgets what was to be saved.
func (h *handlers) keepDrop(c *gin.Context) error {
	slip.ToKeep.Drop(h.site, c)
	return web.Redirect(c, "/cabinet")
}
