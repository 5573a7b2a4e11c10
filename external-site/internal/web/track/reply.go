package track

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/replies"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
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

// replying is a reply to one case while its page is shown or sent. The token is missing until there is something to keep.
type replying struct {
	*handlers
	*sending.Window
	c       *gin.Context
	who     holder
	status  tracking.Status
	purpose string
	draft   *replies.Draft
	token   submission.Token
	begun   bool
	sent    bool // what the browser holds was sent already: the button was pressed twice, or the answer was lost
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
	r := &replying{handlers: h, Window: h.Window.At(h.site), c: c, who: who, status: s, purpose: purpose}
	if s.Case == nil || c.Param("case") != s.Case.ID.String() {
		return nil, true, web.Redirect(c, "/track/status")
	}
	if purpose == contract.ReplyAnswers && !s.TakesReplies() || purpose == contract.ReplyWithdraws && !s.TakesBack() {
		h.site.Flash(c, "track.no_reply_now")
		return nil, true, web.Redirect(c, "/track/status")
	}
	r.draft = r.empty()
	t, err := r.Draft(c, r.base())
	if err == nil {
		r.token, err = r.Desk.Load(c.Request.Context(), t, r.draft)
	}
	r.sent = fault.Is(err, fault.Conflict)
	if r.begun = err == nil; !r.begun {
		r.draft = r.empty()
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict) {
		err = nil
	}
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
		if r.sent { // whoever comes again has something to add
			r.DropDraft(c, r.base(), r.Name(c, r.base()))
		}
		form, status := web.NewForm(url.Values{}), http.StatusOK
		if r.begun {
			r.KeepDraft(c, r.base(), r.token)
			if err := r.draft.Show(form, h.site.Now()); err != nil {
				return err
			}
		}
		switch c.Query("back") {
		case "empty":
			form.Add("reply_text", "track.reply_empty")
		case "unsure":
			form.Add("sure", "track.withdraw_sure")
		case "":
		default:
			if !r.begun {
				form.Add("", "submission.no_draft")
			}
		}
		if !form.OK() {
			status = http.StatusUnprocessableEntity // the answer to the page that was sent and led back here
		}
		return r.show(status, form, "")
	}
}

// saveReply keeps what was typed, and sends it when that was asked for.
func (h *handlers) saveReply(purpose string) web.Handler {
	return func(c *gin.Context) error {
		r, done, err := h.replyTo(c, purpose)
		if done || err != nil {
			return err
		}
		if r.sent {
			h.site.Flash(c, "track.reply_done."+purpose)
			return web.Redirect(c, "/track/status")
		}
		return r.Save(c, sending.Acts{
			AddFile: r.addFile, Again: r.again, Remove: r.removeFile, KeepQuietly: r.keepQuietly, Stay: r.stay, Keep: r.send,
		})
	}
}

// change works on the reply, or begins one.
func (r *replying) change(fn func() error) error {
	var err error
	if r.begun {
		r.token, err = r.Desk.Change(r.c.Request.Context(), r.token, r.draft, fn)
	} else {
		r.token, err = r.Begin(r.c, r.base(), r.draft, fn)
	}
	if err == nil {
		r.begun = true
		r.KeepDraft(r.c, r.base(), r.token)
	}
	return err
}

// addFile adds a file while it arrives. What stands on the page before it begins the reply.
func (r *replying) addFile(form *web.Form, in submission.Incoming) error {
	if !r.begun {
		if err := r.change(func() error { _, err := r.note(form, nil); return err }); err != nil {
			return err
		}
	}
	t, err := r.Desk.AddFile(r.c.Request.Context(), r.token, r.draft, in)
	if err == nil {
		r.token = t
		r.KeepDraft(r.c, r.base(), t)
	}
	return err
}

func (r *replying) note(form *web.Form, refused []submission.Refusal) (bool, error) {
	return r.draft.Note(web.NewForm(form.All()), refused)
}

// errNothing ends a change that would keep nothing.
var errNothing = errors.New("there is nothing to keep")

