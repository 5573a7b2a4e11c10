package requests

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/requests"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type requestNewPage struct {
	web.Page
	Form        *web.Form
	Number      string
	CaseID      uuid.UUID
	Authorities []ui.SelectItem
	Documents   []ui.SelectItem
	Units       []ui.SelectItem // of the term
	Facts       []ui.Choice
	Files       []ui.Choice
}

// begin shows the form of a new request. Nothing goes along unless it is ticked.
func (h handlers) begin(c *gin.Context) error {
	form := web.NewForm(nil)
	form.Set("days", strconv.Itoa(requests.DaysOffered))
	return h.showNew(c, form, http.StatusOK)
}

// showNew shows the form with what was typed and what is wrong with it.
func (h handlers) showNew(c *gin.Context, form *web.Form, status int, wrong ...fault.FieldError) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	o, err := h.Requests.Offer(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	page := &requestNewPage{
		Form: form, Number: o.Number, CaseID: id,
		Authorities: request.Options(p, p.T("requests.authority_choose"), o.Authorities, func(a requests.Authority) (string, locale.Text) { return a.ID.String(), a.Name }),
		Documents:   request.Options(p, p.T("requests.document_none"), o.Documents, func(d contract.Document) (string, locale.Text) { return d.ID, d.Name }),
	}
	page.Units = request.Words(p, "", "requests.days_in.", string(workdays.InWorking), string(workdays.InCalendar))
	for _, f := range o.Facts {
		page.Facts = append(page.Facts, ui.NewChoice(f.Key, in(p, f.Label), in(p, f.Value)))
	}
	for _, f := range o.Files {
		page.Files = append(page.Files, ui.NewChoice(f.ID.String(), f.FileName, titleOf(p, f)))
	}
	page.Breadcrumbs = []ui.Link{{Href: "/cases/" + id.String(), Text: o.Number}, {Text: p.T("requests.new")}}
	page.Errors = append(form.Errors(), wrong...)
	return h.site.Render(c, status, "requests/request_new", page)
}

func in(p *locale.Printer, t locale.Text) string {
	s, _ := t.In(p.Lang())
	return s
}

// titleOf is what a file is called beside its name; "" when that says it already.
func titleOf(p *locale.Printer, f documents.File) string {
	if title := in(p, locale.Text{UK: f.Title, EN: f.TitleEN}); title != f.FileName {
		return title
	}
	return ""
}

// compose goes on with a text that was begun on the page of the case.
func (h handlers) compose(c *gin.Context, typed *web.Form) error {
	form := web.NewForm(nil)
	form.Set("asked", typed.Value("say_text"))
	form.Set("composed", "yes")
	form.Set("days", strconv.Itoa(requests.DaysOffered))
	web.SetTyped(c, form)
	return h.showNew(c, form, http.StatusOK)
}

// ask makes the request.
func (h handlers) ask(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	switch {
	case web.ShowOnly(c):
		return h.showNew(c, form, http.StatusOK)
	case form.Value("act") == "compose":
		return h.compose(c, form)
	}
	made, err := h.Requests.Ask(c.Request.Context(), session.Actor(c), id, draftOf(form))
	switch {
	case form.Take(err):
		return h.showNew(c, form, http.StatusUnprocessableEntity)
	case fault.Is(err, fault.Conflict):
		return h.showNew(c, form, http.StatusConflict, fault.FieldError{Key: fault.MessageKey(err)})
	case err != nil:
		return err
	}
	h.site.Flash(c, "requests.done.ask")
	return web.Redirect(c, "/requests/"+made.String())
}

func draftOf(form *web.Form) requests.Draft {
	days, err := strconv.Atoi(form.Value("days"))
	if err != nil {
		days = 0 // said to be out of range
	}
	d := requests.Draft{Authority: request.FormID(form, "authority"), Document: form.Value("document"), Asked: form.Value("asked"), Days: days, DaysIn: workdays.Unit(form.Value("days_in")), Facts: form.Values("facts"), Composed: form.Value("composed") != ""}
	for _, value := range form.Values("files") {
		id, err := uuid.Parse(value)
		if err != nil {
			id = uuid.Nil // said to be none of the choices
		}
		d.Files = append(d.Files, id)
	}
	return d
}
