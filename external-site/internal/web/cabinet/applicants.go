package cabinet

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// kept is somebody for whom the owner of the account applies.
type kept struct {
	account.Applicant
	applications.Saved
	Over bool // who represents them may no longer
}

// applicantsPage lists for whom the owner of the account applies; with To it offers each to the application there.
type applicantsPage struct {
	web.Page
	Applicants []kept
	To         string // what takes the one who is chosen
	Leads      string // the page of the application
}

// applicants lists them, those saved last first.
func (h *handlers) applicants(c *gin.Context, holder account.Holder) error {
	p := &applicantsPage{}
	h.own(c, &p.Page)
	var err error
	if p.Applicants, err = h.keptApplicants(c, holder); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cabinet/applicants", p)
}

// applicantsPick offers them to the application that asked for one.
func (h *handlers) applicantsPick(c *gin.Context, holder account.Holder) error {
	p := &applicantsPage{}
	h.own(c, &p.Page, h.applicantsTrail(c))
	p.To, p.Leads, _ = sending.ToFill(h.site, c)
	var err error
	if p.Applicants, err = h.keptApplicants(c, holder); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cabinet/applicants_pick", p)
}

func (h *handlers) applicantsTrail(c *gin.Context) ui.Link {
	return ui.Link{Href: "/cabinet/applicants", Text: h.site.T(c, "cabinet.applicants_title")}
}

// keptApplicants opens them. An application can only add to what it cannot read: what it added and another says as well goes as soon as it is seen, and an
// authority of which it knows no end ends on the day that its owner has noted elsewhere.
func (h *handlers) keptApplicants(c *gin.Context, holder account.Holder) ([]kept, error) {
	all, err := h.Accounts.Applicants(c.Request.Context(), holder)
	if err != nil {
		return nil, err
	}
	var list []kept
	for _, a := range all {
		saved, err := applications.ReadSaved(a.Answers)
		if err != nil {
			return nil, err
		}
		list = append(list, kept{Applicant: a, Saved: saved})
	}
	today := workdays.DateOf(h.site.Now())
	for i := 0; i < len(list); i++ {
		one := &list[i]
		for j, other := range list {
			if i != j {
				one.Saved = one.Lasts(other.Saved)
			}
		}
		one.Over = one.Ended(today)
		said := func(other kept) bool { return other.ID != one.ID && one.Repeats(other.Saved) }
		if one.FromApplication && slices.ContainsFunc(list, said) {
			if err := h.Accounts.DropApplicant(c.Request.Context(), holder, one.Applicant); err != nil {
				return nil, err
			}
			list = slices.Delete(list, i, i+1)
			i--
		}
	}
	return list, nil
}
