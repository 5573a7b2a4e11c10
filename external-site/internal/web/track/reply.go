package track

import (
	"errors"
	"html/template"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/replies"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// controls draws the fields of replies.
var controls = sending.Controls(files)

type replyPage struct {
	web.Page
	Number    string
	Withdraws bool
	Request   *tracking.Event // what is asked for; nil when nothing is
	Form      *web.Form
	Fields    template.HTML
	Action    string
	Discard   string
	Begun     bool
	Days      int
	Trouble   string
}

// replying is a reply to one case while its page is shown or sent.
type replying struct {
	*handlers
	sending.Writing[*replies.Draft]
	c       *gin.Context
	who     holder
	status  tracking.Status
	purpose string
}

// The pages of replies, by what they are for. The address names the case, so that the page of one case that stands open in a
// second tab sends nothing about another.
var replyPaths = map[string]string{contract.ReplyAnswers: "/track/reply/", contract.ReplyWithdraws: "/track/withdraw/"}

// replyTo finds the case that the reader has open and the reply that they have begun.
func (h *handlers) replyTo(c *gin.Context, purpose string) (*replying, bool, error) {
	who, s, done, err := h.opened(c)
	if done || err != nil {
		return nil, done, err
	}
	if err := h.remember(c, who); err != nil { // whoever writes for long is not asked for the code again half-way
		return nil, false, err
	}
	r := &replying{handlers: h, c: c, who: who, status: s, purpose: purpose}
	if s.Case == nil || c.Param("case") != s.Case.ID.String() {
		return nil, true, web.Redirect(c, "/track/status")
	}
	if purpose == contract.ReplyAnswers && !s.TakesReplies() || purpose == contract.ReplyWithdraws && !s.TakesBack() {
		h.site.Flash(c, "track.no_reply_now")
		return nil, true, web.Redirect(c, "/track/status")
	}
	r.Writing, err = sending.Write(h.Window.At(h.site), c, r.base(), r.empty)
	r.On(r)
	return r, false, err
}

// base is the path of the reply's pages; its cookies go no further.
func (r *replying) base() string { return replyPaths[r.purpose] + r.status.Case.ID.String() }

func (r *replying) empty() *replies.Draft {
	about := replies.About{Case: r.status.Case.ID, Centre: r.status.Case.CentreID, Purpose: r.purpose, Code: r.who.code}
	if e := r.status.Request(); e != nil && r.purpose == contract.ReplyAnswers {
		about.Asked = e.Asked
	}
	return replies.NewDraft(about)
}

// showReply is the page on which somebody writes a reply, with what was typed before.
func (h *handlers) showReply(purpose string) web.Handler {
	return func(c *gin.Context) error {
		r, done, err := h.replyTo(c, purpose)
		if done || err != nil {
			return err
		}
		if r.Sent { // whoever comes again has something to add
			r.Window.DropDraft(c, r.base(), r.Window.Name(c, r.base()))
		}
		return r.Opened(func(form *web.Form) {
			switch c.Query("back") {
			case "empty":
				form.Add("reply_text", "track.reply_empty")
			case "unsure":
				form.Add("sure", "track.withdraw_sure")
			case "":
			default:
				if !r.Begun {
					form.Add("", "submission.no_draft")
				}
			}
		})
	}
}

// saveReply keeps what was typed, and sends it when that was asked for.
func (h *handlers) saveReply(purpose string) web.Handler {
	return func(c *gin.Context) error {
		r, done, err := h.replyTo(c, purpose)
		if done || err != nil {
			return err
		}
		if r.Sent {
			h.site.Flash(c, "track.reply_done."+purpose)
			return web.Redirect(c, "/track/status")
		}
		return r.Save()
	}
}

// Path implements sending.Paged.
func (r *replying) Path() string { return r.base() }

// BackPath implements sending.Paged.
func (r *replying) BackPath() string { return r.base() + "?back=1" }

// Prepare implements sending.Paged.
func (r *replying) Prepare() {}

// back leads to the page, which then shows what was typed and what is wrong: an address that can be opened again, whatever the reader
// presses.
func (r *replying) back(why string) error { return web.Redirect(r.c, r.base()+"?back="+why) }

// Keep implements sending.Paged: it puts what was sent into the reply and hands it over. Pressed twice, it is sent once.
func (r *replying) Keep(form *web.Form) error {
	wrong := false
	err := r.Change(func() error {
		err := r.Draft.Take(form, r.site.Now())
		wrong = r.Draft.Typed != nil
		if err == nil && !r.Begun && !wrong && !r.Draft.SaysSomething() {
			return sending.ErrNothing
		}
		return err
	})
	switch {
	case errors.Is(err, sending.ErrNothing):
		return r.back("empty")
	case err != nil:
		return r.Again(form, err)
	case wrong:
		return r.back("1")
	case !r.Draft.SaysSomething():
		return r.back("empty")
	case r.purpose == contract.ReplyWithdraws && form.Value("sure") != "true":
		return r.back("unsure")
	}
	return r.handOver(form)
}

func (r *replying) handOver(form *web.Form) error {
	switch err := r.Window.At(r.site).Submit(r.c, r.base(), r.empty(), nil); {
	case err == nil, fault.Is(err, fault.NotFound):
		r.site.Flash(r.c, "track.reply_done."+r.purpose)
		return web.Redirect(r.c, "/track/status")
	case fault.Is(err, fault.Conflict):
		return r.back("1")
	case fault.Is(err, fault.TooMany):
		return r.Render(fault.Status(err), form, fault.MessageKey(err))
	default:
		return r.Render(sending.Status(err), form, r.Window.NotSent(r.c, err, "track.reply_not_sent"))
	}
}

// Render implements sending.Paged.
func (r *replying) Render(status int, form *web.Form, trouble string) error {
	sheet, err := r.Draft.Sheet()
	if err != nil {
		return err
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	p := &replyPage{
		Number: named(r.who.number, r.status), Withdraws: r.purpose == contract.ReplyWithdraws, Form: form, Action: r.base(),
		Discard: r.base() + "/discard", Begun: r.Begun, Days: sending.DraftDays(), Trouble: trouble,
	}
	if !p.Withdraws {
		p.Request = r.status.Request()
	}
	if p.Fields, err = r.Window.At(r.site).Fields(r.c, draw, sheet, r.Draft.Base(), form); err != nil {
		return err
	}
	p.NoIndex = true
	p.Errors = sheet.Step.InOrder(form.Errors())
	p.Back = &ui.Link{Href: "/track/status", Text: r.site.T(r.c, "track.to_status")}
	return r.site.Render(r.c, status, "track/reply", p)
}

// discardReply forgets a reply that was begun, with its files.
func (h *handlers) discardReply(purpose string) web.Handler {
	return func(c *gin.Context) error {
		id, err := uuid.Parse(c.Param("case"))
		if err != nil {
			return fault.New(fault.NotFound, "")
		}
		if err := h.Window.At(h.site).Discard(c, replyPaths[purpose]+id.String()); err != nil {
			return err
		}
		h.site.Flash(c, "sending.discarded")
		return web.Redirect(c, "/track/status")
	}
}
