package questions

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type questionShowPage struct {
	web.Page
	Told       []string // what became of the notices of the answers
	Call       bool     // the last one did not arrive, and the actor may say that they told whoever asked
	Thread     questions.Thread
	Form       *web.Form
	Late       bool
	MayAnswer  bool
	MayClose   bool
	MayHand    bool
	MayPublish bool
	Published  bool // everybody can read it
	Hidden     bool // everybody could once
	Addressees []ui.SelectItem
	Typed      []ui.Hidden // what was typed for other acts than the one that is being confirmed
}

// show shows one question.
func (h handlers) show(c *gin.Context) error {
	page, err := h.page(c, web.NewForm(url.Values{}))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "questions/question_show", page)
}

func (h handlers) page(c *gin.Context, form *web.Form) (*questionShowPage, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return nil, err
	}
	actor := session.Actor(c)
	t, err := h.Questions.Get(c.Request.Context(), actor, id)
	if err != nil {
		return nil, err
	}
	page := &questionShowPage{Thread: t, Form: form, Late: t.Late(workdays.DateOf(h.site.Now()))}
	page.Back = &ui.Link{Href: "/questions", Text: h.site.T(c, "questions.title")}
	list, err := h.Notices.OfQuestion(c.Request.Context(), actor, id)
	if err != nil {
		return nil, err
	}
	page.Told = notices.Lines(h.site.Printer(c), list)
	page.Call = len(list) > 0 && list[0].Undelivered() && access.Can(actor, questions.AnswerTo, t.Object())
	switch p, err := h.Questions.Publication(c.Request.Context(), actor, id); {
	case err == nil:
		page.Published, page.Hidden = p.Published, !p.Published
	case !fault.Is(err, fault.NotFound):
		return nil, err
	}
	page.MayPublish = t.Publishable() && access.Can(actor, questions.Publish, t.Object())
	if !access.Can(actor, questions.AnswerTo, t.Object()) {
		return page, nil
	}
	page.MayAnswer, page.MayClose, page.MayHand = t.May(questions.DoAnswer), t.May(questions.DoClose), t.May(questions.DoHandOver)
	if page.MayHand {
		page.Addressees, err = h.addressees(c, t)
	}
	return page, err
}

// The prefixes of an addressee's id in the form.
const (
	toCentre    = "centre:"
	toAuthority = "authority:"
)

// addressees are those to whom the question can be handed over, but the one that has it.
func (h handlers) addressees(c *gin.Context, t questions.Thread) ([]ui.SelectItem, error) {
	p := h.site.Printer(c)
	candidates, err := h.Questions.Candidates(c.Request.Context())
	if err != nil {
		return nil, err
	}
	candidates = slices.DeleteFunc(candidates, func(o questions.Candidate) bool { return o.ID() == t.Addressee.ID() })
	return request.Options(p, p.T("questions.to_none"), candidates, func(o questions.Candidate) (string, locale.Text) {
		if o.CentreID != nil {
			return toCentre + o.ID().String(), o.Name
		}
		return toAuthority + o.ID().String(), o.Name
	}), nil
}

// file hands out an attachment of a question.
func (h handlers) file(c *gin.Context) error {
	f, err := download.Find(c, h.Questions.File)
	if err != nil {
		return err
	}
	return download.Send(c, h.Vault, f)
}

// act does what a button of the page asks for.
func (h handlers) act(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if form.Value("act") == told {
		return h.told(c, id)
	}
	cmd := commandOf(form)
	switch {
	case cmd.Act == look || form.Has("back") || cmd.Act == "" && web.ShowOnly(c):
		return h.again(c, form, http.StatusOK)
	case cmd.Act == questions.DoClose && form.Value("sure") == "":
		return h.confirmClose(c, form)
	}
	err = h.Questions.Do(c.Request.Context(), session.Actor(c), id, request.Version(form), cmd)
	switch {
	case err == nil:
		if cmd.Act == questions.DoHandOver { // it may be out of sight now
			h.site.Flash(c, "questions.done."+string(cmd.Act))
			return web.Redirect(c, "/questions")
		}
		return h.done(c, id, form, cmd.Act)
	case fault.Is(err, fault.Conflict):
		return h.again(c, form, http.StatusConflict, fault.FieldError{Key: fault.MessageKey(err)})
	case !form.Take(err):
		return err
	case cmd.Act == questions.DoClose:
		return h.confirmClose(c, form)
	}
	return h.again(c, form, http.StatusUnprocessableEntity, form.Errors()...)
}

