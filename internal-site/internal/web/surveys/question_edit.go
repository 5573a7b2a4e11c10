package surveys

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/surveys"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type questionEditPage struct {
	web.Page
	Survey surveys.Survey
	Form   *web.Form
	New    bool
	Kinds  []ui.Choice
	Most   int // characters of an answer in words
}

// newQuestion is the key of a question in an address that is about to be added.
const newQuestion = "new"

// question is the form of one question.
func (h handlers) question(c *gin.Context) error {
	s, err := h.one(c)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("version", strconv.Itoa(s.Version))
	if key := c.Param("key"); key != newQuestion {
		q, err := s.Question(key)
		if err != nil {
			return err
		}
		fill(form, q)
	}
	return h.site.Render(c, http.StatusOK, "surveys/question_edit", h.questionPage(c, s, form))
}

func fill(form *web.Form, q contract.SurveyQuestion) {
	form.Set("kind", q.Kind)
	form.Set("text.uk", q.Text.UK)
	form.Set("text.en", q.Text.EN)
	var uk, en []string
	for _, o := range q.Options {
		uk, en = append(uk, o.Text.UK), append(en, o.Text.EN)
	}
	form.Set("options.uk", strings.Join(uk, "\n"))
	form.Set("options.en", strings.Join(en, "\n"))
	if q.Limit > 0 {
		form.Set("limit", strconv.Itoa(q.Limit))
	}
	if q.Required {
		form.Set("required", "yes")
	}
}

func (h handlers) questionPage(c *gin.Context, s surveys.Survey, form *web.Form) *questionEditPage {
	page := &questionEditPage{Survey: s, Form: form, New: c.Param("key") == newQuestion, Most: contract.MaxSurveyText}
	for _, kind := range contract.AskKinds {
		page.Kinds = append(page.Kinds, ui.NewChoice(kind, h.site.T(c, "surveys.ask."+kind), h.site.T(c, "surveys.ask_hint."+kind)))
	}
	page.Back = &ui.Link{Href: "/surveys/" + s.ID.String(), Text: h.site.T(c, "surveys.back")}
	return page
}

// saveQuestion adds or changes the question.
func (h handlers) saveQuestion(c *gin.Context) error {
	s, err := h.one(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	key := c.Param("key")
	if key == newQuestion {
		key = ""
	} else if _, err := s.Question(key); err != nil {
		return err
	}
	asked := surveys.Asked{
		Kind: form.Value("kind"), Text: locale.Text{UK: form.Value("text.uk"), EN: form.Value("text.en")}, Required: form.Value("required") == "yes",
		Options: locale.Text{UK: form.Value("options.uk"), EN: form.Value("options.en")}, LimitTyped: form.Value("limit"),
	}
	err = h.Surveys.Change(c.Request.Context(), session.Actor(c), s.ID, request.Version(form), "change", func(s *surveys.Survey) error { return s.Put(key, asked) })
	switch {
	case err == nil:
		return web.Redirect(c, "/surveys/"+s.ID.String())
	case !form.Take(err):
		return err
	}
	return h.site.Invalid(c, "surveys/question_edit", form, h.questionPage(c, s, form))
}
