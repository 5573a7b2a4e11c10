package cards

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// arrange moves, copies and removes pages and questions as the buttons of the form's page say: «up question NAME», «down page ID»,
// «copy question NAME», «remove page ID», «documents».
func (p formPages) arrange(c *gin.Context) error {
	page, err := p.showPage(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if page.Card.Version != request.Version(form) {
		page.Errors = []fault.FieldError{{Key: "cards.stale"}}
		return p.site.Render(c, http.StatusConflict, "cards/version_show", page)
	}
	change, to, err := p.arrangement(c, form.Value("do"))
	if err != nil {
		return err
	}
	v, err := p.change(c, page.Card, change)
	switch {
	case err == nil:
		return web.Redirect(c, p.base(v.Meta)+to)
	case fault.Is(err, fault.Conflict):
		page.Errors = []fault.FieldError{{Key: "cards.stale"}}
		return p.site.Render(c, http.StatusConflict, "cards/version_show", page)
	case !takeAll(form, err):
		return err
	}
	page.Errors = form.Errors()
	return p.site.Render(c, http.StatusUnprocessableEntity, "cards/version_show", page)
}

// arrangement is what a button says, and the place on the page that it leads to.
func (p formPages) arrangement(c *gin.Context, do string) (catalogue.FormChange, string, error) {
	if do == "documents" {
		documents, err := p.documents(c)
		words, _ := formWords()
		title := locale.Text{UK: words.In(locale.UK).T("cards.q.documents_page"), EN: words.In(locale.EN).T("cards.q.documents_page")}
		return catalogue.AskDocuments(documents, forms.SketchPage{Title: title}), "#questions", err
	}
	verb, what, _ := strings.Cut(do, " ")
	kind, name, _ := strings.Cut(what, " ")
	by := map[string]int{"up": -1, "down": 1}[verb]
	switch {
	case kind == "page" && by != 0:
		return catalogue.MovePage(name, by), "#" + name, nil
	case kind == "question" && by != 0:
		return catalogue.MoveQuestion(name, by), "#" + name, nil
	case do == "remove page "+name:
		return catalogue.RemovePage(name), "#questions", nil
	case do == "copy question "+name:
		return catalogue.DuplicateQuestion(name), "#" + name, nil
	}
	return nil, "", fault.New(fault.Invalid, "")
}

type formRemovePage struct {
	web.Page
	Service  catalogue.Service
	Question forms.Question
	Form     *web.Form
	Address  string
	On       []forms.Question // questions that depend on it
}

// remove asks before a question is taken away.
func (p formPages) remove(c *gin.Context) error {
	service, v, err := p.open(c)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("version", strconv.Itoa(v.Version))
	return p.renderRemove(c, http.StatusOK, service, v, form)
}

func (p formPages) renderRemove(c *gin.Context, status int, s catalogue.Service, v catalogue.Form, form *web.Form) error {
	_, q := v.Content.Question(c.Param("question"))
	if q == nil {
		return fault.New(fault.NotFound, "")
	}
	page := &formRemovePage{Service: s, Question: *q, Form: form, Address: p.base(v.Meta), On: catalogue.Dependent(v.Content, q.Name)}
	page.Errors, page.Back = form.Errors(), p.backTo(c, v)
	return p.site.Render(c, status, "cards/form_remove", page)
}

func (p formPages) removePost(c *gin.Context) error {
	service, v, err := p.open(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if v.Version != request.Version(form) {
		form.Add("", "cards.stale")
		form.Set("version", strconv.Itoa(v.Version))
		return p.renderRemove(c, http.StatusConflict, service, v, form)
	}
	_, err = p.change(c, v, catalogue.RemoveQuestion(c.Param("question")))
	if err != nil {
		if !takeAll(form, err) {
			return err
		}
		return p.renderRemove(c, http.StatusUnprocessableEntity, service, v, form)
	}
	p.site.Flash(c, "cards.q.removed")
	return web.Redirect(c, p.base(v.Meta)+"#questions")
}
