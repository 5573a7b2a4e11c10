package sending

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// Noted is a submission of one page that is kept while somebody writes it.
type Noted interface {
	submission.Submission
	Note(post submission.Posted, refused []submission.Refusal) (some bool, err error)
	Show(post submission.Posted, now time.Time) error
}

// Paged is the page on which a submission is written.
type Paged interface {
	// Path is its address, and BackPath the one to which a page with mistakes leads back: one that can be opened again, whatever the
	// reader presses, and where a browser without cookies is told so instead of seeing an empty page.
	Path() string
	BackPath() string
	// Prepare puts into the draft what the address says, before what was typed.
	Prepare()
	// Keep goes on with what was sent.
	Keep(form *web.Form) error
	// Render answers with the page.
	Render(status int, form *web.Form, trouble string) error
}

// Writing is one submission of one page while that is shown or saved. The token is missing until there is something to keep.
type Writing[D Noted] struct {
	Draft D
	Begun bool
	Sent  bool // what the browser holds was sent already: the button was pressed twice, or the answer was lost

	empty  func() D
	window *Window
	c      *gin.Context
	base   string
	token  submission.Token
	page   Paged
}

// Write finds what the reader has begun under base; empty makes a draft without content. The caller sets the page with On.
func Write[D Noted](w *Window, c *gin.Context, base string, empty func() D) (Writing[D], error) {
	p := Writing[D]{Draft: empty(), empty: empty, window: w, c: c, base: base}
	t, err := w.Draft(c, base)
	if err == nil {
		p.token, err = w.Desk.Load(c.Request.Context(), t, p.Draft)
	}
	p.Sent = fault.Is(err, fault.Conflict)
	if p.Begun = err == nil; !p.Begun {
		p.Draft = empty() // one that was sent, or is gone
	}
	if p.Sent || fault.Is(err, fault.NotFound) {
		err = nil
	}
	return p, err
}

// On says which page shows the submission.
func (p *Writing[D]) On(page Paged) { p.page = page }

// Hold keeps the draft as long as somebody works on it.
func (p *Writing[D]) Hold() { p.window.KeepDraft(p.c, p.base, p.token) }

// Reserve gives the browser the token under which the submission will begin, so that two presses of a page that both begins and sends
// one send one. It keeps nothing; the page calls it whenever it is shown.
func (p *Writing[D]) Reserve() {
	if !p.Begun && !p.Sent {
		p.window.KeepDraft(p.c, p.base, submission.Reserve())
	}
}

// Reserved says whether the browser holds the token of a submission, begun or not.
func (p *Writing[D]) Reserved() bool { return !p.token.IsZero() }

// BeginReserved makes Change begin the submission under the token that the browser holds.
func (p *Writing[D]) BeginReserved() {
	if !p.Begun {
		p.Draft.Base().Reserved = p.token
	}
}

// Opened answers with the page, with what was typed before. also adds what else is wrong; nil for nothing.
func (p *Writing[D]) Opened(also func(*web.Form)) error {
	form, status := web.NewForm(url.Values{}), http.StatusOK
	if p.Begun {
		p.Hold()
		if err := p.Draft.Show(form, p.window.Site.Now()); err != nil {
			return err
		}
	}
	if also != nil {
		also(form)
	}
	if !form.OK() {
		status = http.StatusUnprocessableEntity // the answer to the page that was sent and led back here
	}
	return p.page.Render(status, form, "")
}

// Save does what the page was sent for.
func (p *Writing[D]) Save() error {
	return p.window.Save(p.c, Acts{
		AddFile: p.addFile, Again: p.Again, Remove: p.removeFile, KeepQuietly: p.keepQuietly, Stay: p.stay, Keep: p.page.Keep,
	})
}

// ErrNothing ends a change that would keep nothing.
var ErrNothing = errors.New("there is nothing to keep")

