package cases

import (
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/paper"
	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// proposalPart is what a case's page says of a decision that was prepared for somebody else's signature.
type proposalPart struct {
	ProposedOn  []locale.Text // grounds of the proposal
	Signatory   string        // title of the office that signs; "" where the card names none
	Signatories []offices.Holder
	ProposalTo  string          // the document as it will be; "" makes none
	Replaces    *cases.Proposal // of a colleague, which the reader's own would take the place of
	EditTo      string          // where the proposal is changed; "" for whoever may not
}

func (h handlers) fillProposal(c *gin.Context, page *caseShowPage, w *cases.Work) (err error) {
	if !page.Can[string(cases.Propose)] && w.Case.Proposal == nil {
		return nil
	}
	page.Signatory = w.Signatory()
	if page.Signatories, err = h.Cases.Signatories(c.Request.Context(), w); err != nil || w.Case.Proposal == nil {
		return err
	}
	if page.Can[string(cases.Propose)] {
		page.Replaces = w.Replaces(session.Actor(c))
	}
	page.ProposedOn = w.Cited(w.Case.Proposal.Grounds, w.Case.Proposal.OtherGround)
	if h.Decisions != nil {
		page.ProposalTo = "/cases/" + w.Case.ID.String() + "/proposal"
	}
	if page.Can[string(cases.Propose)] || page.Can[string(cases.Decide)] {
		page.EditTo = opened(w.Case.ID, listQuery(c))
		if listQuery(c) == "" {
			page.EditTo += "?edit=proposal"
		} else {
			page.EditTo += "&edit=proposal"
		}
	}
	return nil
}

// editProposal puts the proposal into the form of the decision.
func (h handlers) editProposal(c *gin.Context, id uuid.UUID, form *web.Form) error {
	w, err := h.Cases.Work(c.Request.Context(), session.Actor(c), id)
	if err != nil || w.Case.Proposal == nil {
		return err
	}
	p := w.Case.Proposal
	form.Set("outcome", string(p.Outcome))
	form.Set("ground", p.Grounds...)
	form.Set("ground_other", p.OtherGround)
	form.Set(cases.FieldOf(cases.Decide), p.Reasoning)
	return nil
}

// proposal shows the document of the decision that waits for its signature.
func (h handlers) proposal(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	if h.Decisions == nil {
		return fault.New(fault.NotFound, "")
	}
	doc, err := h.Decisions.ProposedDecision(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return err
	}
	pdf, err := doc.Print()
	if err != nil {
		return err
	}
	download.Made(c, nameOfDecision(doc.Number), paper.MediaType, pdf)
	return nil
}
