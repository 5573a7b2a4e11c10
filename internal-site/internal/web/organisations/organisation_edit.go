package organisations

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/formtree"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type organisationEditPage struct {
	web.Page
	Form    *web.Form
	Typed   orgForm
	Kind    string
	New     bool
	Days    []time.Weekday
	Levels  []ui.SelectItem
	Publish []ui.Choice
	Closed  []ui.Choice
}

// orgForm is an organisation as it is typed: one line of hours for each weekday, phones one to a line.
type orgForm struct {
	Code          string            `json:"code"`
	EDRPOU        string            `json:"edrpou"`
	Level         string            `json:"level"`
	Name          locale.Text       `json:"name"`
	ShortName     locale.Text       `json:"short_name"`
	UnitCode      string            `json:"unit_code"`
	Address       locale.Text       `json:"address"`
	Directions    locale.Text       `json:"directions"`
	Phones        string            `json:"phones"`
	Email         string            `json:"email"`
	Site          string            `json:"site"`
	Latitude      string            `json:"latitude"`
	Longitude     string            `json:"longitude"`
	CasePattern   string            `json:"case_pattern"`
	Week          [7]dayForm        `json:"week"` // from Monday
	Note          locale.Text       `json:"note"`
	Exceptions    []hours.Exception `json:"exceptions"`
	People        []contract.Person `json:"people"`
	InternalNotes string            `json:"internal_notes"`
	Published     bool              `json:"published"`
}

type dayForm struct {
	Opens     string `json:"opens"`
	Closes    string `json:"closes"`
	BreakFrom string `json:"break_from"`
	BreakTo   string `json:"break_to"`
}

func typed(o org.Organisation) orgForm {
	f := orgForm{
		Code: o.Code, EDRPOU: o.EDRPOU, Level: o.Level, Name: o.Name, ShortName: o.ShortName, UnitCode: o.UnitCode, Address: o.Address,
		Directions: o.Directions, Email: o.Email, Site: o.Site, Latitude: o.Latitude, Longitude: o.Longitude, CasePattern: o.CasePattern,
		Note: o.Schedule.Note, Exceptions: o.Schedule.Exceptions, People: o.People,
		InternalNotes: o.InternalNotes, Published: o.Published,
	}
	for i, p := range o.Phones {
		if i > 0 {
			f.Phones += "\n"
		}
		f.Phones += p
	}
	for _, d := range o.Schedule.Week {
		if d.Weekday < 1 || d.Weekday > 7 {
			continue
		}
		day := dayForm{Opens: d.Opens, Closes: d.Closes}
		if len(d.Breaks) > 0 {
			day.BreakFrom, day.BreakTo = d.Breaks[0].From, d.Breaks[0].To
		}
		f.Week[d.Weekday-1] = day
	}
	return f
}

func (f orgForm) organisation(kind org.Kind, id uuid.UUID, version int) org.Organisation {
	o := org.Organisation{
		ID: id, Kind: kind, Version: version, Code: f.Code, EDRPOU: org.KeptEDRPOU(f.EDRPOU), Level: f.Level, Name: f.Name, ShortName: f.ShortName,
		UnitCode: org.KeptUnit(f.UnitCode), Address: f.Address, Directions: f.Directions, Phones: org.Phones(f.Phones), Email: f.Email, Site: f.Site,
		Latitude: org.KeptDegrees(f.Latitude), Longitude: org.KeptDegrees(f.Longitude), CasePattern: f.CasePattern, People: f.People,
		InternalNotes: f.InternalNotes, Published: f.Published, Schedule: hours.Schedule{Note: f.Note, Exceptions: f.Exceptions},
	}
	for i, p := range o.People {
		o.People[i].Phone = plain.Spelled(p.Phone)
	}
	for i, d := range f.Week {
		if d == (dayForm{}) {
			continue
		}
		day := hours.Day{Weekday: i + 1, Opens: d.Opens, Closes: d.Closes}
		if d.BreakFrom != "" || d.BreakTo != "" {
			day.Breaks = []hours.Interval{{From: d.BreakFrom, To: d.BreakTo}}
		}
		o.Schedule.Week = append(o.Schedule.Week, day)
	}
	return o
}

