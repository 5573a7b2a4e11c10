package situations

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type situationEditPage struct {
	web.Page
	Form    *web.Form
	New     bool
	Publish []ui.Choice
}

// situationForm is what a situation is called as it is typed.
type situationForm struct {
	Version       int    `form:"version"`
	NameUK        string `form:"name.uk"`
	NameEN        string `form:"name.en"`
	DescriptionUK string `form:"description.uk"`
	DescriptionEN string `form:"description.en"`
	Published     bool   `form:"published"`
}

func formOf(v catalogue.Situation) *web.Form {
	form := web.FormOf(situationForm{v.Version, v.Name.UK, v.Name.EN, v.Description.UK, v.Description.EN, v.Published})
	form.Set(conflict.BaseField, conflict.Base(form.All()))
	return form
}

func read(form *web.Form, id uuid.UUID) catalogue.Situation {
	var in situationForm
	form.Bind(&in)
	return catalogue.Situation{
		ID: id, Version: request.Version(form), Name: both(in.NameUK, in.NameEN), Description: both(in.DescriptionUK, in.DescriptionEN), Published: in.Published,
	}.Tidy()
}

// add is the form of a new one, which citizens do not see until its path is made.
func (h handlers) add(c *gin.Context) error {
	return h.renderForm(c, http.StatusOK, formOf(catalogue.Situation{}), uuid.Nil)
}

func (h handlers) addPost(c *gin.Context) error {
	form, err := request.Form(h.site, c)
	if err != nil {
		return err
	}
	v := read(form, request.Press(form, session.Actor(c).UserID))
	v.Version = 0
	return h.save(c, form, v, uuid.Nil)
}

func (h handlers) edit(c *gin.Context) error {
	v, err := h.one(c)
	if err != nil {
		return err
	}
	return h.renderForm(c, http.StatusOK, formOf(v), v.ID)
}

func (h handlers) editPost(c *gin.Context) error {
	saved, err := h.one(c)
	if err != nil {
		return err
	}
	form, err := request.Form(h.site, c)
	if err != nil {
		return err
	}
	if conflict.Picked(form) {
		form = conflict.Merge(form, formOf(saved).All())
	}
	v := read(form, saved.ID)
	if v.Version < 1 {
		v.Version = -1 // of nothing: a conflict, never a new one
	}
	return h.save(c, form, v, saved.ID)
}

// save stores what was typed; id is Nil for a new one.
func (h handlers) save(c *gin.Context, form *web.Form, v catalogue.Situation, id uuid.UUID) error {
	if form.Value("do") == conflict.DoEdit {
		return h.renderForm(c, http.StatusOK, form, id)
	}
	if form.OK() {
		err := h.Situations.Save(c.Request.Context(), session.Actor(c), v)
		if fault.Is(err, fault.Conflict) {
			return h.conflict(c, form)
		}
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		return h.renderForm(c, http.StatusUnprocessableEntity, form, id)
	}
	h.site.Flash(c, "situations.saved")
	return web.Redirect(c, path(v))
}

func (h handlers) conflict(c *gin.Context, form *web.Form) error {
	saved, err := h.one(c)
	if err != nil {
		return err
	}
	by, err := h.Situations.LastChange(c.Request.Context(), saved.ID)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	page := &conflict.Page{Action: path(saved) + "/edit", Saved: path(saved), Overwrite: true, By: by, Latest: formOf(saved).All()}
	page.Rows = conflict.Compare(p, "situations.field.", page.Latest, form.All(), map[string]conflict.Meaning{"published": conflict.Tick(p)})
	return conflict.Render(h.site, c, page, form.All(), strconv.Itoa(saved.Version))
}

func (h handlers) renderForm(c *gin.Context, status int, form *web.Form, id uuid.UUID) error {
	p := h.site.Printer(c)
	page := &situationEditPage{
		Form: form, New: id == uuid.Nil, Publish: []ui.Choice{ui.NewChoice("true", p.T("situations.publish_yes"), p.T("situations.publish_hint"))},
	}
	page.Errors = form.Errors()
	page.Back = &ui.Link{Href: "/situations", Text: p.T("situations.title")}
	if !page.New {
		page.Back = &ui.Link{Href: "/situations/" + id.String(), Text: p.T("situations.back")}
	}
	return h.site.Render(c, status, "situations/situation_edit", page)
}
