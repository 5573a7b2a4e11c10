package questions

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type askPage struct {
	web.Page
	To      questions.Addressee
	About   *questions.Service
	Letter  *questions.Official // to whom it is written; nil: to nobody in particular
	Fields  template.HTML
	Action  string
	Discard string
	Receipt string // where the receipt of one that was just sent is, "" when there is none
	Begun   bool
	Days    int
	Trouble string
	Asked   []questions.Published // what others have asked, with the answers
}

// ask shows the form, with what was typed before.
func (h *handlers) ask(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	form, status := web.NewForm(url.Values{}), http.StatusOK
	if w.begun {
		h.KeepDraft(c, base(w.to), w.token) // as long as somebody works on it
		if err := w.draft.Show(form, h.site.Now()); err != nil {
			return err
		}
	}
	if !w.begun && c.Query("back") != "" && !h.HasReceipt(c, base(w.to)) { // what was just sent is not lost
		form.Add("", "submission.no_draft")
	}
	if !form.OK() {
		status = http.StatusUnprocessableEntity // the answer to the page that was sent and led back here
	}
	return w.show(status, form, "")
}

// save keeps the question and leads to the page that shows it whole.
func (h *handlers) save(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	return h.Save(c, sending.Acts{
		AddFile: w.addFile, Again: w.again, Remove: w.removeFile, KeepQuietly: w.keepQuietly, Stay: w.stay, Keep: w.keep,
	})
}

// work is one question while the page is shown or saved. The token is missing until there is something to keep.
type work struct {
	*handlers
	c      *gin.Context
	to     questions.Addressee
	about  *questions.Service
	letter *questions.Official
	draft  *questions.Draft
	token  submission.Token
	begun  bool
}

// find looks for the addressee, the service of the address and the reader's question.
func (h *handlers) find(c *gin.Context) (*work, error) {
	to, err := h.addressee(c)
	if err != nil {
		return nil, err
	}
	w := &work{handlers: h, c: c, to: to, draft: questions.NewDraft(to)}
	if code := c.Query("service"); code != "" {
		about, err := h.store.Service(c.Request.Context(), address.Code(code))
		switch {
		case err == nil:
			w.about = &about
		case !fault.Is(err, fault.NotFound):
			return nil, err
		}
	}
	if official, found := to.Official(c.Query("to")); found {
		w.letter = &official
	}
	t, err := h.Draft(c, base(to))
	if err == nil {
		w.token, err = h.Desk.Load(c.Request.Context(), t, w.draft)
	}
	if w.begun = err == nil; !w.begun {
		w.draft = questions.NewDraft(to) // one that was sent, or is gone
	}
	if w.about == nil {
		w.about = w.draft.About
	}
	if w.letter == nil {
		w.letter = w.draft.Letter
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict) {
		err = nil
	}
	return w, err
}

// path is the page itself, with the service that it is about and the official to whom it is written.
func (w *work) path() string { return w.pathWith(url.Values{}) }

func (w *work) pathWith(query url.Values) string {
	if w.about != nil {
		query.Set("service", w.about.Code)
	}
	if w.letter != nil {
		query.Set("to", w.letter.Key)
	}
	if len(query) == 0 {
		return base(w.to)
	}
	return base(w.to) + "?" + query.Encode()
}

// backPath is the page to which a question with mistakes leads back.
func (w *work) backPath() string { return w.pathWith(url.Values{"back": {"1"}}) }

// change works on the question, or begins one.
func (w *work) change(fn func() error) error {
	var err error
	if w.begun {
		w.token, err = w.Desk.Change(w.c.Request.Context(), w.token, w.draft, fn)
	} else {
		w.token, err = w.Begin(w.c, base(w.to), w.draft, fn)
	}
	if err == nil {
		w.begun = true
		w.KeepDraft(w.c, base(w.to), w.token)
	}
	return err
}

// addFile adds a file while it arrives. What stands on the page before it begins the question.
func (w *work) addFile(form *web.Form, in submission.Incoming) error {
	if !w.begun {
		if err := w.change(func() error { _, err := w.note(form, nil); return err }); err != nil {
			return err
		}
	}
	t, err := w.Desk.AddFile(w.c.Request.Context(), w.token, w.draft, in)
	if err == nil {
		w.token = t
		w.KeepDraft(w.c, base(w.to), t)
	}
	return err
}

