package apply

import (
	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/applications"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// fillButton is the value of the button «fill in from the cabinet», among those that take a document for a field.
const fillButton = "applicant!"

// fillPath takes what was chosen in the cabinet.
func (h *handlers) fillPath(c *gin.Context, s applications.Service) string {
	return h.path(c, s, applications.StepApplicant+"/fill")
}

// canFill says whether the page can be filled in from the cabinet.
func (h *handlers) canFill(c *gin.Context, page applications.Page) bool {
	return page.Portal && page.ID == applications.StepApplicant && h.SignedIn(c)
}

// fill puts somebody who is kept in the cabinet on the pages that ask who applies. They are as if they had been typed there: nothing is answered until the pages
// are sent.
func (h *handlers) fill(c *gin.Context) error {
	if c.Param("step") != applications.StepApplicant {
		return fault.New(fault.NotFound, "")
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	s, err := h.service(c)
	if err != nil {
		return err
	}
	w := &work{handlers: h, c: c, s: s}
	if sent, err := w.find(); err != nil {
		return err
	} else if sent {
		return web.Redirect(c, h.path(c, s, "receipt"))
	}
	if kind := form.Value("kind"); !s.CanBe(kind) {
		switch kind {
		case contract.ApplicantPerson, contract.ApplicantEntrepreneur, contract.ApplicantEntity:
			h.site.FlashTrouble(c, "apply.fill_refused."+kind)
		}
		return web.Redirect(c, h.path(c, s, applications.StepApplicant))
	}
	d := s.NewDraft()
	err = w.change(d, func() error { d.Fill(form.All(), h.site.Now()); return nil })
	if fault.Is(err, fault.Conflict) {
		return web.Redirect(c, h.path(c, s, "receipt"))
	}
	if err != nil {
		return err
	}
	h.Filled(c)
	h.site.Flash(c, "apply.filled")
	return web.Redirect(c, h.path(c, s, applications.StepApplicant))
}

// remember keeps who applied for the account that is open, so that they need not be typed again.
func (h *handlers) remember(c *gin.Context, d *applications.Draft) {
	saved, err := d.ToSave()
	var a account.Applicant
	if err == nil {
		a.Answers, err = saved.JSON()
	}
	if err == nil {
		err = h.Remember(c, a)
	}
	if err == nil {
		h.site.Flash(c, "apply.remembered")
		return
	}
	h.Log.WarnContext(c.Request.Context(), "an applicant could not be kept in an account", "error", err, "request_id", web.RequestID(c))
	h.site.FlashTrouble(c, "apply.not_remembered")
}
