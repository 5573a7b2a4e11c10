package acts

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type editionWithdrawPage struct {
	web.Page
	Form    *web.Form
	Act     law.Act
	Edition law.Edition
	Href    string
}

// withdrawEdition asks why an edition is to count no more.
func (h handlers) withdrawEdition(c *gin.Context) error {
	return h.renderWithdrawEdition(c, http.StatusOK, web.NewForm(nil))
}

func (h handlers) renderWithdrawEdition(c *gin.Context, status int, form *web.Form) error {
	a, e, err := h.oneEdition(c)
	if err != nil {
		return err
	}
	if e.WithdrawnAt != nil {
		return fault.New(fault.Conflict, "law.changed")
	}
	page := &editionWithdrawPage{Form: form, Act: a, Edition: e, Href: "/acts/" + a.ID.String() + "/editions/" + e.ID.String()}
	page.Errors = form.Errors()
	page.Back = &ui.Link{Href: page.Href, Text: h.site.T(c, "acts.back_to_edition")}
	return h.site.Render(c, status, "acts/edition_withdraw", page)
}

func (h handlers) withdrawEditionPost(c *gin.Context) error {
	a, e, err := h.oneEdition(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	err = h.Library.WithdrawEdition(c.Request.Context(), session.Actor(c), a.ID, e.ID, form.Value("reason"))
	switch {
	case err != nil && !form.Take(err):
		return err
	case !form.OK():
		return h.renderWithdrawEdition(c, http.StatusUnprocessableEntity, form)
	}
	h.site.Flash(c, "acts.edition_withdrawn")
	return web.Redirect(c, "/acts/"+a.ID.String())
}
