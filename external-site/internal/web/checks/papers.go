package checks

import (
	"html/template"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/checks"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type papersPage struct {
	web.Page
	Notices  string // "on" where the portal tells of an answer, else "off"
	Offer    checks.Offer
	Fields   template.HTML
	Action   string
	Discard  string
	Receipt  string // where the receipt of one that was just sent is, "" when there is none
	Begun    bool
	Days     int // that a draft is kept
	FileDays int // that the centre keeps the files after its answer
	Trouble  string
}

// papers shows the form, with what was typed before.
func (h *handlers) papers(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	return w.Opened(func(form *web.Form) {
		if !w.Begun && c.Query("back") != "" && !h.HasReceipt(c, base(w.offer)) { // what was just sent is not lost
			form.Add("", "submission.no_draft")
		}
	})
}

// save keeps the papers and leads to the page that shows them whole.
func (h *handlers) save(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	return w.Save()
}

// work is one package while the page is shown or saved.
type work struct {
	*handlers
	sending.Writing[*checks.Draft]
	c     *gin.Context
	offer checks.Offer
}

// find looks for the service of the address and the reader's papers.
func (h *handlers) find(c *gin.Context) (*work, error) {
	offer, err := h.offer(c)
	if err != nil {
		return nil, err
	}
	w := &work{handlers: h, c: c, offer: offer}
	w.Writing, err = sending.Write(h.Window, c, base(offer), func() *checks.Draft { return checks.NewDraft(offer) })
	w.On(w)
	return w, err
}

// Path implements sending.Paged.
func (w *work) Path() string { return base(w.offer) }

// BackPath implements sending.Paged.
func (w *work) BackPath() string { return base(w.offer) + "?back=1" }

// Prepare implements sending.Paged.
func (w *work) Prepare() {}

// Keep implements sending.Paged.
func (w *work) Keep(form *web.Form) error {
	return sending.KeepAndGo(&w.Writing, form, w.review().Path)
}

// Render implements sending.Paged.
func (w *work) Render(status int, form *web.Form, trouble string) error {
	sheet, err := w.Draft.Sheet()
	if err != nil {
		return err
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	p := &papersPage{
		Offer: w.offer, Action: w.Path(), Discard: base(w.offer) + "/discard", Begun: w.Begun, Trouble: trouble,
		Days: sending.DraftDays(), FileDays: contract.CheckFilesKept,
	}
	if p.Fields, err = w.Fields(w.c, draw, sheet, w.Draft.Base(), form); err != nil {
		return err
	}
	centre, _ := w.Draft.Centre() // with several, the receipt says how it is at the one that was chosen
	if p.Notices, err = w.switches.Notices(w.c.Request.Context(), centre.ID); err != nil {
		return err
	}
	if w.HasReceipt(w.c, base(w.offer)) {
		p.Receipt = base(w.offer) + "/receipt"
	}
	p.NoIndex = true
	p.Errors = sheet.Step.InOrder(form.Errors())
	p.Back = &ui.Link{Href: "/services/" + w.offer.Slug(), Text: w.site.T(w.c, "checks.back_to_service")}
	return w.site.Render(w.c, status, "checks/papers", p)
}
