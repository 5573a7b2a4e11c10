package elsewhere

import (
	"net/http"
	"strconv"
	"time"

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

type elsewhereEditPage struct {
	web.Page
	Form                *web.Form
	New                 bool
	Shown               *ui.Elsewhere // what was typed, as citizens would read it, when somebody asked to see it
	Publish             []ui.Choice
	CheckedDay, NextDay string // types of the fields
}

// elsewhereForm is what others give as it is typed.
type elsewhereForm struct {
	Version    int    `form:"version"`
	NameUK     string `form:"name.uk"`
	NameEN     string `form:"name.en"`
	Words      string `form:"words"`
	ProviderUK string `form:"provider.uk"`
	ProviderEN string `form:"provider.en"`
	URL        string `form:"url"`
	Phone      string `form:"phone"`
	AddressUK  string `form:"address.uk"`
	AddressEN  string `form:"address.en"`
	HowUK      string `form:"how.uk"`
	HowEN      string `form:"how.en"`
	Published  bool   `form:"published"`
	Checked    string `form:"checked"`
	Review     string `form:"review"`
}

// formOf is the form that shows it.
func formOf(e catalogue.Elsewhere) *web.Form {
	form := web.FormOf(elsewhereForm{
		Version: e.Version, NameUK: e.Name.UK, NameEN: e.Name.EN, Words: e.Words, ProviderUK: e.Provider.UK, ProviderEN: e.Provider.EN,
		URL: e.URL, Phone: e.Phone, AddressUK: e.Address.UK, AddressEN: e.Address.EN, HowUK: e.How.UK, HowEN: e.How.EN,
		Published: e.Published, Checked: dayText(e.CheckedOn), Review: dayText(e.ReviewOn),
	})
	form.Set(conflict.BaseField, conflict.Base(form.All()))
	return form
}

func dayText(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format(time.DateOnly)
}

// read takes the form apart; what is no day becomes a problem of its field.
func read(form *web.Form, id uuid.UUID) catalogue.Elsewhere {
	var in elsewhereForm
	form.Bind(&in)
	return catalogue.Elsewhere{
		ID: id, Version: request.Version(form), Name: both(in.NameUK, in.NameEN), Words: in.Words, Provider: both(in.ProviderUK, in.ProviderEN),
		URL: in.URL, Phone: in.Phone, Address: both(in.AddressUK, in.AddressEN), How: both(in.HowUK, in.HowEN), Published: in.Published,
		CheckedOn: day(form, "checked"), ReviewOn: day(form, "review"),
	}.Tidy()
}

// add is the form of a new one. Whoever writes it has just looked.
func (h handlers) add(c *gin.Context) error {
	today := h.Elsewhere.Today()
	next := today.AddDate(0, again, 0)
	return h.renderForm(c, http.StatusOK, formOf(catalogue.Elsewhere{Published: true, CheckedOn: &today, ReviewOn: &next}), uuid.Nil)
}

func (h handlers) edit(c *gin.Context) error {
	e, err := h.one(c)
	if err != nil {
		return err
	}
	return h.renderForm(c, http.StatusOK, formOf(e), e.ID)
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

// look is the button that shows what was typed as citizens would read it.
const look = "look"

// save stores what was typed, unless it is to be looked at only; id is Nil for a new one.
func (h handlers) save(c *gin.Context, form *web.Form, v catalogue.Elsewhere, id uuid.UUID) error {
	switch form.Value("do") {
	case conflict.DoEdit:
		return h.renderForm(c, http.StatusOK, form, id)
	case look:
		return h.preview(c, form, v, id)
	}
	if form.OK() {
		err := h.Elsewhere.Save(c.Request.Context(), session.Actor(c), v)
		if fault.Is(err, fault.Conflict) {
			return h.conflict(c, id, form)
		}
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		return h.renderForm(c, http.StatusUnprocessableEntity, form, id)
	}
	h.site.Flash(c, "elsewhere.saved")
	return web.Redirect(c, "/elsewhere/"+v.ID.String())
}

func (h handlers) conflict(c *gin.Context, id uuid.UUID, form *web.Form) error {
	saved, err := h.one(c)
	if err != nil {
		return err
	}
	by, err := h.Elsewhere.LastChange(c.Request.Context(), id)
	if err != nil {
		return err
	}
	p, path := h.site.Printer(c), "/elsewhere/"+id.String()
	page := &conflict.Page{Action: path + "/edit", Saved: path, Overwrite: true, By: by, Latest: formOf(saved).All()}
	asDay := conflict.Meaning{Show: func(value string) string {
		if at, ok := request.DayOf(value); ok {
			return p.Date(at)
		}
		return value
	}}
	page.Rows = conflict.Compare(p, "elsewhere.field.", page.Latest, form.All(), map[string]conflict.Meaning{
		"published": conflict.Tick(p), "checked": asDay, "review": asDay,
	})
	return conflict.Render(h.site, c, page, form.All(), strconv.Itoa(saved.Version))
}

func (h handlers) preview(c *gin.Context, form *web.Form, v catalogue.Elsewhere, id uuid.UUID) error {
	page := h.formPage(c, form, id)
	answer := shown(v)
	page.Shown = &answer
	web.SetTyped(c, form)
	return h.site.Render(c, http.StatusOK, "elsewhere/elsewhere_edit", page)
}

func (h handlers) renderForm(c *gin.Context, status int, form *web.Form, id uuid.UUID) error {
	return h.site.Render(c, status, "elsewhere/elsewhere_edit", h.formPage(c, form, id))
}

func (h handlers) formPage(c *gin.Context, form *web.Form, id uuid.UUID) *elsewhereEditPage {
	p := h.site.Printer(c)
	page := &elsewhereEditPage{
		Form: form, New: id == uuid.Nil, CheckedDay: request.KindOfDay(form, "checked"), NextDay: request.KindOfDay(form, "review"),
		Publish: []ui.Choice{ui.NewChoice("true", p.T("elsewhere.publish_yes"), p.T("elsewhere.publish_hint"))},
	}
	page.Errors = form.Errors()
	page.Back = &ui.Link{Href: "/elsewhere", Text: p.T("elsewhere.title")}
	if !page.New {
		page.Back = &ui.Link{Href: "/elsewhere/" + id.String(), Text: p.T("elsewhere.back")}
	}
	return page
}
