package sending

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/web"
)

// Checked is a submission that its sender looks over before it goes; kinds that embed submission.OnePage are.
type Checked interface {
	Noted
	Sheet() (submission.Sheet, error)
	Take(post submission.Posted, now time.Time) error
	Complete(now time.Time) (bool, error)
	Empty() bool
}

// LookedOver is where a submission is looked over, under the common path of its pages.
type LookedOver struct {
	Path        string // of the page, which is also where it is sent
	ConsentKey  string // says that consent is missing
	NotSentKey  string // says that it was not sent
	Render      func(status int, form *web.Form, trouble string) error
	Description func() submission.Copy // what was sent, for its copy
}

// KeepAndGo puts what was sent into the draft and goes on to the page at next, or leads back when something is wrong.
func KeepAndGo[D Checked](p *Writing[D], form *web.Form, next string) error {
	return KeepAnd(p, form, func() error { return web.Redirect(p.c, next) })
}

// KeepAnd puts what was sent into the draft and then does the rest, or leads back when something is wrong. A page on which nothing stands
// begins nothing.
func KeepAnd[D Checked](p *Writing[D], form *web.Form, then func() error) error {
	done, now := false, p.window.Site.Now()
	err := p.Change(func() (err error) {
		if err := p.Draft.Take(form, now); err != nil {
			return err
		}
		if !p.Begun && p.Draft.Empty() {
			return ErrNothing
		}
		done, err = p.Draft.Complete(now)
		return err
	})
	switch {
	case errors.Is(err, ErrNothing):
		return p.page.Render(http.StatusUnprocessableEntity, form, "")
	case fault.MessageKey(err) == "submission.already_sent": // by another press of the same button
		return web.Redirect(p.c, p.base+"/receipt")
	case err != nil:
		return p.Again(form, err)
	case !done:
		return web.Redirect(p.c, p.page.BackPath())
	}
	return then()
}

// Elsewhere leads the reader to where the submission is, when it cannot be looked over: back to its page when something is wrong with it,
// or to the receipt, which leads on when nothing was sent.
func Elsewhere[D Checked](p *Writing[D]) (done bool, err error) {
	complete, err := p.Draft.Complete(p.window.Site.Now())
	switch {
	case err != nil:
		return false, err
	case !p.Begun:
		return true, web.Redirect(p.c, p.base+"/receipt")
	case !complete:
		return true, web.Redirect(p.c, p.page.Path())
	}
	return false, nil
}

// LookOver shows what is about to be sent.
func LookOver[D Checked](p *Writing[D], at LookedOver) error {
	if done, err := Elsewhere(p); done || err != nil {
		return err
	}
	p.Hold()
	form, status := web.NewForm(url.Values{}), http.StatusOK
	if form.Check(p.c.Query("unconfirmed") == "", "consent", at.ConsentKey); !form.OK() {
		status = http.StatusUnprocessableEntity
	}
	return at.Render(status, form, "")
}

// Send seals the submission and hands it over. Pressed twice, it leads to the same receipt. sent is a draft without content, which becomes
// the one that is sent.
func Send[D Checked](p *Writing[D], sent D, at LookedOver) error {
	form, err := web.ParseForm(p.c)
	if err != nil {
		return err
	}
	if done, err := Elsewhere(p); done || err != nil {
		return err
	}
	if form.Value("consent") != "true" { // an address that can be opened again, as after an error on the first page
		return web.Redirect(p.c, at.Path+"?unconfirmed=1")
	}
	switch err := p.window.Submit(p.c, p.base, sent, at.Description); {
	case err == nil, fault.Is(err, fault.NotFound):
		return web.Redirect(p.c, p.base+"/receipt")
	case fault.Is(err, fault.Conflict):
		return web.Redirect(p.c, p.page.Path())
	case fault.Is(err, fault.TooMany):
		return at.Render(fault.Status(err), form, fault.MessageKey(err))
	default:
		return at.Render(Status(err), form, p.window.NotSent(p.c, err, at.NotSentKey))
	}
}

// Fields draws the one page of a form with what was typed.
func (w *Window) Fields(c *gin.Context, draw *forms.Renderer, sheet submission.Sheet, d *submission.Draft, form *web.Form) (template.HTML, error) {
	return draw.Step(web.Lang(c), forms.Shown{
		Form: sheet.Form, Step: sheet.Step, Answers: sheet.Answers, Typed: form, Files: w.Attached(c, d, sheet.Step),
		Accept: Accept(), Limits: w.FileLimits(c), Sizes: w.FileSizes(c), Kept: w.CanTake(c),
	})
}

// DraftDays is how many days a draft is kept.
func DraftDays() int { return int(submission.DraftLife.Hours() / 24) }
