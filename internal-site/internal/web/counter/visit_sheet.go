package counter

import (
	"html/template"
	"io/fs"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// sheetPart is one step of the service's application form; all of them stand on the page of the visit.
type sheetPart struct {
	Title, Hint locale.Text
	Fields      template.HTML
}

// Unanswered says whether the application form is still to be filled in: the keyboard goes on there, and not at the documents.
func (p *visitShowPage) Unanswered() bool { return len(p.Sheet) > 0 && !answered(p.Form) }

// controls draws the fields of application forms.
var controls = sync.OnceValues(func() (*forms.Renderer, error) {
	words, err := locale.Load([]fs.FS{ui.Words, web.Words, forms.Words, counter.Words, files}...)
	if err != nil {
		return nil, err
	}
	return forms.NewRenderer(words)
})

// sheet fills in the application form of the service.
func (h handlers) sheet(c *gin.Context, page *visitShowPage) error {
	if page.Service == nil || page.Service.Sheet == nil {
		return nil
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	form := page.Service.Sheet.Form
	for _, step := range form.Steps {
		fields, err := draw.Step(web.Lang(c), forms.Shown{Form: form, Step: step, Typed: page.Form, Prefix: counter.AnswerPrefix, Whole: true})
		if err != nil {
			return err
		}
		page.Sheet = append(page.Sheet, sheetPart{Title: step.Title, Hint: step.Hint, Fields: fields})
	}
	return nil
}

// printApplication leads to the application for the visitor to sign, once everything that stands on it is right.
func (h handlers) printApplication(c *gin.Context, v counter.Visit, form *web.Form) error {
	if err := h.Visits.Applicable(c.Request.Context(), session.Actor(c), v.ID); err != nil {
		return h.notEnded(c, v, form, err)
	}
	return web.Redirect(c, "/counter/"+v.ID.String()+"/application")
}

type applicationPage struct {
	web.Page
	VisitID     uuid.UUID
	Application counter.Application
	Rows        []forms.Row
}

// application shows what the visitor signs, for printing.
func (h handlers) application(c *gin.Context) error {
	v, err := h.visit(c)
	if err != nil {
		return err
	}
	if v.State != counter.Open && v.State != counter.Registered || v.ServiceID == nil {
		return h.to(c, v)
	}
	page := &applicationPage{VisitID: v.ID}
	if page.Application, err = h.Visits.Application(c.Request.Context(), session.Actor(c), v.ID); err != nil {
		return err
	}
	if page.Application.Form != nil {
		page.Rows = page.Application.Form.Rows(page.Application.Answers, h.site.Printer(c))
	}
	page.Back = &ui.Link{Href: "/counter/" + v.ID.String(), Text: h.site.T(c, "counter.visit_title")}
	c.Header("Cache-Control", "no-store")
	return h.site.Render(c, http.StatusOK, "counter/visit_application", page)
}
