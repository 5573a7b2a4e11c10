package acts

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type actWithdrawPage struct {
	web.Page
	Form     *web.Form
	Act      law.Act
	Services int // whose cards rest on the act
	Href     string
}

// withdraw asks why citizens are not to see the act any more.
func (h handlers) withdraw(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("version", strconv.Itoa(a.Version))
	return h.renderWithdraw(c, http.StatusOK, a, form)
}

func (h handlers) renderWithdraw(c *gin.Context, status int, a law.Act, form *web.Form, wrong ...fault.FieldError) error {
	page := &actWithdrawPage{Form: form, Act: a, Href: "/acts/" + a.ID.String()}
	page.Errors = append(form.Errors(), wrong...)
	page.Back = &ui.Link{Href: page.Href, Text: h.site.T(c, "acts.back")}
	var err error
	if _, page.Services, err = h.Library.Citing(c.Request.Context(), session.Actor(c), a.ID, 1, 1); err != nil {
		return err
	}
	return h.site.Render(c, status, "acts/act_withdraw", page)
}

func (h handlers) withdrawPost(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	err = h.Library.Publish(c.Request.Context(), session.Actor(c), a.ID, request.Version(form), false, form.Value("reason"))
	switch {
	case fault.Is(err, fault.Conflict):
		form.Set("version", strconv.Itoa(a.Version))
		return h.renderWithdraw(c, http.StatusConflict, a, form, fault.FieldError{Key: fault.MessageKey(err)})
	case err != nil && !form.Take(err):
		return err
	case !form.OK():
		return h.renderWithdraw(c, http.StatusUnprocessableEntity, a, form)
	}
	h.site.Flash(c, "acts.withdrawn")
	return web.Redirect(c, "/acts/"+a.ID.String())
}
