package checks

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/checks"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
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

// review shows the papers before they are sent.
func (h *handlers) review(c *gin.Context) error {
	w, done, err := h.ready(c)
	if done || err != nil {
		return err
	}
	h.KeepDraft(c, base(w.offer), w.token)
	form, status := web.NewForm(url.Values{}), http.StatusOK
	if form.Check(c.Query("unconfirmed") == "", "consent", "checks.consent_required"); !form.OK() {
		status = http.StatusUnprocessableEntity
	}
	return w.showReview(status, form, "")
}

// ready is the reader's package when it can be sent; else the reader is led to where it is.
func (h *handlers) ready(c *gin.Context) (w *work, done bool, err error) {
	if w, err = h.find(c); err != nil {
		return nil, false, err
	}
	wrong, err := w.draft.Problems(h.site.Now())
	switch {
	case err != nil:
		return w, false, err
	case !w.begun:
		return w, true, web.Redirect(c, base(w.offer)+"/receipt") // which leads on when nothing was sent
	case len(wrong) > 0 || w.draft.Typed != nil:
		return w, true, web.Redirect(c, base(w.offer))
	}
	return w, false, nil
}

func (w *work) showReview(status int, form *web.Form, trouble string) error {
	sheet, err := w.draft.Sheet()
	if err != nil {
		return err
	}
	centre, _ := w.draft.Centre()
	p := &reviewPage{
		Offer: w.offer, Centre: centre, Form: form, Action: base(w.offer) + "/sending", Discard: base(w.offer) + "/discard", Trouble: trouble,
		List: w.Answers(w.c, sheet.Form, sheet.Step.ID, w.draft.Answers, w.draft.Base()), Change: base(w.offer),
		Days: int(submission.DraftLife.Hours() / 24), FileDays: contract.CheckFilesKept,
	}
	p.NoIndex = true
	p.Errors = form.Errors()
	p.Back = &ui.Link{Href: base(w.offer), Text: w.site.T(w.c, "checks.back")}
	return w.site.Render(w.c, status, "checks/review", p)
}

// send seals the papers and hands them over. Pressed twice, it leads to the same receipt.
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
		return web.Redirect(c, base(w.offer)+"/sending?unconfirmed=1")
	}
	sent := checks.NewDraft(w.offer)
	switch err := h.Submit(c, base(w.offer), sent, func() submission.Copy { return submission.Copy{Parts: w.copied(sent)} }); {
	case err == nil, fault.Is(err, fault.NotFound):
		return web.Redirect(c, base(w.offer)+"/receipt")
	case fault.Is(err, fault.Conflict):
		return web.Redirect(c, base(w.offer))
	case fault.Is(err, fault.TooMany):
		return w.showReview(fault.Status(err), form, fault.MessageKey(err))
	default:
		return w.showReview(sending.Status(err), form, h.NotSent(c, err, "checks.not_sent"))
	}
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
