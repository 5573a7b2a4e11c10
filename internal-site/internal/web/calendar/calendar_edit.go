package calendar

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type editPage struct {
	web.Page
	Form *web.Form
	Day  *org.SpecialDay // the one that is changed; nil: a new one
}

type confirmPage struct {
	web.Page
	Form   *web.Form
	Change org.CalendarChange
	Shift  cases.Shift
	Past   bool
	Fallen []reception.FallenDay // appointments that cannot be kept then
	Action string
}

// Removes says whether the change makes days plain again.
func (p *confirmPage) Removes() bool { return len(p.Change.Remove) > 0 }

// Days are those that the change is about.
func (p *confirmPage) Days() []org.SpecialDay {
	return append(slices.Clone(p.Change.Set), p.Change.Remove...)
}

const (
	off     = "off"
	working = "working"
)

func (h handlers) add(c *gin.Context) error {
	form := web.NewForm(nil)
	form.Set("kind", off)
	return h.showForm(c, form, nil)
}

func (h handlers) edit(c *gin.Context) error {
	d, err := h.day(c)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("kind", map[bool]string{true: working, false: off}[d.Working])
	form.Set("name.uk", d.Name.UK)
	form.Set("name.en", d.Name.EN)
	form.Set("version", strconv.Itoa(d.Version))
	return h.showForm(c, form, &d)
}

func (h handlers) showForm(c *gin.Context, form *web.Form, d *org.SpecialDay) error {
	return h.site.Render(c, http.StatusOK, "calendar/calendar_edit", h.formPage(c, form, d))
}

func (h handlers) formPage(c *gin.Context, form *web.Form, d *org.SpecialDay) *editPage {
	page := &editPage{Form: form, Day: d}
	page.Back = &ui.Link{Href: "/calendar", Text: h.site.T(c, "calendar.title")}
	return page
}

// day is the one of the address.
func (h handlers) day(c *gin.Context) (org.SpecialDay, error) {
	date, err := time.Parse(time.DateOnly, c.Param("day"))
	if err != nil {
		return org.SpecialDay{}, fault.New(fault.NotFound, "")
	}
	days, _, err := h.Calendar.Calendar(c.Request.Context(), session.Actor(c))
	if err != nil {
		return org.SpecialDay{}, err
	}
	i := slices.IndexFunc(days, func(d org.SpecialDay) bool { return d.Date.Equal(date) })
	if i < 0 {
		return org.SpecialDay{}, fault.New(fault.NotFound, "")
	}
	return days[i], nil
}

func (h handlers) addPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	d := typed(form)
	d.Date = dateOf(form.Date("date"))
	change := org.CalendarChange{Set: []org.SpecialDay{d}}
	if worked := dateOf(form.Date("worked")); !worked.IsZero() {
		form.Check(!d.Working, "worked", "calendar.worked_for_off")
		change.Set = append(change.Set, org.SpecialDay{Date: worked, Working: true, Name: d.Name})
	}
	return h.save(c, form, change, nil)
}

func (h handlers) editPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	old, err := h.day(c)
	if err != nil {
		return err
	}
	d := typed(form)
	d.Date, d.Version = old.Date, request.Version(form)
	return h.save(c, form, org.CalendarChange{Set: []org.SpecialDay{d}}, &old)
}

// typed is what a form says of a day besides its date.
func typed(form *web.Form) org.SpecialDay {
	form.OneOf("kind", off, working)
	return org.SpecialDay{Working: form.Value("kind") == working, Name: locale.Text{UK: form.Value("name.uk"), EN: form.Value("name.en")}}
}

// dateOf is a day that was typed as the calendar holds it.
func dateOf(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return workdays.DateOf(at)
}

// save checks what was typed, says what it would do, and does it once that was confirmed.
func (h handlers) save(c *gin.Context, form *web.Form, change org.CalendarChange, old *org.SpecialDay) error {
	h.check(c, form, change, old)
	if !form.OK() {
		return h.site.Invalid(c, "calendar/calendar_edit", form, h.formPage(c, form, old))
	}
	if form.Value("back") != "" {
		return h.showForm(c, form, old)
	}
	if form.Value("sure") == "" {
		return h.confirm(c, form, change)
	}
	err := h.change(c, change)
	if err != nil && form.Take(err) {
		return h.site.Invalid(c, "calendar/calendar_edit", form, h.formPage(c, form, old))
	}
	return err
}

