package cards

import (
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// script hides the questions that are not asked, as on the public site.
func script(c *gin.Context) error {
	c.Header("Cache-Control", "private, max-age=300")
	c.Data(http.StatusOK, "text/javascript; charset=utf-8", forms.Script)
	return nil
}

var formWords = sync.OnceValues(func() (*locale.Catalogue, error) {
	return locale.Load([]fs.FS{ui.Words, web.Words, forms.Words, catalogue.Words, files}...)
})

// formControls draws the fields of application forms as the public site does.
var formControls = sync.OnceValues(func() (*forms.Renderer, error) {
	words, err := formWords()
	if err != nil {
		return nil, err
	}
	return forms.NewRenderer(words)
})

// The fields of the preview that are none of the form's: no question can have such a name.
const (
	previewAnswers = "preview.answers" // to the pages before, as JSON
	previewStep    = "preview.step"
)

type formPreviewPage struct {
	web.Page
	Service catalogue.Service
	Card    catalogue.Form
	Form    *web.Form
	Step    forms.Step
	Number  int
	Total   int
	Fields  template.HTML
	Answers string
	Rows    []forms.Row // at the end
	Links   []ui.Link   // to every page
	Here    string      // the one of them that leads to this page
	Address string
}

// drafted is the form of a version as it could be filled in now; nil while it asks for nothing.
func drafted(v catalogue.Form) (*forms.Form, error) {
	form, err := v.Content.Draft()
	if err != nil {
		for _, page := range v.Content.Pages {
			if len(page.Questions) > 0 {
				return nil, fault.Wrap(fault.Internal, err, "")
			}
		}
		return nil, fault.New(fault.NotFound, "cards.q.nothing_asked")
	}
	return form, nil
}

// preview shows a page of the form as citizens see it. It can be filled in; nothing is kept.
func (p formPages) preview(c *gin.Context) error {
	service, v, err := p.version(c)
	if err != nil {
		return err
	}
	form, err := drafted(v)
	if err != nil {
		return err
	}
	step, ok := form.Step(c.Query("page"))
	if !ok {
		step = form.Steps[0]
	}
	return p.renderPreview(c, http.StatusOK, service, v, form, step, web.NewForm(nil), forms.Answers{}, c.Query("page") != "")
}

// previewPost goes on to the next page that is asked, with the answers so far, or says what is wrong as the public site does.
func (p formPages) previewPost(c *gin.Context) error {
	service, v, err := p.version(c)
	if err != nil {
		return err
	}
	form, err := drafted(v)
	if err != nil {
		return err
	}
	posted, err := request.Form(p.site, c)
	if err != nil {
		return err
	}
	answers, err := form.ParseAnswers([]byte(posted.Value(previewAnswers)))
	if err != nil { // the draft is another by now: the preview begins again
		return web.Redirect(c, p.base(v.Meta)+"/preview")
	}
	form.Prune(answers)
	step, ok := form.Step(posted.Value(previewStep))
	if !ok {
		return web.Redirect(c, p.base(v.Meta)+"/preview")
	}
	form.Bind(step, posted, answers, p.site.Now())
	if !posted.OK() {
		return p.renderPreview(c, http.StatusUnprocessableEntity, service, v, form, step, posted, answers, false)
	}
	passed := false
	for _, next := range form.Steps {
		if passed && form.Asks(next, answers) {
			return p.renderPreview(c, http.StatusOK, service, v, form, next, web.NewForm(nil), answers, false)
		}
		passed = passed || next.ID == step.ID
	}
	return p.renderPreview(c, http.StatusOK, service, v, form, forms.Step{}, web.NewForm(nil), answers, false)
}

func (p formPages) renderPreview(c *gin.Context, status int, s catalogue.Service, v catalogue.Form, form *forms.Form, step forms.Step, typed *web.Form, answers forms.Answers, all bool) error {
	page := &formPreviewPage{Service: s, Card: v, Form: typed, Step: step, Total: len(form.Steps), Address: p.base(v.Meta)}
	page.Back = p.backTo(c, v)
	page.Errors = step.InOrder(typed.Errors())
	words := p.site.Printer(c)
	for i, other := range form.Steps {
		page.Links = append(page.Links, ui.Link{Href: p.base(v.Meta) + "/preview?page=" + other.ID, Text: words.Value(other.Title)})
		if other.ID == step.ID {
			page.Number, page.Here = i+1, page.Links[i].Href
		}
	}
	raw, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	page.Answers = string(raw)
	if step.ID == "" {
		page.Rows = form.Rows(answers, words)
		return p.site.Render(c, status, "cards/form_preview", page)
	}
	draw, err := formControls()
	if err != nil {
		return err
	}
	shown := forms.Shown{Form: form, Step: step, Answers: answers, Typed: typed, All: all, Limits: words.T("cards.q.files_limits")}
	if page.Fields, err = draw.Step(web.Lang(c), shown); err != nil {
		return err
	}
	return p.site.Render(c, status, "cards/form_preview", page)
}