// note keeps what stands on the page, whether it is right or not.
func (w *work) note(form *web.Form, refused []submission.Refusal) (bool, error) {
	w.draft.About, w.draft.Letter = w.about, w.letter
	return w.draft.Note(web.NewForm(form.All()), refused)
}

// errNothing ends a change that would keep nothing.
var errNothing = errors.New("there is nothing to keep")

// keepQuietly keeps what stands on the page while somebody is typing, without a word about it.
func (w *work) keepQuietly(form *web.Form) error {
	err := w.change(func() error {
		if some, err := w.note(form, nil); err != nil || some {
			return err
		}
		return errNothing
	})
	if err != nil && !errors.Is(err, errNothing) {
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
		w.KeepDraft(w.c, base(w.to), t)
	}
	return w.stay(form)
}

// stay adds the files, or takes one away, and shows the page again with what was typed and what became of the files. What
// is missing elsewhere is said to whoever goes on.
func (w *work) stay(form *web.Form) error {
	refused := submission.Refusals(form.Errors())
	err := w.change(func() error {
		if some, err := w.note(form, refused); err != nil || some {
			return err
		}
		return errNothing
	})
	switch {
	case err != nil && !errors.Is(err, errNothing):
		return w.again(form, err)
	case len(refused) > 0:
		return web.Redirect(w.c, w.backPath()) // a browser without cookies is told so instead of seeing an empty page
	}
	return web.Redirect(w.c, w.path())
}

// keep puts what was sent into the question and goes on. When something is wrong it leads back to the page, which then
// shows what was typed: an address that can be opened again, whatever the reader presses.
func (w *work) keep(form *web.Form) error {
	wrong := false
	err := w.change(func() error {
		w.draft.About, w.draft.Letter = w.about, w.letter
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
		return web.Redirect(w.c, w.backPath()) // a browser without cookies is told so instead of seeing an empty page
	}
	return web.Redirect(w.c, base(w.to)+"/check")
}

// again shows the page once more after err, with what was typed.
func (w *work) again(form *web.Form, err error) error {
	trouble := ""
	if !form.Take(err) {
		trouble = fault.MessageKey(err)
		w.Log.WarnContext(w.c.Request.Context(), "a question could not be kept", "error", err, "request_id", web.RequestID(w.c))
	}
	return w.show(sending.Status(err), form, trouble)
}

// mostAsked is how many answers stand before the form.
const mostAsked = 5

// asked is what others have asked the addressee, or about the service. It is a help, and the page does without it.
func (w *work) asked() []questions.Published {
	f := questions.PublishedFilter{By: w.to.ID, Either: true, Size: mostAsked}
	if w.about != nil {
		f.About = w.about.ID
	}
	list, _, err := w.store.Published(w.c.Request.Context(), f)
	if err != nil {
		w.Log.WarnContext(w.c.Request.Context(), "published questions cannot be read", "error", err)
	}
	return list
}

func (w *work) show(status int, form *web.Form, trouble string) error {
	shape, err := questions.Form()
	if err != nil {
		return err
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	step := shape.Steps[0]
	p := &askPage{
		To: w.to, About: w.about, Letter: w.letter, Action: w.path(), Discard: base(w.to) + "/discard", Begun: w.begun, Trouble: trouble,
		Days: int(submission.DraftLife.Hours() / 24),
	}
	p.Fields, err = draw.Step(web.Lang(w.c), forms.Shown{
		Form: shape, Step: step, Answers: w.draft.Answers, Typed: form, Files: sending.Attached(w.draft.Base(), step),
		Accept: sending.Accept(), Limits: w.FileLimits(w.c), Sizes: w.FileSizes(w.c),
	})
	if err != nil {
		return err
	}
	if w.HasReceipt(w.c, base(w.to)) {
		p.Receipt = base(w.to) + "/receipt"
	}
	p.Asked = w.asked()
	p.NoIndex = true
	p.Errors = step.InOrder(form.Errors())
	p.Back = &ui.Link{Href: place(w.to), Text: w.site.T(w.c, "questions.back_to_place")}
	return w.site.Render(w.c, status, "questions/ask", p)
}