// done leads to the question after an act; a note that was typed beside the answer stands there still.
func (h handlers) done(c *gin.Context, id uuid.UUID, form *web.Form, act questions.Act) error {
	if act != questions.DoAnswer || form.Value("note") == "" {
		h.site.Flash(c, "questions.done."+string(act))
		return web.Redirect(c, "/questions/"+id.String())
	}
	left := web.NewForm(url.Values{"note": form.Values("note"), "to": form.Values("to")})
	page, err := h.page(c, left)
	if err != nil {
		return err
	}
	web.SetTyped(c, left)
	page.Flash = &ui.Flash{Key: "questions.done." + string(act), Kind: "success"}
	return h.site.Render(c, http.StatusOK, "questions/question_show", page)
}

// look is the act of a button that does nothing: it shows the question again with everything that was typed.
const look = "look"

// confirmClose says what follows when a question is closed, which cannot be undone. An answer that was typed and not sent
// would be lost with it.
func (h handlers) confirmClose(c *gin.Context, form *web.Form) error {
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	switch {
	case !page.MayClose || page.Thread.Version != request.Version(form):
		return h.again(c, form, http.StatusConflict, fault.FieldError{Key: fault.MessageKey(fault.New(fault.Conflict, ""))})
	case form.Value("answer") != "":
		form.Add("answer", "questions.answer_unsent")
		return h.again(c, form, http.StatusUnprocessableEntity, form.Errors()...)
	}
	for _, name := range []string{"to", "note"} {
		page.Typed = append(page.Typed, ui.Hidden{Name: name, Value: form.Value(name)})
	}
	if !form.OK() {
		return h.site.Invalid(c, "questions/question_close", form, page)
	}
	return h.site.Render(c, http.StatusOK, "questions/question_close", page)
}

// commandOf reads what was asked for; each act has its words in a field of its own.
func commandOf(form *web.Form) questions.Command {
	cmd := questions.Command{Act: questions.Act(form.Value("act"))}
	switch cmd.Act {
	case questions.DoAnswer:
		cmd.Text = form.Value("answer")
	case questions.DoClose:
		cmd.Text = form.Value("reason")
	case questions.DoHandOver:
		cmd.Text, cmd.To = form.Value("note"), addresseeOf(form.Value("to"))
	}
	return cmd
}

func addresseeOf(value string) (a questions.Addressee) {
	if text, ok := strings.CutPrefix(value, toCentre); ok {
		if id, err := uuid.Parse(text); err == nil {
			a.CentreID = &id
		}
	}
	if text, ok := strings.CutPrefix(value, toAuthority); ok {
		if id, err := uuid.Parse(text); err == nil {
			a.AuthorityID = &id
		}
	}
	return a
}

// again shows the question with what was typed and what is wrong with it.
func (h handlers) again(c *gin.Context, form *web.Form, status int, wrong ...fault.FieldError) error {
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	page.Errors = wrong
	return h.site.Render(c, status, "questions/question_show", page)
}

// told is the act of the button that says that whoever asked was called.
const told = "told"

func (h handlers) told(c *gin.Context, id uuid.UUID) error {
	err := h.Notices.ToldOfQuestion(c.Request.Context(), session.Actor(c), id)
	if err != nil && !fault.Is(err, fault.Conflict) { // a colleague said so, or the button was pressed twice
		return err
	}
	h.site.Flash(c, "questions.done.told")
	return web.Redirect(c, "/questions/"+id.String())
}
