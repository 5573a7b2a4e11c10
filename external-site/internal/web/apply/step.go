package apply

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"

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
	Days      int
	Trouble   string // key of what could not be done; what was typed is kept
}

// step shows one page of the form. The first one can be opened before anything is kept.
func (h *handlers) step(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	t, d, err := h.draft(c, s)
	switch {
	case err == nil:
		h.KeepDraft(c, base(s), t) // as long as somebody works on it
	case fault.Is(err, fault.NotFound) && c.Param("step") == s.NextPage(s.NewDraft(), h.site.Now()):
		d = s.NewDraft()
	default:
		_, err := h.elsewhere(c, s, err)
		return err
	}
	page, ok := find(s, d, c.Param("step"))
	if !ok {
		return web.Redirect(c, path(s, s.NextPage(d, h.site.Now())))
	}
	form := web.NewForm(url.Values{})
	page.Form.Fill(page.Step, d.AnswersOf(page), form)
	return h.show(c, http.StatusOK, s, d, page, form, "")
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
	shown := forms.Shown{Form: page.Form, Step: page.Step, Typed: form, Accept: sending.Accept(), Limits: h.FileLimits(c), All: d == nil}
	p := &stepPage{
		Service: s, Title: page.Title, Hint: page.Hint, Action: path(s, page.ID), Multipart: page.HasFiles(), Trouble: trouble,
		Discard: path(s, "discard"), Days: int(submission.DraftLife.Hours() / 24),
	}
	if d != nil {
		shown.Answers, shown.Files = d.AnswersOf(page), sending.Attached(d.Base(), page.Step)
		h.place(c, p, s, d, page)
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	if p.Fields, err = draw.Step(web.Lang(c), shown); err != nil {
		return err
	}
	p.NoIndex = true
	p.Errors = form.Errors()
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
	p.Back = &ui.Link{Href: path(s, before), Text: h.site.T(c, "apply.back")}
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
		return web.Redirect(c, path(s, "receipt"))
	}
	form, trouble, err := h.Read(c, w.addFile)
	switch {
	case err != nil:
		return err
	case trouble != nil:
		return w.again(form, trouble)
	case form.Has("remove"):
		return w.removeFile(form)
	}
	return w.keep(form)
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
		return w.HasReceipt(w.c, base(w.s)) && w.c.Param("step") != first, nil
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
	if err == nil {
		w.begun = true
		w.KeepDraft(w.c, base(w.s), w.token)
	}
	return err
}

// addFile adds a file while it arrives. An application that is not there any more is begun with what stands on the
// page so far.
func (w *work) addFile(form *web.Form, in submission.Incoming) error {
	if !w.begun {
		d := w.s.NewDraft()
		if err := w.change(d, func() error { w.bind(d, form); return nil }); err != nil {
			return err
		}
	}
	t, err := w.Desk.AddFile(w.c.Request.Context(), w.token, w.s.NewDraft(), in)
	if err == nil {
		w.token = t
		w.KeepDraft(w.c, base(w.s), t)
	}
	return err
}

// bind takes the answers of the page, false when it is not asked.
func (w *work) bind(d *applications.Draft, form *web.Form) (applications.Page, bool) {
	page, ok := find(w.s, d, w.c.Param("step"))
	if ok {
		page.Form.Bind(page.Step, form, d.AnswersOf(page), w.site.Now())
	}
	return page, ok
}

func (w *work) removeFile(form *web.Form) error {
	if !w.begun {
		return web.Redirect(w.c, path(w.s, "")+"?gone=1")
	}
	t, err := w.Desk.RemoveFile(w.c.Request.Context(), w.token, w.s.NewDraft(), form.Value("remove"))
	if err != nil {
		return w.again(form, err)
	}
	w.KeepDraft(w.c, base(w.s), t)
	return web.Redirect(w.c, path(w.s, w.c.Param("step")))
}

// errWrong ends a change that must not be kept: the form says why.
var errWrong = errors.New("the page has problems")

// keep puts the page's answers into the application and goes on.
func (w *work) keep(form *web.Form) error {
	next, d := "", w.s.NewDraft()
	err := w.change(d, func() error {
		page, ok := w.bind(d, form)
		if !ok {
			next = w.s.NextPage(d, w.site.Now())
			return nil
		}
		for _, p := range d.Problems(page, w.site.Now()) {
			form.Add(p.Field, p.Key, p.Args...)
		}
		if !form.OK() {
			return errWrong
		}
		d.Visit(page)
		next = w.s.NextPage(d, w.site.Now())
		return nil
	})
	switch {
	case errors.Is(err, errWrong):
		return w.back(w.c, w.s, d, form, nil)
	case fault.Is(err, fault.Conflict):
		return web.Redirect(w.c, path(w.s, "receipt"))
	case err != nil:
		return w.again(form, err)
	}
	if form.Value("action") == "stay" { // «add the files», before going on
		next = w.c.Param("step")
	}
	return web.Redirect(w.c, path(w.s, next))
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