// formOf is the form that shows an organisation.
func formOf(f orgForm, version int) *web.Form {
	form := web.NewForm(formtree.Encode(f))
	form.Set(conflict.BaseField, conflict.Base(form.All()))
	form.Set("version", strconv.Itoa(version))
	return form
}

// refill is the form with the rows as they are after a button.
func refill(f orgForm, sent *web.Form) *web.Form {
	form := web.NewForm(formtree.Encode(f))
	for _, name := range []string{"version", conflict.BaseField, web.JudgedField} {
		form.Set(name, sent.Values(name)...)
	}
	return form
}

func (h handlers) add(kind org.Kind) web.Handler {
	return func(c *gin.Context) error {
		f := typed(org.Organisation{Level: "local", CasePattern: "{centre}-{year}-{number:6}"})
		return h.render(c, http.StatusOK, kind, f, formOf(f, 0), true)
	}
}

func (h handlers) addPost(kind org.Kind) web.Handler {
	return func(c *gin.Context) error { return h.save(c, kind, uuid.Nil) }
}

func (h handlers) edit(kind org.Kind) web.Handler {
	return func(c *gin.Context) error {
		id, err := request.ID(c, "id")
		if err != nil {
			return err
		}
		o, err := h.Orgs.Get(c.Request.Context(), kind, id)
		if err != nil {
			return err
		}
		f := typed(o)
		return h.render(c, http.StatusOK, kind, f, formOf(f, o.Version), false)
	}
}

func (h handlers) editPost(kind org.Kind) web.Handler {
	return func(c *gin.Context) error {
		id, err := request.ID(c, "id")
		if err != nil {
			return err
		}
		return h.save(c, kind, id)
	}
}

func (h handlers) save(c *gin.Context, kind org.Kind, id uuid.UUID) error {
	form, err := h.site.ReadUpload(c, web.UploadLimits{Text: request.MostText}, func(web.Upload) error { return fault.New(fault.Invalid, "") })
	if err != nil {
		return err
	}
	if id != uuid.Nil && conflict.Picked(form) {
		saved, err := h.Orgs.Get(c.Request.Context(), kind, id)
		if err != nil {
			return err
		}
		form = conflict.Merge(form, formtree.Encode(typed(saved)))
	}
	var f orgForm
	for _, e := range formtree.Decode(form.All(), &f) {
		form.Add(e.Field, e.Key, e.Args...)
	}
	do, isNew := form.Value("do"), id == uuid.Nil
	if _, ok := formtree.Do(&f, do); ok || form.Value("back") != "" || do == conflict.DoEdit || do == "" && web.ShowOnly(c) {
		return h.showAgain(c, kind, id, f, refill(f, form))
	}
	version := 0
	if !isNew {
		if version = request.Version(form); version <= 0 {
			version = -1
		}
	}
	if form.OK() {
		if shown, err := h.fallen(c, form, f.organisation(kind, id, version)); shown || err != nil {
			return err
		}
		var saved uuid.UUID
		saved, err = h.Orgs.Save(c.Request.Context(), session.Actor(c), f.organisation(kind, id, version))
		if err == nil {
			h.site.Flash(c, "organisations.saved")
			return web.Redirect(c, "/organisations"+folder(kind)+"/"+saved.String())
		}
		if fault.Is(err, fault.Conflict) {
			return h.conflict(c, kind, id, refill(f, form))
		}
		if !form.Take(err) {
			return err
		}
	}
	again := refill(f, form)
	for _, e := range form.Wrong() {
		again.Add(e.Field, e.Key, e.Args...)
	}
	return h.render(c, http.StatusUnprocessableEntity, kind, f, again, isNew)
}