// keepQuietly keeps what stands on the page while somebody is typing, without a word about it.
func (r *replying) keepQuietly(form *web.Form) error {
	if err := r.keepNote(form, nil); err != nil {
		return err
	}
	r.c.Status(http.StatusNoContent)
	return nil
}

// keepNote keeps what stands on the page, unless there is nothing.
func (r *replying) keepNote(form *web.Form, refused []submission.Refusal) error {
	err := r.change(func() error {
		if some, err := r.note(form, refused); err != nil || some {
			return err
		}
		return errNothing
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

func (r *replying) removeFile(form *web.Form) error {
	if r.begun {
		t, err := r.Desk.RemoveFile(r.c.Request.Context(), r.token, r.draft, form.Value("remove"))
		if err != nil {
			return r.again(form, err)
		}
		r.token = t
		r.KeepDraft(r.c, r.base(), t)
	}
	return r.stay(form)
}

// stay adds the files, or takes one away, and shows the page again with what was typed and what became of the files.
func (r *replying) stay(form *web.Form) error {
	refused := submission.Refusals(form.Errors())
	if err := r.keepNote(form, refused); err != nil {
		return r.again(form, err)
	}
	if len(refused) > 0 {
		return r.back("1")
	}
	return web.Redirect(r.c, r.base())
}

// back leads to the page, which then shows what was typed and what is wrong: an address that can be opened again, whatever
// the reader presses.
func (r *replying) back(why string) error { return web.Redirect(r.c, r.base()+"?back="+why) }

// send puts what was sent into the reply and hands it over. Pressed twice, it is sent once.
func (r *replying) send(form *web.Form) error {
	wrong := false
	err := r.change(func() error {
		err := r.draft.Take(form, r.site.Now())
		wrong = r.draft.Typed != nil
		if err == nil && !r.begun && !wrong && !r.draft.SaysSomething() {
			return errNothing
		}
		return err
	})
	switch {
	case errors.Is(err, errNothing):
		return r.back("empty")
	case err != nil:
		return r.again(form, err)
	case wrong:
		return r.back("1")
	case !r.draft.SaysSomething():
		return r.back("empty")
	case r.purpose == contract.ReplyWithdraws && form.Value("sure") != "true":
		return r.back("unsure")
	}
	return r.handOver(form)
}

func (r *replying) handOver(form *web.Form) error {
	switch err := r.Submit(r.c, r.base(), r.empty(), nil); {
	case err == nil, fault.Is(err, fault.NotFound):
		r.site.Flash(r.c, "track.reply_done."+r.purpose)
		return web.Redirect(r.c, "/track/status")
	case fault.Is(err, fault.Conflict):
		return r.back("1")
	case fault.Is(err, fault.TooMany):
		return r.show(fault.Status(err), form, fault.MessageKey(err))
	default:
		return r.show(sending.Status(err), form, r.NotSent(r.c, err, "track.reply_not_sent"))
	}
}

// again shows the page once more after err, with what was typed.
func (r *replying) again(form *web.Form, err error) error {
	trouble := ""
	if !form.Take(err) {
		trouble = fault.MessageKey(err)
		r.Log.WarnContext(r.c.Request.Context(), "a reply could not be kept", "error", err, "request_id", web.RequestID(r.c))
	}
	return r.show(sending.Status(err), form, trouble)
}

func (r *replying) show(status int, form *web.Form, trouble string) error {
	sheet, err := r.draft.Sheet()
	if err != nil {
		return err
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	p := &replyPage{
		Number: named(r.who.number, r.status), Withdraws: r.purpose == contract.ReplyWithdraws, Form: form, Action: r.base(),
		Discard: r.base() + "/discard", Begun: r.begun, Days: int(submission.DraftLife.Hours() / 24), Trouble: trouble,
	}
	if !p.Withdraws {
		p.Request = r.status.Request()
	}
	p.Fields, err = draw.Step(web.Lang(r.c), forms.Shown{
		Form: sheet.Form, Step: sheet.Step, Answers: r.draft.Answers, Typed: form, Files: sending.Attached(r.draft.Base(), sheet.Step),
		Accept: sending.Accept(), Limits: r.FileLimits(r.c), Sizes: r.FileSizes(r.c),
	})
	if err != nil {
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
