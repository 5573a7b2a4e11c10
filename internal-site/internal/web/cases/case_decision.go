package cases

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/paper"
	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// decisionPart is what a case's page says of the documents of its decisions.
type decisionPart struct {
	PreviewTo string               // where a decision is sent to be looked at as a document; "" makes none
	Paper     *cases.DecisionPaper // the document of the decision in force
	papers    []cases.DecisionPaper
}

// isDecision says whether the file is the document of a decision, which is corrected and not withdrawn as a result is.
func (d decisionPart) isDecision(file uuid.UUID) bool {
	for _, p := range d.papers {
		if p.File == file {
			return true
		}
	}
	return false
}

func (h handlers) fillDecisions(c *gin.Context, part *decisionPart, w *cases.Work) (err error) {
	if h.Decisions == nil {
		return nil
	}
	part.PreviewTo = within("/cases/"+w.Case.ID.String()+"/decision", listQuery(c))
	part.papers, err = h.Decisions.Decisions(c.Request.Context(), session.Actor(c), w)
	for i := range part.papers {
		if part.papers[i].Valid {
			part.Paper = &part.papers[i]
		}
	}
	return err
}

// preview shows the document of a decision as it would be, filled in with what was typed. Nothing is kept of it.
func (h handlers) preview(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := h.readAct(c)
	if err != nil {
		return err
	}
	cmd := commandOf(form)
	switch {
	case web.ShowOnly(c):
		return h.again(c, id, form, http.StatusOK)
	case h.Decisions == nil:
		return fault.New(fault.NotFound, "")
	case !cmd.Act.Words():
		return fault.New(fault.Invalid, "")
	}
	doc, err := h.Decisions.DraftDecision(c.Request.Context(), session.Actor(c), id, request.Version(form), cmd)
	if err != nil {
		return h.failed(c, id, form, err)
	}
	pdf, err := doc.Print()
	if err != nil {
		return err
	}
	download.Made(c, nameOfDecision(doc.Number), paper.MediaType, pdf)
	return nil
}

// nameOfDecision is how the file of a decision is called.
func nameOfDecision(number string) string {
	return "decision-" + strings.ReplaceAll(number, "/", "-") + ".pdf"
}

// makeDecision makes the document of a decision and stores it, sealed for the applicant too. Its rows are written with the act.
func (h handlers) makeDecision(c *gin.Context, id uuid.UUID, version int, cmd *cases.Command) ([]documents.File, error) {
	if h.Decisions == nil || !cmd.Act.HasPaper() || web.ShowOnly(c) {
		return nil, nil
	}
	ctx, actor := c.Request.Context(), session.Actor(c)
	doc, err := h.Decisions.DraftDecision(ctx, actor, id, version, *cmd)
	if err != nil {
		return nil, err
	}
	w, err := h.Cases.Work(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if doc.Check, err = contract.NewDocumentNumber(nil); err != nil {
		return nil, err
	}
	if h.PublicURL != "" {
		doc.CheckAt = h.PublicURL + contract.IssuedPath
	}
	pdf, err := doc.Print()
	if err != nil {
		return nil, err
	}
	files, err := h.Vault.PutResult(ctx, documents.NewResult{
		CaseID: id, CaseNumber: doc.Number, Recipient: w.Case.Recipient, FileName: nameOfDecision(doc.Number), MediaType: paper.MediaType,
		UploadedBy: actor.UserID, Data: pdf, Title: doc.Title, Kind: "decision", Made: true,
	})
	if err != nil {
		return nil, err
	}
	cmd.Decision = &cases.DecisionPaper{File: files[0].ID, Position: doc.Position, Template: doc.Template, Check: doc.Check}
	return files, nil
}

// do does an act, with the document that it leaves behind. The second press of the button that has done it does nothing and is no error.
func (h handlers) do(c *gin.Context, id uuid.UUID, version int, cmd cases.Command) error {
	return h.unlessPressed(c, id, cmd.Press, h.doOnce(c, id, version, cmd))
}

// unlessPressed is err, but nil when the act was refused only because the same form had done it before.
func (h handlers) unlessPressed(c *gin.Context, id, press uuid.UUID, err error) error {
	if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Forbidden) {
		return err
	}
	if was, errPress := h.Cases.WasPressed(c.Request.Context(), session.Actor(c), id, press); errPress != nil || !was {
		return cmp.Or(errPress, err)
	}
	return nil
}

func (h handlers) doOnce(c *gin.Context, id uuid.UUID, version int, cmd cases.Command) error {
	files, err := h.makeDecision(c, id, version, &cmd)
	if err != nil {
		return err
	}
	err = h.Cases.Do(c.Request.Context(), session.Actor(c), id, version, cmd, files...)
	if err != nil && len(files) > 0 {
		return h.Vault.Undo(c.Request.Context(), err, files...)
	}
	return err
}
