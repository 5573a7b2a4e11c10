package checks

import (
	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/checks"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type reviewPage struct {
	web.Page
	Offer    checks.Offer
	Centre   org.Centre
	Form     *web.Form
	List     ui.SummaryList
	Action   string
	Discard  string
	Change   string
	Days     int
	FileDays int // that the centre keeps the files after its answer
	Trouble  string
}

// show lets the papers be looked over before they are sent.
func (h *handlers) show(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	return sending.LookOver(&w.Writing, w.review())
}

// send seals the papers and hands them over.
func (h *handlers) send(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	sent, at := checks.NewDraft(w.offer), w.review()
	at.Description = func() submission.Copy { return submission.Copy{Parts: w.copied(sent)} }
	return sending.Send(&w.Writing, sent, at)
}

func (w *work) review() sending.LookedOver {
	return sending.LookedOver{
		Path: base(w.offer) + "/sending", ConsentKey: "checks.consent_required", NotSentKey: "checks.not_sent", Render: w.renderReview,
	}
}

func (w *work) renderReview(status int, form *web.Form, trouble string) error {
	sheet, err := w.Draft.Sheet()
	if err != nil {
		return err
	}
	centre, _ := w.Draft.Centre()
	p := &reviewPage{
		Offer: w.offer, Centre: centre, Form: form, Action: w.review().Path, Discard: base(w.offer) + "/discard", Trouble: trouble,
		List: w.Answers(w.c, sheet.Form, sheet.Step.ID, w.Draft.Answers, w.Draft.Base()), Change: w.Path(),
		Days: sending.DraftDays(), FileDays: contract.CheckFilesKept,
	}
	p.NoIndex = true
	p.Errors = form.Errors()
	p.Back = &ui.Link{Href: w.Path(), Text: w.site.T(w.c, "checks.back")}
	return w.site.Render(w.c, status, "checks/review", p)
}

// copied is what the person sent where and when.
func (w *work) copied(d *checks.Draft) []submission.Part {
	sheet, err := d.Sheet()
	if err != nil {
		return nil
	}
	printer, rows := w.site.Printer(w.c), []submission.Row{w.SentNow(w.c)}
	if centre, ok := d.Centre(); ok {
		rows = append(rows, submission.Row{Label: printer.T("checks.centre"), Lines: []string{printer.Value(centre.Name)}})
	}
	return []submission.Part{{
		Title: printer.Value(w.offer.Name), Rows: append(rows, w.Copied(w.c, sheet.Form, sheet.Step.ID, d.Answers, d.Base())...),
	}}
}
