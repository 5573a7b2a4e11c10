package questions

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type questionPublishPage struct {
	web.Page
	Thread    questions.Thread
	Form      *web.Form
	Published bool               // it is shown to everybody now
	Hidden    bool               // it was published and taken back
	Reveals   bool               // something looks like data of a person
	Now       *questions.Wording // what a colleague has published, or changed, meanwhile
}

// publish shows what is published of a question, or proposes to publish what was asked and answered.
func (h handlers) publish(c *gin.Context) error {
	page, p, err := h.publishPage(c)
	if err != nil {
		return err
	}
	w := p.Wording
	if p.Version == 0 {
		w = proposed(page.Thread)
	}
	form := web.NewForm(nil)
	for name, text := range map[string]string{"question.uk": w.Question.UK, "question.en": w.Question.EN, "answer.uk": w.Answer.UK, "answer.en": w.Answer.EN} {
		form.Set(name, text)
	}
	form.Set("version", strconv.Itoa(p.Version))
	page.Form = form
	return h.site.Render(c, http.StatusOK, "questions/question_publish", page)
}

// proposed is what was asked and what was answered last, to be put into words for everybody.
func proposed(t questions.Thread) (w questions.Wording) {
	for _, m := range t.Messages {
		text := locale.Text{UK: m.Text}
		switch m.Kind {
		case questions.Question:
			w.Question = text
		case questions.Answer:
			w.Answer = text
		case questions.Closing, questions.Note:
		}
	}
	return w
}

func (h handlers) publishPage(c *gin.Context) (*questionPublishPage, questions.Publication, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return nil, questions.Publication{}, err
	}
	t, err := h.Questions.Get(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return nil, questions.Publication{}, err
	}
	if !t.Publishable() {
		return nil, questions.Publication{}, fault.New(fault.Conflict, "questions.not_now")
	}
	p, err := h.Questions.Publication(c.Request.Context(), session.Actor(c), id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, p, err
	}
	page := &questionPublishPage{Thread: t, Published: p.Published, Hidden: p.Version > 0 && !p.Published}
	page.Back = &ui.Link{Href: "/questions/" + id.String(), Text: h.site.T(c, "questions.one", t.Number)}
	return page, p, nil
}

// savePublished publishes, changes what is published, or takes it back.
func (h handlers) savePublished(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	err = h.actOnPublished(c, id, form)
	if err == nil {
		return web.Redirect(c, "/questions/"+id.String())
	}
	conflict := fault.Is(err, fault.Conflict)
	if !conflict && !form.Take(err) {
		return err
	}
	page, p, pageErr := h.publishPage(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form = form
	page.Reveals = form.Value("despite") == "yes" // the tick stays, whatever else is wrong
	if conflict {
		// Whoever presses again has read what they replace.
		form.Set("version", strconv.Itoa(p.Version))
		if p.Version > 0 {
			page.Now = &p.Wording
		}
		page.Errors = []fault.FieldError{{Key: fault.MessageKey(err)}}
		return h.site.Render(c, http.StatusConflict, "questions/question_publish", page)
	}
	for _, e := range form.Errors() {
		page.Reveals = page.Reveals || strings.HasSuffix(e.Key, "_reveals")
	}
	return h.site.Invalid(c, "questions/question_publish", form, page)
}

func (h handlers) actOnPublished(c *gin.Context, id uuid.UUID, form *web.Form) error {
	ctx, actor, version := c.Request.Context(), session.Actor(c), request.Version(form)
	if form.Value("act") == "withdraw" {
		err := h.Questions.Withdraw(ctx, actor, id, version)
		if err == nil {
			h.site.Flash(c, "questions.done.withdraw")
		}
		return err
	}
	err := h.Questions.Publish(ctx, actor, id, version, questions.Wording{
		Question: locale.Text{UK: form.Value("question.uk"), EN: form.Value("question.en")},
		Answer:   locale.Text{UK: form.Value("answer.uk"), EN: form.Value("answer.en")},
		Despite:  form.Value("despite") == "yes",
	})
	if err == nil {
		h.site.Flash(c, "questions.done.publish")
	}
	return err
}