// Change works on the submission, or begins one.
func (p *Writing[D]) Change(fn func() error) error {
	prepared := func() error {
		p.page.Prepare()
		return fn()
	}
	var err error
	if p.Begun {
		p.token, err = p.window.Desk.Change(p.c.Request.Context(), p.token, p.Draft, prepared)
	} else {
		p.token, err = p.window.Begin(p.c, p.base, p.Draft, prepared)
		if fault.Is(err, fault.Conflict) && !p.Draft.Base().Reserved.IsZero() {
			return p.changeBegun(fn)
		}
	}
	if err == nil {
		p.Begun = true
		p.Hold()
	}
	return err
}

// changeBegun works on the submission that another press of the same button has begun meanwhile. Conflict when that one sent it, NotFound
// when its receipt was opened too.
func (p *Writing[D]) changeBegun(fn func() error) (err error) {
	p.Draft = p.empty()
	if p.token, err = p.window.Desk.Load(p.c.Request.Context(), p.token, p.Draft); err != nil {
		return err
	}
	p.Begun = true
	return p.Change(fn)
}

func (p *Writing[D]) held(t submission.Token, err error) error {
	if err == nil {
		p.token = t
		p.Hold()
	}
	return err
}

// addFile adds a file while it arrives. What stands on the page before it begins the submission.
func (p *Writing[D]) addFile(form *web.Form, in submission.Incoming) error {
	if !p.Begun {
		if err := p.Change(func() error { _, err := p.note(form, nil); return err }); err != nil {
			return err
		}
	}
	return p.held(p.window.Desk.AddFile(p.c.Request.Context(), p.token, p.Draft, in))
}

func (p *Writing[D]) removeFile(form *web.Form) error {
	if p.Begun {
		if err := p.held(p.window.Desk.RemoveFile(p.c.Request.Context(), p.token, p.Draft, form.Value("remove"))); err != nil {
			return p.Again(form, err)
		}
	}
	return p.stay(form)
}

// note keeps what stands on the page, whether it is right or not.
func (p *Writing[D]) note(form *web.Form, refused []submission.Refusal) (bool, error) {
	return p.Draft.Note(web.NewForm(form.All()), refused)
}

// noteSome keeps what stands on the page, unless there is nothing.
func (p *Writing[D]) noteSome(form *web.Form, refused []submission.Refusal) error {
	err := p.Change(func() error {
		if some, err := p.note(form, refused); err != nil || some {
			return err
		}
		return ErrNothing
	})
	if errors.Is(err, ErrNothing) {
		return nil
	}
	return err
}

// keepQuietly keeps what stands on the page while somebody is typing, without a word about it.
func (p *Writing[D]) keepQuietly(form *web.Form) error {
	if err := p.noteSome(form, nil); err != nil {
		return err
	}
	p.c.Status(http.StatusNoContent)
	return nil
}

// stay adds the files, or takes one away, and shows the page again with what was typed and what became of the files. What is missing
// elsewhere is said to whoever goes on.
func (p *Writing[D]) stay(form *web.Form) error {
	refused := submission.Refusals(form.Errors())
	switch err := p.noteSome(form, refused); {
	case err != nil:
		return p.Again(form, err)
	case len(refused) > 0:
		return web.Redirect(p.c, p.page.BackPath())
	}
	return p.window.Stayed(p.c, form, p.page.Path())
}

// Leave keeps what stands on the page and leads elsewhere, where it is found again.
func (p *Writing[D]) Leave(form *web.Form, to string) error {
	if err := p.noteSome(form, nil); err != nil {
		return p.Again(form, err)
	}
	return web.Redirect(p.c, to)
}

// Again shows the page once more after err, with what was typed.
func (p *Writing[D]) Again(form *web.Form, err error) error {
	trouble := ""
	if !form.Take(err) {
		trouble = fault.MessageKey(err)
		p.window.Log.WarnContext(p.c.Request.Context(), "a submission could not be kept", "kind", p.Draft.Kind(), "error", err,
			"request_id", web.RequestID(p.c))
	}
	return p.page.Render(Status(err), form, trouble)
}
