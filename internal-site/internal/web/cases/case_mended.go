package cases

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// fillResults offers the valid results, to withdraw one or to put another in its place.
func (page *caseShowPage) fillResults(p *locale.Printer) {
	page.Withdrawable = []ui.SelectItem{{Text: p.T("cases.withdraw_choose")}}
	page.Replaceable = []ui.SelectItem{{Text: p.T("cases.replaces_none")}}
	for _, f := range page.Results {
		if f.WithdrawnAt == nil && f.SignsID == nil && !page.isDecision(f.ID) { // a signature goes with what it signs
			one := ui.SelectItem{Value: f.ID.String(), Text: p.T("cases.result_of", f.FileName, p.DateTimeShort(f.UploadedAt))}
			page.Withdrawable, page.Replaceable = append(page.Withdrawable, one), append(page.Replaceable, one)
		}
	}
}

// fillHandover reads who collected the result.
func (h handlers) fillHandover(c *gin.Context, page *caseShowPage, w *cases.Work) error {
	if w.Case.State != cases.Issued && w.Case.State != cases.Closed {
		return nil
	}
	switch given, err := h.Cases.Handover(c.Request.Context(), session.Actor(c), w); {
	case err == nil:
		page.Handover = &given
	case !fault.Is(err, fault.NotFound):
		return err
	}
	return nil
}
