package samples

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type sampleWithdrawPage struct {
	web.Page
	Form   *web.Form
	Sample catalogue.Sample
	Title  locale.Text
	Href   string // the list
}

// withdraw asks why citizens are not to see the sample any more.
func (h handlers) withdraw(c *gin.Context) error {
	return h.renderWithdraw(c, http.StatusOK, web.NewForm(nil))
}

func (h handlers) renderWithdraw(c *gin.Context, status int, form *web.Form) error {
	s, err := h.sample(c)
	if err != nil {
		return err
	}
	if s.WithdrawnAt != nil {
		return fault.New(fault.Conflict, "catalogue.samples_changed")
	}
	list := "/services/" + c.Param("id") + "/samples"
	page := &sampleWithdrawPage{Form: form, Sample: s, Title: titleOf(s), Href: list}
	page.Errors = form.Errors()
	page.Back = &ui.Link{Href: list, Text: h.site.T(c, "samples.back")}
	return h.site.Render(c, status, "samples/sample_withdraw", page)
}

func (h handlers) withdrawPost(c *gin.Context) error {
	s, err := h.sample(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	service, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	err = h.Services.WithdrawSample(c.Request.Context(), session.Actor(c), service, s.File.ID, form.Value("reason"))
	switch {
	case err != nil && !form.Take(err):
		return err
	case !form.OK():
		return h.renderWithdraw(c, http.StatusUnprocessableEntity, form)
	}
	h.site.Flash(c, "samples.withdrawn")
	return web.Redirect(c, "/services/"+c.Param("id")+"/samples")
}
