package cabinet

import (
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// controls draws the questions about an applicant.
var controls = sending.Controls(files)

// applicantPage is where somebody is added for whom the owner of the account applies, or changed.
type applicantPage struct {
	web.Page
	Parts  []applicantPart
	Action string
	Remove string // where they are removed; "" for a new one
}

// applicantPart is a heading with its fields.
type applicantPart struct {
	Title, Hint locale.Text
	Fields      template.HTML
}

func (h *handlers) applicantNew(c *gin.Context, _ account.Holder) error {
	return h.showApplicant(c, http.StatusOK, account.Applicant{}, web.NewForm(nil))
}

// applicantNewPost keeps another one.
func (h *handlers) applicantNewPost(c *gin.Context, holder account.Holder) error {
	return h.saveApplicant(c, account.Applicant{}, "cabinet.applicant_added", func(a account.Applicant) error {
		return h.Accounts.AddApplicant(c.Request.Context(), holder.Writer(), a)
	})
}

// foundApplicant is the one that the address names.
func (h *handlers) foundApplicant(c *gin.Context, holder account.Holder) (account.Applicant, error) {
	key, err := id(c)
	if err != nil {
		return account.Applicant{}, err
	}
	return h.Accounts.Applicant(c.Request.Context(), holder, key)
}

func (h *handlers) applicant(c *gin.Context, holder account.Holder) error {
	a, err := h.foundApplicant(c, holder)
	if err != nil {
		return err
	}
	saved, err := applications.ReadSaved(a.Answers)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	whole, step, err := applicantForm()
	if err != nil {
		return err
	}
	whole.Fill(step, saved.Answers, form)
	return h.showApplicant(c, http.StatusOK, a, form)
}

func (h *handlers) applicantPost(c *gin.Context, holder account.Holder) error {
	a, err := h.foundApplicant(c, holder)
	if err != nil {
		return err
	}
	return h.saveApplicant(c, a, "cabinet.applicant_saved", func(a account.Applicant) error {
		return h.Accounts.ChangeApplicant(c.Request.Context(), holder, a)
	})
}

// applicantForm is the form of an applicant, and all its questions as those of one page.
func applicantForm() (*forms.Form, forms.Step, error) {
	f, err := applications.SavedForm()
	if err != nil {
		return nil, forms.Step{}, err
	}
	var all forms.Step
	for _, s := range f.Steps {
		all.Fields = append(all.Fields, s.Fields...)
	}
	return f, all, nil
}

// saveApplicant keeps what was typed, or shows it again with what is wrong.
func (h *handlers) saveApplicant(c *gin.Context, a account.Applicant, done string, keep func(account.Applicant) error) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	whole, step, err := applicantForm()
	if err != nil {
		return err
	}
	saved := applications.Saved{Answers: forms.Answers{}}
	whole.Bind(step, form, saved.Answers, h.site.Now())
	if form.OK() && !web.ShowOnly(c) {
		if a.Answers, err = saved.JSON(); err != nil {
			return err
		}
		switch err := keep(a); {
		case err == nil:
			h.site.Flash(c, done)
			return web.Redirect(c, "/cabinet/applicants")
		case fault.Is(err, fault.Conflict):
			addRefusal(form, "", err)
		default:
			return err
		}
	}
	return h.showApplicant(c, http.StatusUnprocessableEntity, a, form)
}

func (h *handlers) showApplicant(c *gin.Context, status int, a account.Applicant, form *web.Form) error {
	p := &applicantPage{Action: "/cabinet/applicants/new"}
	h.own(c, &p.Page, h.applicantsTrail(c))
	if a.ID != uuid.Nil {
		p.Action = applicantPath(a)
		p.Remove = p.Action + "/remove"
	}
	whole, step, err := applicantForm()
	if err != nil {
		return err
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	for _, s := range whole.Steps {
		fields, err := draw.Step(web.Lang(c), forms.Shown{Form: whole, Step: s, Typed: form, Whole: true})
		if err != nil {
			return err
		}
		p.Parts = append(p.Parts, applicantPart{s.Title, s.Hint, fields})
	}
	p.Errors = step.InOrder(form.Errors())
	return h.site.Render(c, status, "cabinet/applicant", p)
}

// applicantPath is the address of an applicant.
func applicantPath(a account.Applicant) string { return "/cabinet/applicants/" + a.ID.String() }

type applicantRemovePage struct {
	web.Page
	Kept kept
}

// applicantRemove asks before somebody goes from the list.
func (h *handlers) applicantRemove(c *gin.Context, holder account.Holder) error {
	a, err := h.foundApplicant(c, holder)
	if err != nil {
		return err
	}
	saved, err := applications.ReadSaved(a.Answers)
	if err != nil {
		return err
	}
	p := &applicantRemovePage{Kept: kept{Applicant: a, Saved: saved}}
	h.own(c, &p.Page, h.applicantsTrail(c), ui.Link{Href: applicantPath(a), Text: saved.Name()})
	return h.site.Render(c, http.StatusOK, "cabinet/applicant_remove", p)
}

func (h *handlers) applicantRemovePost(c *gin.Context, holder account.Holder) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if err := h.Accounts.RemoveApplicant(c.Request.Context(), holder, key); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.applicant_removed")
	return web.Redirect(c, "/cabinet/applicants")
}
