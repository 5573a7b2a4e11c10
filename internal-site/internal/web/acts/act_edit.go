package acts

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type actEditPage struct {
	web.Page
	Form       *web.Form
	New        bool
	Kinds      []ui.SelectItem
	Levels     []ui.SelectItem
	AdoptedDay string // type of the field
}

// actForm is an act as it is typed.
type actForm struct {
	Version int    `form:"version"`
	TitleUK string `form:"title.uk"`
	TitleEN string `form:"title.en"`
	Kind    string `form:"kind"`
	Number  string `form:"number"`
	Issuer  string `form:"issuer"`
	Adopted string `form:"adopted"`
	Level   string `form:"level"`
	URL     string `form:"url"`
	Notes   string `form:"notes"`
}

// formOf is the form that shows an act.
func formOf(a law.Act) *web.Form {
	adopted := ""
	if a.AdoptedOn != nil {
		adopted = a.AdoptedOn.Format(time.DateOnly)
	}
	form := web.FormOf(actForm{
		Version: a.Version, TitleUK: a.Title.UK, TitleEN: a.Title.EN, Kind: a.Kind, Number: a.Number, Issuer: a.Issuer, Adopted: adopted,
		Level: a.Level, URL: a.URL, Notes: a.Notes,
	})
	form.Set(conflict.BaseField, conflict.Base(form.All()))
	return form
}

// read takes the form apart; what is no day becomes a problem of its field.
func read(form *web.Form, id uuid.UUID) law.Act {
	var in actForm
	form.Bind(&in)
	return law.Act{
		ID: id, Version: request.Version(form), Title: locale.Text{UK: in.TitleUK, EN: in.TitleEN}, Kind: in.Kind, Number: in.Number, Issuer: in.Issuer,
		AdoptedOn: day(form, "adopted"), Level: in.Level, URL: in.URL, Notes: in.Notes,
	}.Tidy()
}

// day is what was typed into a field for a day; nil when nothing was, or no day.
func day(form *web.Form, name string) *time.Time {
	at := request.Day(form, name, time.Time{})
	if at.IsZero() {
		return nil
	}
	return &at
}

func (h handlers) add(c *gin.Context) error {
	return h.renderForm(c, http.StatusOK, formOf(law.Act{Kind: "decision", Level: "local"}), uuid.Nil)
}

func (h handlers) edit(c *gin.Context) error {
	a, err := h.act(c)
	if err != nil {
		return err
	}
	return h.renderForm(c, http.StatusOK, formOf(a), a.ID)
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
	saved, err := h.act(c)
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

// save stores what was typed; id is Nil for a new act.
func (h handlers) save(c *gin.Context, form *web.Form, v law.Act, id uuid.UUID) error {
	if form.Value("do") == conflict.DoEdit {
		return h.renderForm(c, http.StatusOK, form, id)
	}
	if form.OK() {
		err := h.Library.Save(c.Request.Context(), session.Actor(c), v)
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
	h.site.Flash(c, "acts.saved")
	return web.Redirect(c, "/acts/"+v.ID.String())
}

func (h handlers) conflict(c *gin.Context, id uuid.UUID, form *web.Form) error {
	saved, err := h.act(c)
	if err != nil {
		return err
	}
	by, err := h.Library.LastChange(c.Request.Context(), id)
	if err != nil {
		return err
	}
	p, path := h.site.Printer(c), "/acts/"+id.String()
	page := &conflict.Page{Action: path + "/edit", Saved: path, Overwrite: true, By: by, Latest: formOf(saved).All()}
	page.Rows = conflict.Compare(p, "acts.field.", page.Latest, form.All(), map[string]conflict.Meaning{
		"kind":  conflict.OneOf(request.Words(p, "", "acts.kinds.", law.Kinds...)),
		"level": conflict.OneOf(request.Words(p, "", "acts.levels.", law.Levels...)),
		"adopted": {Show: func(value string) string {
			if at, ok := request.DayOf(value); ok {
				return p.Date(at)
			}
			return value
		}},
	})
	return conflict.Render(h.site, c, page, form.All(), strconv.Itoa(saved.Version))
}

func (h handlers) renderForm(c *gin.Context, status int, form *web.Form, id uuid.UUID) error {
	p := h.site.Printer(c)
	page := &actEditPage{Form: form, New: id == uuid.Nil, AdoptedDay: request.KindOfDay(form, "adopted")}
	for _, kind := range law.Kinds {
		page.Kinds = append(page.Kinds, ui.SelectItem{Value: kind, Text: p.T("acts.kinds." + kind)})
	}
	for _, level := range law.Levels {
		page.Levels = append(page.Levels, ui.SelectItem{Value: level, Text: p.T("acts.levels." + level)})
	}
	page.Errors = form.Errors()
	page.Back = &ui.Link{Href: "/acts", Text: p.T("acts.title")}
	if !page.New {
		page.Back = &ui.Link{Href: "/acts/" + id.String(), Text: p.T("acts.back")}
	}
	return h.site.Render(c, status, "acts/act_edit", page)
}
