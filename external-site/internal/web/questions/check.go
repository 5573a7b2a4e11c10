package questions

import (
	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type checkPage struct {
	web.Page
	To      questions.Addressee
	About   *questions.Service
	Letter  *questions.Official
	Form    *web.Form
	List    ui.SummaryList
	Action  string
	Discard string
	Change  string
	Days    int
	Trouble string
}

// check lets the question be looked over before it is sent.
func (h *handlers) check(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	return sending.LookOver(&w.Writing, w.checked())
}

// send seals the question and hands it over.
func (h *handlers) send(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	sent, at := questions.NewDraft(w.to), w.checked()
	at.Description = func() submission.Copy { return submission.Copy{Parts: w.copied(sent)} }
	return sending.Send(&w.Writing, sent, at)
}

func (w *work) checked() sending.LookedOver {
	return sending.LookedOver{
		Path: w.base() + "/check", ConsentKey: "questions.consent_required", NotSentKey: "questions.not_sent", Render: w.renderCheck,
	}
}

func (w *work) renderCheck(status int, form *web.Form, trouble string) error {
	sheet, err := w.Draft.Sheet()
	if err != nil {
		return err
	}
	p := &checkPage{
		To: w.to, About: w.Draft.About, Letter: w.Draft.Letter, Form: form, Action: w.checked().Path, Discard: w.base() + "/discard",
		Trouble: trouble, List: w.Answers(w.c, sheet.Form, sheet.Step.ID, w.Draft.Answers, w.Draft.Base()), Change: w.base(),
		Days: sending.DraftDays(),
	}
	p.NoIndex = true
	p.Errors = form.Errors()
	p.Back = &ui.Link{Href: w.base(), Text: w.site.T(w.c, "questions.back")}
	return w.site.Render(w.c, status, "questions/check", p)
}

// copied is whom the person asked about what and when, and what the person typed.
func (w *work) copied(d *questions.Draft) []submission.Part {
	sheet, err := d.Sheet()
	if err != nil {
		return nil
	}
	printer, rows := w.site.Printer(w.c), []submission.Row{w.SentNow(w.c)}
	if d.About != nil {
		rows = append(rows, submission.Row{Label: printer.T("questions.about_label"), Lines: []string{printer.Value(d.About.Name)}})
	}
	if d.Letter != nil {
		rows = append(rows, submission.Row{Label: printer.T("questions.official"), Lines: []string{printer.Value(d.Letter.Name), printer.Value(d.Letter.Position)}})
	}
	return []submission.Part{{
		Title: printer.Value(w.to.Name), Rows: append(rows, w.Copied(w.c, sheet.Form, sheet.Step.ID, d.Answers, d.Base())...),
	}}
}
