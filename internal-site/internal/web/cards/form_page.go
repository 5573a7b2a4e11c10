package cards

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

func requestService(c *gin.Context) (uuid.UUID, error) { return request.ID(c, "id") }

type formPagePage struct {
	web.Page
	Service catalogue.Service
	Card    catalogue.Form
	Form    *web.Form
	New     bool
}

// pageForm is everything that is typed of a page of a form.
type pageForm struct {
	Version int    `form:"version"`
	TitleUK string `form:"title.uk"`
	TitleEN string `form:"title.en"`
	HintUK  string `form:"hint.uk"`
	HintEN  string `form:"hint.en"`
}

// page shows the words of one page of the form.
func (p formPages) page(c *gin.Context) error {
	service, v, err := p.open(c)
	if err != nil {
		return err
	}
	in := pageForm{Version: v.Version}
	if c.Param("page") != fresh {
		page := v.Content.Page(c.Param("page"))
		if page == nil {
			return fault.New(fault.NotFound, "")
		}
		in = pageForm{v.Version, page.Title.UK, page.Title.EN, page.Hint.UK, page.Hint.EN}
	}
	return p.renderPage(c, http.StatusOK, service, v, web.FormOf(in))
}

func (p formPages) renderPage(c *gin.Context, status int, s catalogue.Service, v catalogue.Form, form *web.Form) error {
	web.SetTyped(c, form)
	page := &formPagePage{Service: s, Card: v, Form: form, New: c.Param("page") == fresh}
	page.Errors, page.Back = form.Errors(), p.backTo(c, v)
	return p.site.Render(c, status, "cards/form_page", page)
}

// backTo leads to the form.
func (p formPages) backTo(c *gin.Context, v catalogue.Form) *ui.Link {
	return &ui.Link{Href: p.base(v.Meta), Text: p.site.T(c, "cards.q.back")}
}

// pagePost keeps the words of a page. Two people who write at different pages do not meet: only when this page is another by now does
// its form come back, with what was typed and a word about it.
func (p formPages) pagePost(c *gin.Context) error {
	service, v, err := p.open(c)
	if err != nil {
		return err
	}
	form, err := request.Form(p.site, c)
	if err != nil {
		return err
	}
	var in pageForm
	form.Bind(&in)
	form.Check(in.TitleUK != "", "title.uk", "catalogue.form_page_title")
	form.MaxLen("title.uk", 300)
	form.MaxLen("title.en", 300)
	form.MaxLen("hint.uk", 1000)
	form.MaxLen("hint.en", 1000)
	id := c.Param("page")
	if id == fresh {
		id = ""
	} else if v.Content.Page(id) == nil {
		return fault.New(fault.NotFound, "")
	}
	if form.OK() && v.Version != request.Version(form) && id != "" {
		form.Add("", "cards.stale")
		form.Set("version", strconv.Itoa(v.Version)) // whoever reads it and presses again has seen it
		return p.renderPage(c, http.StatusConflict, service, v, form)
	}
	if form.OK() {
		page := forms.SketchPage{ID: id, Title: locale.Text{UK: in.TitleUK, EN: in.TitleEN}, Hint: locale.Text{UK: in.HintUK, EN: in.HintEN}}
		v, err = p.change(c, v, catalogue.PutPage(page))
		if err != nil && !takeAll(form, err) {
			return err
		}
	}
	if !form.OK() {
		return p.renderPage(c, http.StatusUnprocessableEntity, service, v, form)
	}
	if id == "" {
		id = v.Content.Pages[len(v.Content.Pages)-1].ID
	}
	p.site.Flash(c, "cards.saved")
	return web.Redirect(c, p.base(v.Meta)+"#"+id)
}

// takeAll tells everything that a save was refused for on the page that is open; fields of other pages are none of its own.
func takeAll(form *web.Form, err error) bool {
	if fault.Is(err, fault.Conflict) {
		form.Add("", "cards.stale")
		return true
	}
	other := web.NewForm(nil)
	if !other.Take(err) {
		return false
	}
	for _, e := range other.Wrong() {
		form.AddAnother("", e.Key, e.Args...)
	}
	return true
}