// showAgain shows the form after a button that saves nothing. It says what is wrong only where it has said so before.
func (h handlers) showAgain(c *gin.Context, kind org.Kind, id uuid.UUID, f orgForm, form *web.Form) error {
	isNew, status := id == uuid.Nil, http.StatusOK
	if form.Value(web.JudgedField) != "" {
		_, err := h.Orgs.Save(fault.Rehearse(c.Request.Context()), session.Actor(c), f.organisation(kind, id, request.Version(form)))
		if form.Take(formtree.WithoutBlankRows(err, form.All())) && len(form.Errors()) > 0 {
			status = http.StatusUnprocessableEntity
		}
	}
	return h.render(c, status, kind, f, form, isNew)
}

func (h handlers) conflict(c *gin.Context, kind org.Kind, id uuid.UUID, mine *web.Form) error {
	saved, err := h.Orgs.Get(c.Request.Context(), kind, id)
	if err != nil {
		return err
	}
	by, err := h.Orgs.LastChange(c.Request.Context(), kind, id)
	if err != nil {
		return err
	}
	base, p := "/organisations"+folder(kind)+"/"+id.String(), h.site.Printer(c)
	page := &conflict.Page{
		Action: base + "/edit", Saved: base, Overwrite: true, By: by,
		Latest: formtree.Encode(typed(saved)),
	}
	page.Rows = conflict.Compare(p, "organisations.field.", page.Latest, mine.All(), meanings(p))
	return conflict.Render(h.site, c, page, mine.All(), strconv.Itoa(saved.Version))
}

// meanings says what the fields of the form mean to a person.
func meanings(p *locale.Printer) map[string]conflict.Meaning {
	numbered := func(key string) func(int) string { return func(n int) string { return p.T(key, strconv.Itoa(n)) } }
	named := func(key string) conflict.Meaning { return conflict.Meaning{Label: p.T(key)} }
	return map[string]conflict.Meaning{
		"level":      conflict.OneOf(request.Words(p, "", "organisations.level.", org.Levels...)),
		"published":  conflict.Tick(p),
		"week":       conflict.List(p.T("organisations.hours"), func(n int) string { return p.Weekday(time.Weekday(n % 7)) }),
		"week.opens": named("organisations.opens"), "week.closes": named("organisations.closes"),
		"week.break_from": named("organisations.break_from"), "week.break_to": named("organisations.break_to"),
		"exceptions":        conflict.KeyedList(p.T("organisations.exceptions"), "date", numbered("organisations.exception_n")),
		"exceptions.date":   {Label: p.T("organisations.exception_date"), Show: func(date string) string { return readDate(p, date) }},
		"exceptions.opens":  named("organisations.opens"),
		"exceptions.closes": named("organisations.closes"),
		"exceptions.closed": {Label: p.T("organisations.exception_closed"), Words: map[string]string{"true": p.T("organisations.day_off")}},
		"people":            conflict.KeyedList(p.T("organisations.people"), "name", numbered("organisations.person_n")),
		"people.name":       named("organisations.person_name"),
		"people.phone":      named("organisations.person_phone"),
		"people.email":      named("organisations.email"),
	}
}

// readDate is a day as people write it; what is no day stays as it was typed.
func readDate(p *locale.Printer, date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return p.DateShort(day)
}

func (h handlers) render(c *gin.Context, status int, kind org.Kind, f orgForm, form *web.Form, isNew bool) error {
	p := h.site.Printer(c)
	page := &organisationEditPage{
		Form: form, Typed: f, Kind: folder(kind)[1:], New: isNew, Levels: request.Words(p, "", "organisations.level.", org.Levels...),
		Publish: []ui.Choice{ui.NewChoice("true", p.T("organisations.publish_yes"))},
		Closed:  []ui.Choice{ui.NewChoice("true", p.T("organisations.day_off"))},
	}
	web.SetTyped(c, form) // the rows are as the buttons left them
	page.Errors = form.Errors()
	page.Back = &ui.Link{Href: "/organisations", Text: p.T("organisations.title")}
	if !isNew {
		page.Back = &ui.Link{Href: "/organisations" + folder(kind) + "/" + c.Param("id"), Text: p.T("organisations.back")}
	}
	for n := 1; n <= 7; n++ {
		page.Days = append(page.Days, time.Weekday(n%7))
	}
	return h.site.Render(c, status, "organisations/organisation_edit", page)
}
