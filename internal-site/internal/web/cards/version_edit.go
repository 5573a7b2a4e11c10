package cards

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/formtree"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type versionEditPage[C any] struct {
	web.Page
	Service catalogue.Service
	Card    catalogue.Version[C] // what was typed
	Kind    string
	Preview bool
	Form    *web.Form
	Choices any // what the kind's form offers to choose from
	Trial   *workdays.Trial
}

// metaForm is everything of a version that is typed, beside its content.
type metaForm struct {
	Version int       `form:"version"`
	From    time.Time `form:"effective_from"`
	Note    string    `form:"change_note"`
}

// formOf is the form that shows a version.
func (p pages[C]) formOf(v catalogue.Version[C]) *web.Form {
	form := web.FormOf(metaForm{v.Version, inKyiv(v.EffectiveFrom), v.ChangeNote})
	for name, values := range formtree.Encode(v.Content) {
		form.Set(name, values...)
	}
	p.own.fill(form, v.Content)
	form.Set(conflict.BaseField, conflict.Base(form.All()))
	return form
}

// inKyiv is a date as date inputs know it: midnight in Kyiv.
func inKyiv(date time.Time) time.Time {
	y, m, d := date.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, locale.Kyiv())
}

// read takes the form apart; what cannot be read becomes a problem of its field. saved is the version that is edited.
func (p pages[C]) read(form *web.Form, saved catalogue.Version[C]) catalogue.Version[C] {
	v := catalogue.Version[C]{Meta: catalogue.Meta{ID: saved.ID, ServiceID: saved.ServiceID, Number: saved.Number}}
	var in metaForm
	form.Bind(&in)
	form.Check(!in.From.IsZero(), "effective_from", "cards.effective_required")
	form.MaxLen("change_note", 1000)
	v.Version, v.ChangeNote, v.EffectiveFrom = request.Version(form), in.Note, workdays.DateOf(in.From)
	for _, e := range formtree.Decode(form.All(), &v.Content) {
		form.Add(e.Field, e.Key, e.Args...)
	}
	p.own.read(form, saved.Content, &v.Content)
	return v
}

func (p pages[C]) edit(c *gin.Context) error {
	service, v, err := p.draft(c)
	if err != nil {
		return err
	}
	if v.State != catalogue.Draft {
		return web.Redirect(c, p.base(v.Meta))
	}
	return p.renderEdit(c, http.StatusOK, service, v, p.formOf(v))
}

// draft is the version in the address, if the person may edit drafts of the service. It may have left its draft since
// the form was opened; saving says so.
func (p pages[C]) draft(c *gin.Context) (catalogue.Service, catalogue.Version[C], error) {
	service, v, err := p.version(c)
	if err != nil {
		return service, v, err
	}
	actor := session.Actor(c)
	if v.State != catalogue.Draft {
		return service, v, access.Require(actor, catalogue.EditCard, service.Object())
	}
	return service, v, catalogue.Permit(actor, catalogue.StepEdit, v.Meta, service)
}

// templateField is the field of the form that takes a file.
const templateField = "template"

// withoutSaving are the buttons that only show the form again.
var withoutSaving = []string{conflict.DoEdit, "upload", "sum"}

func (p pages[C]) editPost(c *gin.Context) error {
	service, saved, err := p.draft(c)
	if err != nil {
		return err
	}
	form, file, data, err := p.receive(c)
	if err != nil {
		return err
	}
	if conflict.Picked(form) {
		form = conflict.Merge(form, p.formOf(saved).All())
	}
	v := p.read(form, saved)
	if form.OK() && len(data) > 0 {
		err := p.own.attach(c, service, &v.Content, file, data)
		if key := documents.Refusal(err); key != "" {
			form.Add(templateField, key)
		} else if err != nil {
			return err
		}
	}
	do := form.Value("do")
	if _, ok := formtree.Do(&v.Content, do); ok || slices.Contains(withoutSaving, do) || do == "" && web.ShowOnly(c) {
		return p.showAgain(c, service, v, p.refill(form, v))
	}
	v = p.check(form, v)
	if form.OK() {
		err = p.versions.Save(c.Request.Context(), session.Actor(c), v)
		if fault.Is(err, fault.Conflict) {
			return p.conflict(c, v, p.refill(form, v))
		}
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		return p.renderEdit(c, http.StatusUnprocessableEntity, service, v, p.refill(form, v))
	}
	p.site.Flash(c, "cards.saved")
	return web.Redirect(c, p.base(v.Meta)+p.next(do))
}

