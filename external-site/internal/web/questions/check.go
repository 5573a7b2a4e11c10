package questions

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
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

// check shows the question before it is sent.
func (h *handlers) check(c *gin.Context) error {
	w, done, err := h.ready(c)
	if done || err != nil {
		return err
	}
	h.KeepDraft(c, base(w.to), w.token)
	form, status := web.NewForm(url.Values{}), http.StatusOK
	if form.Check(c.Query("unconfirmed") == "", "consent", "questions.consent_required"); !form.OK() {
		status = http.StatusUnprocessableEntity
	}
	return w.showCheck(status, form, "")
}

// ready is the reader's question when it can be sent; else the reader is led to where it is.
func (h *handlers) ready(c *gin.Context) (w *work, done bool, err error) {
	if w, err = h.find(c); err != nil {
		return nil, false, err
	}
	wrong, err := w.draft.Problems(h.site.Now())
	switch {
	case err != nil:
		return w, false, err
	case !w.begun:
		return w, true, web.Redirect(c, base(w.to)+"/receipt") // which leads on when nothing was sent
	case len(wrong) > 0 || w.draft.Typed != nil:
		return w, true, web.Redirect(c, base(w.to))
	}
	return w, false, nil
}

func (w *work) showCheck(status int, form *web.Form, trouble string) error {
	shape, err := questions.Form()
	if err != nil {
		return err
	}
	p := &checkPage{
		To: w.to, About: w.draft.About, Letter: w.draft.Letter, Form: form, Action: base(w.to) + "/check", Discard: base(w.to) + "/discard", Trouble: trouble,
		List: w.Answers(w.c, shape, shape.Steps[0].ID, w.draft.Answers, w.draft.Base()), Change: base(w.to),
		Days: int(submission.DraftLife.Hours() / 24),
	}
	p.NoIndex = true
	p.Errors = form.Errors()
	p.Back = &ui.Link{Href: base(w.to), Text: w.site.T(w.c, "questions.back")}
	return w.site.Render(w.c, status, "questions/check", p)
}

// send seals the question and hands it over. Pressed twice, it leads to the same receipt.
func (h *handlers) send(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	w, done, err := h.ready(c)
	if done || err != nil {
		return err
	}
	if form.Value("consent") != "true" { // an address that can be opened again, as after an error on the first page
		return web.Redirect(c, base(w.to)+"/check?unconfirmed=1")
	}
	sent := questions.NewDraft(w.to)
	switch err := h.Submit(c, base(w.to), sent, func() submission.Copy { return submission.Copy{Parts: w.copied(sent)} }); {
	case err == nil, fault.Is(err, fault.NotFound):
		return web.Redirect(c, base(w.to)+"/receipt")
	case fault.Is(err, fault.Conflict):
		return web.Redirect(c, base(w.to))
	case fault.Is(err, fault.TooMany):
		return w.showCheck(fault.Status(err), form, fault.MessageKey(err))
	default:
		return w.showCheck(sending.Status(err), form, h.NotSent(c, err, "questions.not_sent"))
	}
}

// copied is whom the person asked about what and when, and what the person typed.
func (w *work) copied(d *questions.Draft) []submission.Part {
	shape, err := questions.Form()
	if err != nil {
		return nil
	}
	printer, rows := w.site.Printer(w.c), []submission.Row{w.SentNow(w.c)}
	if w.draft.About != nil {
		rows = append(rows, submission.Row{Label: printer.T("questions.about_label"), Lines: []string{printer.Value(w.draft.About.Name)}})
	}
	if w.draft.Letter != nil {
		rows = append(rows, submission.Row{Label: printer.T("questions.official"), Lines: []string{printer.Value(w.draft.Letter.Name), printer.Value(w.draft.Letter.Position)}})
	}
	return []submission.Part{{
		Title: printer.Value(w.to.Name), Rows: append(rows, w.Copied(w.c, shape, shape.Steps[0].ID, d.Answers, d.Base())...),
	}}
}