// check adds to the form what is wrong with the days of a change.
func (h handlers) check(c *gin.Context, form *web.Form, change org.CalendarChange, old *org.SpecialDay) {
	today := workdays.DateOf(h.site.Now())
	days, _, err := h.Calendar.Calendar(c.Request.Context(), session.Actor(c))
	if err != nil {
		days = nil // saving finds it out
	}
	for i, d := range change.Set {
		field := [...]string{"date", "worked"}[i]
		for _, wrong := range wrongOf(d.Check(today)) {
			if wrong.Field == "date" {
				wrong.Field = field
			} else if i > 0 {
				continue // said of the first day already
			}
			if _, dated := form.Problem(field + "-day"); !dated || wrong.Field != field {
				form.Add(wrong.Field, wrong.Key, wrong.Args...)
			}
		}
		taken := old == nil && slices.ContainsFunc(days, func(o org.SpecialDay) bool { return o.Date.Equal(d.Date) })
		form.Check(!taken, field, "org.day_taken")
	}
}

// wrongOf are the fields that an error names.
func wrongOf(err error) []fault.FieldError {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

// confirm says what a change would do before it is made.
func (h handlers) confirm(c *gin.Context, form *web.Form, change org.CalendarChange) error {
	shift, err := h.Calendar.PreviewCalendar(c.Request.Context(), session.Actor(c), change)
	if err != nil {
		return err
	}
	var off []time.Time
	for _, d := range change.Set {
		if !d.Working {
			off = append(off, d.Date)
		}
	}
	fallen, err := h.Appointments.FallenByDays(c.Request.Context(), off)
	if err != nil {
		return err
	}
	page := &confirmPage{Fallen: fallen, Form: form, Change: change, Shift: shift, Past: change.Past(workdays.DateOf(h.site.Now())), Action: c.Request.URL.Path}
	page.Back = &ui.Link{Href: "/calendar", Text: h.site.T(c, "calendar.title")}
	return h.site.Render(c, http.StatusOK, "calendar/calendar_confirm", page)
}

// Carried are the fields of the form, to be sent again with the confirmation.
func (p *confirmPage) Carried() (fields []ui.Hidden) {
	for _, name := range p.Form.Names() {
		if name == "version" || name == "sure" || name == "back" {
			continue
		}
		for _, v := range p.Form.Values(name) {
			fields = append(fields, ui.Hidden{Name: name, Value: v})
		}
	}
	return fields
}

func (h handlers) remove(c *gin.Context) error {
	d, err := h.day(c)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("version", strconv.Itoa(d.Version))
	return h.confirm(c, form, org.CalendarChange{Remove: []org.SpecialDay{d}})
}

func (h handlers) removePost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	d, err := h.day(c)
	if err != nil {
		return err
	}
	d.Version = request.Version(form)
	change := org.CalendarChange{Remove: []org.SpecialDay{d}}
	if form.Value("sure") == "" || !form.OK() {
		return h.confirm(c, form, change)
	}
	return h.change(c, change)
}

// change makes a change and reckons terms anew, as many as can be in a moment; the rest is done in the background, and the
// page of the calendar says how far that is.
func (h handlers) change(c *gin.Context, change org.CalendarChange) error {
	if err := h.Calendar.ChangeCalendar(c.Request.Context(), session.Actor(c), change); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), atOnce)
	defer cancel()
	done := "calendar.done"
	if err := h.Calendar.RecountSome(ctx); err != nil || ctx.Err() != nil {
		done = "calendar.done_goes_on"
	}
	h.site.Flash(c, done)
	days := append(slices.Clone(change.Set), change.Remove...)
	return web.Redirect(c, "/calendar?year="+strconv.Itoa(days[0].Date.Year()))
}