// receive reads the form and the file that was sent with it, if any.
func (p pages[C]) receive(c *gin.Context) (form *web.Form, file web.Upload, data []byte, err error) {
	var b bytes.Buffer
	limits := p.uploads
	limits.Text = request.MostText
	form, err = p.site.ReadUpload(c, limits, func(u web.Upload) error {
		file = u
		_, err := io.Copy(&b, u.Body)
		return err
	})
	return form, file, b.Bytes(), err
}

// inRow is the name of a field in a row of a list.
var inRow = regexp.MustCompile(`\.\d+\.`)

// check adds everything that is wrong with what was typed, so that mistakes are told at once and not one after another.
// Problems are counted by the rows of a tidied card, so it returns that, unless a field in a row could not be read:
// tidying could drop the very row.
func (p pages[C]) check(form *web.Form, v catalogue.Version[C]) catalogue.Version[C] {
	if !slices.ContainsFunc(form.Wrong(), func(e fault.FieldError) bool { return inRow.MatchString(e.Field) }) {
		v.Content = p.versions.Tidy(v.Content)
	}
	form.Take(p.versions.Check(v))
	return v
}

// next is where a saved form leads to, below the version's page.
func (p pages[C]) next(do string) string {
	switch {
	case do == "finish":
		return ""
	case do == "preview" && p.preview:
		return "/preview"
	}
	return "/edit"
}

// statusOf tells a browser whether the page says that something in the form is wrong.
func statusOf(form *web.Form) int {
	if len(form.Errors()) == 0 {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}

// refill is the form with the rows as they are after buttons and tidying, and the problems it had.
func (p pages[C]) refill(form *web.Form, v catalogue.Version[C]) *web.Form {
	fresh := web.NewForm(url.Values{})
	for name, values := range formtree.Encode(v.Content) {
		fresh.Set(name, values...)
	}
	p.own.fill(fresh, v.Content)
	for _, name := range []string{"version", "effective_from-day", "effective_from-month", "effective_from-year", "change_note", conflict.BaseField, web.JudgedField} {
		fresh.Set(name, form.Values(name)...)
	}
	// What could not be read stays as it was typed, in the row that it was typed into.
	for _, e := range form.Wrong() {
		field, ok := formtree.Moved(&v.Content, form.Value("do"), e.Field)
		if !ok {
			continue
		}
		fresh.Add(field, e.Key, e.Args...)
		if field != "" && form.Has(e.Field) {
			fresh.Set(field, form.Values(e.Field)...)
		}
	}
	return fresh
}

// showAgain shows the form after a button that saves nothing. It says what is wrong only where it has said so before, and
// of the file that has just been sent.
func (p pages[C]) showAgain(c *gin.Context, s catalogue.Service, v catalogue.Version[C], form *web.Form) error {
	if form.Value(web.JudgedField) != "" {
		form.Take(formtree.WithoutBlankRows(p.versions.Check(v), form.All()))
	} else {
		form.Unask(templateField)
	}
	return p.renderEdit(c, statusOf(form), s, v, form)
}

func (p pages[C]) renderEdit(c *gin.Context, status int, s catalogue.Service, v catalogue.Version[C], form *web.Form) error {
	words := p.site.Printer(c)
	web.SetTyped(c, form) // the rows are as the buttons left them
	page := &versionEditPage[C]{
		Page:    web.Page{Breadcrumbs: crumbs(words, s, words.T("cards.draft."+p.kind, v.Number)), Errors: form.Errors()},
		Service: s, Card: v, Kind: p.kind, Preview: p.preview, Form: form,
	}
	var err error
	if page.Choices, err = p.own.choices(c, s, v.Content); err != nil {
		return err
	}
	if page.Trial, err = p.trial(c, v.Content); err != nil {
		return err
	}
	return p.site.Render(c, status, "cards/version_edit", page)
}
