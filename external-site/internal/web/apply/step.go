package apply

import (
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type stepPage struct {
	web.Page
	Service   applications.Service
	Title     locale.Text
	Hint      locale.Text
	Number    int // of Total; 0 when it cannot be said
	Total     int
	Fields    template.HTML
	Action    string
	Discard   string
	Multipart bool
	Until     time.Time // what was entered is kept until then; zero while nothing is
	Days      int
	Unsigned  bool   // a signature was removed just now
	Lost      bool   // earlier pages are not there any more
	Trouble   string // key of what could not be done; what was typed is kept
	Fill      string // the value of the button that fills in who applies from the cabinet; "" where there is none
}

// step shows one page of the form, with what stands on it. The first one can be opened before anything is kept.
func (h *handlers) step(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	t, d, err := h.draft(c, s)
	switch {
	case err == nil:
		h.keep(c, s, t) // as long as somebody works on it
	case fault.Is(err, fault.NotFound) && c.Param("step") == s.NextPage(s.NewDraft(), h.site.Now()) && !h.HasReceipt(c, base(s)) && c.Query("back") == "":
		d = s.NewDraft()
	default:
		_, err := h.elsewhere(c, s, err)
		return err
	}
	page, ok := find(s, d, c.Param("step"))
	if !ok {
		return web.Redirect(c, h.path(c, s, s.NextPage(d, h.site.Now())))
	}
	form, status := web.NewForm(nil), http.StatusOK
	if d.Show(page, form, h.site.Now()); !form.OK() {
		status = http.StatusUnprocessableEntity // the answer to the page that was sent and led back here
	}
	return h.show(c, status, s, d, page, form, "")
}

func find(s applications.Service, d *applications.Draft, id string) (applications.Page, bool) {
	for _, p := range s.Pages(d) {
		if p.ID == id {
			return p, true
		}
	}
	return applications.Page{}, false
}

// show renders a step. d is nil when the application could not be read; then everything that can be asked is shown.
func (h *handlers) show(c *gin.Context, status int, s applications.Service, d *applications.Draft, page applications.Page, form *web.Form, trouble string) error {
	shown := forms.Shown{
		Form: page.Form, Step: page.Step, Typed: form, Accept: sending.Accept(), Limits: h.FileLimits(c), Sizes: h.FileSizes(c), Kept: h.CanTake(c), All: d == nil,
	}
	p := &stepPage{
		Service: s, Title: page.Title, Hint: page.Hint, Action: h.path(c, s, page.ID), Multipart: page.HasFiles(), Trouble: trouble,
		Discard: h.path(c, s, "/discard"), Days: int(submission.DraftLife.Hours() / 24), Lost: c.Query("lost") != "",
		Unsigned: c.Query("unsigned") != "",
	}
	if d != nil {
		p.Until = d.ExpiresAt
		shown.Answers, shown.Files = d.AnswersOf(page), h.Attached(c, d.Base(), page.Step)
		h.place(c, p, s, d, page)
	}
	if h.canFill(c, page) {
		p.Fill = fillButton
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	if p.Fields, err = draw.Step(web.Lang(c), shown); err != nil {
		return err
	}
	p.NoIndex = true
	p.Errors = page.InOrder(form.Errors())
	return h.site.Render(c, status, "apply/step", p)
}

// place says where among the pages this one stands, and what is before it.
func (h *handlers) place(c *gin.Context, p *stepPage, s applications.Service, d *applications.Draft, page applications.Page) {
	before := ""
	pages := s.Pages(d)
	for i, other := range pages {
		if other.ID == page.ID {
			p.Number, p.Total = i+1, len(pages)
			break
		}
		before = other.ID
	}
	p.Back = &ui.Link{Href: h.path(c, s, before), Text: h.site.T(c, "apply.back")}
}

// save keeps what was typed on one page and goes on to the next.
func (h *handlers) save(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return h.keepTyped(c, err)
	}
	w := &work{handlers: h, c: c, s: s}
	if sent, err := w.find(); err != nil {
		return h.keepTyped(c, err)
	} else if sent {
		return web.Redirect(c, h.path(c, s, "receipt"))
	}
	return h.Save(c, sending.Acts{
		AddFile: w.addFile, Again: w.again, Remove: w.removeFile, KeepQuietly: w.keepQuietly, Stay: w.stay, Keep: w.keep,
	})
}

// work is one page being saved. The token is missing until there is something to keep: one that expired while the page
// was open is replaced by a new application, as something was typed.
type work struct {
	*handlers
	c     *gin.Context
	s     applications.Service
	token submission.Token
	begun bool
}

// find looks for the reader's application and says whether it was sent already. A first page without one begins
// another, whatever was sent before.
func (w *work) find() (sent bool, err error) {
	t, _, err := w.draft(w.c, w.s)
	w.token, w.begun = t, err == nil
	switch {
	case fault.Is(err, fault.Conflict):
		return true, nil
	case fault.Is(err, fault.NotFound):
		first := w.s.NextPage(w.s.NewDraft(), w.site.Now())
		return w.HasReceipt(w.c, base(w.s)) && (w.c.Param("step") != first || w.c.Query(sending.DraftParam) != ""), nil
	}
	return false, err
}

// change works on the application, or begins one.
func (w *work) change(d *applications.Draft, fn func() error) error {
	var err error
	if w.begun {
		w.token, err = w.Desk.Change(w.c.Request.Context(), w.token, d, fn)
	} else {
		w.token, err = w.Begin(w.c, base(w.s), d, fn)
	}
	if err == nil && !w.begun {
		w.Claim(w.c, base(w.s), w.token, w.s.Name)
	}
	if err == nil {
		w.begun = true
		w.handlers.keep(w.c, w.s, w.token)
	}
	return err
}

// addFile adds a file while it arrives. An application that is not there any more is begun with what stands on the
// page so far.
func (w *work) addFile(form *web.Form, in submission.Incoming) error {
	if !w.begun {
		d := w.s.NewDraft()
		if err := w.change(d, func() error { w.note(d, form, nil); return nil }); err != nil {
			return err
		}
	}
	t, err := w.Desk.AddFile(w.c.Request.Context(), w.token, w.s.NewDraft(), in)
	if err == nil {
		w.token = t
		w.handlers.keep(w.c, w.s, t)
	}
	return err
}

// note keeps what stands on the page, whether it is right or not.
func (w *work) note(d *applications.Draft, form *web.Form, refused []submission.Refusal) bool {
	page, ok := find(w.s, d, w.c.Param("step"))
	return ok && d.Keep(page, web.NewForm(form.All()), refused, w.site.Now())
}

func (w *work) removeFile(form *web.Form) error {
	if !w.begun {
		return web.Redirect(w.c, start(w.s, "gone"))
	}
	t, err := w.Desk.RemoveFile(w.c.Request.Context(), w.token, w.s.NewDraft(), form.Value("remove"))
	if err != nil {
		return w.again(form, err)
	}
	w.token = t
	w.handlers.keep(w.c, w.s, t)
	return w.stay(form)
}

// stay adds the files, or takes one away, and shows the page again with what was typed and what became of the files. What
// is missing elsewhere is said to whoever goes on.
func (w *work) stay(form *web.Form) error {
	d, refused := w.s.NewDraft(), submission.Refusals(form.Errors())
	err := w.change(d, func() error {
		if !w.note(d, form, refused) {
			return errNothing
		}
		return nil
	})
	switch {
	case fault.Is(err, fault.Conflict):
		return web.Redirect(w.c, w.path(w.c, w.s, "receipt"))
	case err != nil && !errors.Is(err, errNothing):
		return w.again(form, err)
	}
	if form.Value("kept") == fillButton && w.SignedIn(w.c) {
		return w.AskToFill(w.c, w.fillPath(w.c, w.s))
	}
	to := w.path(w.c, w.s, w.c.Param("step"))
	if len(refused) > 0 {
		return web.Redirect(w.c, with(to, "back")) // a browser without cookies is told so instead of seeing an empty page
	}
	return w.Stayed(w.c, form, to)
}

// errNothing ends a change that would keep nothing.
var errNothing = errors.New("there is nothing to keep")

// keepQuietly keeps what stands on the page while somebody is typing, without a word about it.
func (w *work) keepQuietly(form *web.Form) error {
	d := w.s.NewDraft()
	err := w.change(d, func() error {
		if !w.note(d, form, nil) {
			return errNothing
		}
		return nil
	})
	if err != nil && !errors.Is(err, errNothing) {
		return err
	}
	w.c.Status(http.StatusNoContent)
	return nil
}

// keep puts the page's answers into the application and goes on. When something is wrong it leads back to the page,
// which then shows what was typed: an address that can be opened again, whatever the reader presses.
func (w *work) keep(form *web.Form) error {
	next, lost, d := "", false, w.s.NewDraft()
	err := w.change(d, func() error {
		page, ok := find(w.s, d, w.c.Param("step"))
		lost = !ok || !w.s.Reached(d, page)
		if next = w.s.NextPage(d, w.site.Now()); ok && !d.Take(page, form, w.site.Now()) {
			next = page.ID
			if !w.begun && d.Empty(page) {
				return errNothing
			}
		} else if ok {
			next = w.s.NextPage(d, w.site.Now())
		}
		return nil
	})
	switch {
	case errors.Is(err, errNothing): // an empty first page begins nothing
		return w.back(w.c, w.s, w.s.NewDraft(), form, nil)
	case fault.Is(err, fault.Conflict):
		return web.Redirect(w.c, w.path(w.c, w.s, "receipt"))
	case err != nil:
		return w.again(form, err)
	case lost:
		return web.Redirect(w.c, with(w.path(w.c, w.s, w.s.NextPage(d, w.site.Now())), "lost"))
	}
	to := w.path(w.c, w.s, next)
	if !form.OK() {
		to = with(to, "back") // a browser without cookies is told so instead of seeing an empty page
	}
	return web.Redirect(w.c, to)
}

// again shows the page once more after err, with what was typed and, when it can be read, what is attached.
func (w *work) again(form *web.Form, err error) error {
	d := w.s.NewDraft()
	if w.begun {
		if _, loadErr := w.Desk.Load(w.c.Request.Context(), w.token, d); loadErr != nil {
			d = nil
		}
	}
	return w.back(w.c, w.s, d, form, err)
}

func (h *handlers) back(c *gin.Context, s applications.Service, d *applications.Draft, form *web.Form, err error) error {
	page, ok := anyPage(s, d, c.Param("step"))
	if !ok {
		return err
	}
	status, trouble := sending.Status(err), ""
	if err != nil && !form.Take(err) {
		trouble = fault.MessageKey(err)
		h.Log.WarnContext(c.Request.Context(), "a page of an application could not be kept", "error", err)
	}
	return h.show(c, status, s, d, page, form, trouble)
}

// anyPage finds a page even when it cannot be said whether it is asked.
func anyPage(s applications.Service, d *applications.Draft, id string) (applications.Page, bool) {
	if d != nil {
		return find(s, d, id)
	}
	for _, f := range []*forms.Form{s.Portal, s.Form} {
		if step, ok := f.Step(id); ok {
			return applications.Page{Step: step, Form: f, Portal: f == s.Portal}, true
		}
	}
	return applications.Page{}, false
}

// keepTyped answers while the database is away: the page comes back whole if this process knows the service.
func (h *handlers) keepTyped(c *gin.Context, err error) error {
	s, ok := h.known.get(address.Code(c.Param("code")))
	if !ok {
		return err
	}
	form, parseErr := h.Typed(c)
	if parseErr != nil {
		return errors.Join(err, parseErr)
	}
	return h.back(c, s, nil, form, err)
}
