package checks

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/checks"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type papersPage struct {
	web.Page
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
	form, status := web.NewForm(url.Values{}), http.StatusOK
	if w.begun {
		h.KeepDraft(c, base(w.offer), w.token) // as long as somebody works on it
		if err := w.draft.Show(form, h.site.Now()); err != nil {
			return err
		}
	}
	if !w.begun && c.Query("back") != "" && !h.HasReceipt(c, base(w.offer)) { // what was just sent is not lost
		form.Add("", "submission.no_draft")
	}
	if !form.OK() {
		status = http.StatusUnprocessableEntity // the answer to the page that was sent and led back here
	}
	return w.show(status, form, "")
}

// save keeps the papers and leads to the page that shows them whole.
func (h *handlers) save(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	return h.Save(c, sending.Acts{
		AddFile: w.addFile, Again: w.again, Remove: w.removeFile, KeepQuietly: w.keepQuietly, Stay: w.stay, Keep: w.keep,
	})
}

// work is one package while the page is shown or saved. The token is missing until there is something to keep.
type work struct {
	*handlers
	c     *gin.Context
	offer checks.Offer
	draft *checks.Draft
	token submission.Token
	begun bool
}

// find looks for the service of the address and the reader's papers.
func (h *handlers) find(c *gin.Context) (*work, error) {
	offer, err := h.offer(c)
	if err != nil {
		return nil, err
	}
	w := &work{handlers: h, c: c, offer: offer, draft: checks.NewDraft(offer)}
	t, err := h.Draft(c, base(offer))
	if err == nil {
		w.token, err = h.Desk.Load(c.Request.Context(), t, w.draft)
	}
	if w.begun = err == nil; !w.begun {
		w.draft = checks.NewDraft(offer) // one that was sent, or is gone
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict) {
		err = nil
	}
	return w, err
}

// back is the address to which papers with mistakes lead back: one that can be opened again, where a browser without cookies is told so
// instead of seeing an empty page.
func (w *work) back() string { return base(w.offer) + "?back=1" }

// change works on the package, or begins one.
func (w *work) change(fn func() error) error {
	var err error
	if w.begun {
		w.token, err = w.Desk.Change(w.c.Request.Context(), w.token, w.draft, fn)
	} else {
		w.token, err = w.Begin(w.c, base(w.offer), w.draft, fn)
	}
	if err == nil {
		w.begun = true
		w.KeepDraft(w.c, base(w.offer), w.token)
	}
	return err
}

// addFile adds a file while it arrives. What stands on the page before it begins the package.
func (w *work) addFile(form *web.Form, in submission.Incoming) error {
	if !w.begun {
		if err := w.change(func() error { _, err := w.note(form, nil); return err }); err != nil {
			return err
		}
	}
	t, err := w.Desk.AddFile(w.c.Request.Context(), w.token, w.draft, in)
	if err == nil {
		w.token = t
		w.KeepDraft(w.c, base(w.offer), t)
	}
	return err
}

// note keeps what stands on the page, whether it is right or not.
func (w *work) note(form *web.Form, refused []submission.Refusal) (bool, error) {
	return w.draft.Note(web.NewForm(form.All()), refused)
}

// errNothing ends a change that would keep nothing.
var errNothing = errors.New("there is nothing to keep")

func (w *work) noteSome(form *web.Form, refused []submission.Refusal) error {
	err := w.change(func() error {
		if some, err := w.note(form, refused); err != nil || some {
			return err
		}
		return errNothing
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// keepQuietly keeps what stands on the page while somebody is typing, without a word about it.
func (w *work) keepQuietly(form *web.Form) error {
	if err := w.noteSome(form, nil); err != nil {
		return err
	}
	w.c.Status(http.StatusNoContent)
	return nil
}

func (w *work) removeFile(form *web.Form) error {
	if w.begun {
		t, err := w.Desk.RemoveFile(w.c.Request.Context(), w.token, w.draft, form.Value("remove"))
		if err != nil {
			return w.again(form, err)
		}
		w.token = t
		w.KeepDraft(w.c, base(w.offer), t)
	}
	return w.stay(form)
}

// stay adds the files, or takes one away, and shows the page again with what was typed and what became of the files.
func (w *work) stay(form *web.Form) error {
	refused := submission.Refusals(form.Errors())
	switch err := w.noteSome(form, refused); {
	case err != nil:
		return w.again(form, err)
	case len(refused) > 0:
		return web.Redirect(w.c, w.back())
	}
	return web.Redirect(w.c, base(w.offer))
}

// keep puts what was sent into the package and goes on, or leads back to the page when something is wrong.
func (w *work) keep(form *web.Form) error {
	wrong := false
	err := w.change(func() error {
		if err := w.draft.Take(form, w.site.Now()); err != nil {
			return err
		}
		if t := w.draft.Typed; !w.begun && t != nil && len(t.Values)+len(t.Refused) == 0 {
			return errNothing
		}
		problems, err := w.draft.Problems(w.site.Now())
		wrong = w.draft.Typed != nil || len(problems) > 0
		return err
	})
	switch {
	case errors.Is(err, errNothing): // an empty page begins nothing
		return w.show(http.StatusUnprocessableEntity, form, "")
	case err != nil:
		return w.again(form, err)
	case wrong:
		return web.Redirect(w.c, w.back())
	}
	return web.Redirect(w.c, base(w.offer)+"/sending")
}

// again shows the page once more after err, with what was typed.
func (w *work) again(form *web.Form, err error) error {
	trouble := ""
	if !form.Take(err) {
		trouble = fault.MessageKey(err)
		w.Log.WarnContext(w.c.Request.Context(), "papers could not be kept", "error", err, "request_id", web.RequestID(w.c))
	}
	return w.show(sending.Status(err), form, trouble)
}

func (w *work) show(status int, form *web.Form, trouble string) error {
	sheet, err := w.draft.Sheet()
	if err != nil {
		return err
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	p := &papersPage{
		Offer: w.offer, Action: base(w.offer), Discard: base(w.offer) + "/discard", Begun: w.begun, Trouble: trouble,
		Days: int(submission.DraftLife.Hours() / 24), FileDays: contract.CheckFilesKept,
	}
	p.Fields, err = draw.Step(web.Lang(w.c), forms.Shown{
		Form: sheet.Form, Step: sheet.Step, Answers: w.draft.Answers, Typed: form, Files: sending.Attached(w.draft.Base(), sheet.Step),
		Accept: sending.Accept(), Limits: w.FileLimits(w.c), Sizes: w.FileSizes(w.c),
	})
	if err != nil {
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
