package reception

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// offerEditPage edits one part of the hall: a group, a window or a reason to go first.
type offerEditPage struct {
	hallPage
	Form     *web.Form
	Part     string // "group", "window" or "priority", as words and fields are called
	New      bool
	Letters  []ui.SelectItem
	Services []ui.Choice
	Groups   []ui.Choice
	Appoints []ui.SelectItem
}

// editor is how one kind of part is edited.
type editor struct {
	part string
	// fill puts the part with the id into the form, false when there is none.
	fill func(hall reception.Hall, id uuid.UUID, form *web.Form) bool
	save func(c *gin.Context, hall, part uuid.UUID, form *web.Form) error
}

// partID is the part that the address names; Nil for a new one.
func partID(c *gin.Context) (uuid.UUID, error) {
	if c.Param("part") == "new" {
		return uuid.Nil, nil
	}
	return request.ID(c, "part")
}

// edit shows the form of a part.
func (h handlers) edit(c *gin.Context, e editor) error {
	part, err := partID(c)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	page, err := h.editPage(c, e, form)
	if err != nil {
		return err
	}
	form.Set("version", strconv.Itoa(page.Now.Hall.Version))
	if part != uuid.Nil && !e.fill(page.Now.Hall, part, form) {
		return fault.New(fault.NotFound, "")
	}
	return h.site.Render(c, http.StatusOK, "reception/offer_edit", page)
}

func (h handlers) editPage(c *gin.Context, e editor, form *web.Form) (*offerEditPage, error) {
	p, err := h.read(c, session.Actor(c))
	if err != nil {
		return nil, err
	}
	services, err := h.Halls.Services(c.Request.Context(), p.Now.Hall.CentreID)
	if err != nil {
		return nil, err
	}
	page := &offerEditPage{hallPage: p, Form: form, Part: e.part, New: c.Param("part") == "new"}
	page.Back = &ui.Link{Href: page.Hall() + "/offer", Text: h.site.T(c, "reception.offer")}
	printer := h.site.Printer(c)
	page.Letters = []ui.SelectItem{{Text: printer.T("reception.letter_choose")}}
	for _, l := range reception.Letters {
		page.Letters = append(page.Letters, ui.SelectItem{Value: l, Text: l, Attributes: ui.Attributes{"lang": "uk"}})
	}
	in := func(t locale.Text) ui.Content {
		name, _ := t.In(printer.Lang())
		return ui.Content{Text: name}
	}
	for _, s := range services {
		page.Services = append(page.Services, ui.Choice{Value: s.ID.String(), Content: in(s.Name)})
	}
	page.Appoints = []ui.SelectItem{{Text: printer.T("reception.appoints_none")}}
	for _, g := range p.Now.Hall.OpenGroups() {
		page.Appoints = append(page.Appoints, ui.SelectItem{Value: g.ID.String(), Text: in(g.Name).Text})
		page.Groups = append(page.Groups, ui.Choice{Value: g.ID.String(), Content: in(g.Name)})
	}
	return page, nil
}

// change saves a part, or shows the form again.
func (h handlers) change(c *gin.Context, e editor) error {
	hall, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	part, err := partID(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if turnedBack(form) {
		page, err := h.editPage(c, e, form)
		if err != nil {
			return err
		}
		return h.site.Render(c, http.StatusOK, "reception/offer_edit", page)
	}
	err = e.save(c, hall, part, form)
	if shown, err := h.fallen(c, form, err, c.Request.URL.Path, "number", "groups", "appoints"); shown {
		return err
	}
	return after(form, err, func(status int, wrong []fault.FieldError) error {
		page, err := h.editPage(c, e, form)
		if err != nil {
			return err
		}
		if page.Errors = wrong; status == http.StatusConflict { // what was typed can be saved over what is there now
			form.Set("version", strconv.Itoa(page.Now.Hall.Version))
		}
		return h.site.Render(c, status, "reception/offer_edit", page)
	}, func() error {
		h.site.Flash(c, "reception.done.save")
		return web.Redirect(c, "/reception/"+hall.String()+"/offer")
	})
}

// ids are the ids that were chosen in a field; what is none becomes the zero id, which nothing has.
func ids(form *web.Form, name string) []uuid.UUID {
	list := []uuid.UUID{}
	for _, v := range form.Values(name) {
		id, _ := uuid.Parse(v)
		list = append(list, id)
	}
	return list
}

func texts(list []uuid.UUID) []string {
	out := make([]string, len(list))
	for i, id := range list {
		out[i] = id.String()
	}
	return out
}

func named(form *web.Form) locale.Text {
	return locale.Text{UK: form.Value("name.uk"), EN: form.Value("name.en")}
}

func setName(form *web.Form, name locale.Text) {
	form.Set("name.uk", name.UK)
	form.Set("name.en", name.EN)
}

func number(form *web.Form, name string) int {
	n, _ := strconv.Atoi(form.Value(name))
	return n
}

func (h handlers) groups() editor {
	return editor{"group", func(hall reception.Hall, id uuid.UUID, form *web.Form) bool {
		g := hall.Group(id)
		setName(form, g.Name)
		form.Set("letter", g.Letter)
		form.Set("minutes", strconv.Itoa(g.Minutes))
		form.Set("services", texts(g.Services)...)
		return g.ID == id && !g.Retired
	}, func(c *gin.Context, hall, part uuid.UUID, form *web.Form) error {
		return h.Halls.SaveGroup(c.Request.Context(), session.Actor(c), hall, request.Version(form), reception.Group{
			ID: part, Letter: form.Value("letter"), Name: named(form), Minutes: number(form, "minutes"), Services: ids(form, "services"),
		})
	}}
}

func (h handlers) windows() editor {
	return editor{"window", func(hall reception.Hall, id uuid.UUID, form *web.Form) bool {
		w, known := hall.Window(id)
		form.Set("number", strconv.Itoa(w.Number))
		form.Set("groups", texts(w.Groups)...)
		if w.Appoints != nil {
			form.Set("appoints", w.Appoints.String())
		}
		return known && !w.Retired
	}, func(c *gin.Context, hall, part uuid.UUID, form *web.Form) error {
		w := reception.Window{ID: part, Number: number(form, "number"), Groups: ids(form, "groups")}
		if group := request.FormID(form, "appoints"); group != uuid.Nil {
			w.Appoints = &group
		}
		return h.Halls.SaveWindow(c.Request.Context(), session.Actor(c), hall, request.Version(form), w, form.Value("seen"))
	}}
}

func (h handlers) priorities() editor {
	return editor{"priority", func(hall reception.Hall, id uuid.UUID, form *web.Form) bool {
		p := hall.Priority(&id)
		setName(form, p.Name)
		return p.ID == id && !p.Retired
	}, func(c *gin.Context, hall, part uuid.UUID, form *web.Form) error {
		return h.Halls.SavePriority(c.Request.Context(), session.Actor(c), hall, request.Version(form), reception.Priority{ID: part, Name: named(form)})
	}}
}

func (h handlers) group(c *gin.Context) error        { return h.edit(c, h.groups()) }
func (h handlers) saveGroup(c *gin.Context) error    { return h.change(c, h.groups()) }
func (h handlers) place(c *gin.Context) error        { return h.edit(c, h.windows()) }
func (h handlers) savePlace(c *gin.Context) error    { return h.change(c, h.windows()) }
func (h handlers) priority(c *gin.Context) error     { return h.edit(c, h.priorities()) }
func (h handlers) savePriority(c *gin.Context) error { return h.change(c, h.priorities()) }
