package apply

import (
	"errors"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type stepPage struct {
	web.Page
	Service   submission.Service
	Title     locale.Text
	Hint      locale.Text
	Number    int // of Total; 0 when it cannot be said
	Total     int
	Fields    template.HTML
	Action    string
	Discard   string
	Multipart bool
	Days      int
	Trouble   string // key of what could not be done; what was typed is kept
}

// step shows one page of the form.
func (h *handlers) step(c *gin.Context) error {
	s, d, done, err := h.opened(c)
	if done || err != nil {
		return err
	}
	page, ok := find(s, d, c.Param("step"))
	if !ok {
		return web.Redirect(c, path(s, s.NextPage(d, h.site.Now())))
	}
	form := web.NewForm(url.Values{})
	page.Form.Fill(page.Step, d.AnswersOf(page), form)
	return h.show(c, http.StatusOK, s, d, page, form, "")
}

func find(s submission.Service, d *submission.Draft, id string) (submission.Page, bool) {
	for _, p := range s.Pages(d) {
		if p.ID == id {
			return p, true
		}
	}
	return submission.Page{}, false
}

// show renders a step. d is nil when the application could not be read; then everything that can be asked is shown.
func (h *handlers) show(c *gin.Context, status int, s submission.Service, d *submission.Draft, page submission.Page, form *web.Form, trouble string) error {
	shown := forms.Shown{Form: page.Form, Step: page.Step, Typed: form, Accept: accept(), Limits: h.limits(c), All: d == nil}
	p := &stepPage{
		Service: s, Title: page.Title, Hint: page.Hint, Action: path(s, page.ID), Multipart: page.HasFiles(), Trouble: trouble,
		Discard: path(s, "discard"), Days: int(submission.DraftLife.Hours() / 24),
	}
	if d != nil {
		shown.Answers, shown.Files = d.AnswersOf(page), attached(d, page)
		h.place(c, p, s, d, page)
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	if p.Fields, err = draw.Step(web.Lang(c), shown); err != nil {
		return err
	}
	p.NoIndex = true
	p.Errors = form.Errors()
	return h.site.Render(c, status, "apply/step", p)
}

// place says where among the pages this one stands, and what is before it.
func (h *handlers) place(c *gin.Context, p *stepPage, s submission.Service, d *submission.Draft, page submission.Page) {
	before := ""
	pages := s.Pages(d)
	for i, other := range pages {
		if other.ID == page.ID {
			p.Number, p.Total = i+1, len(pages)
			break
		}
		before = other.ID
	}
	p.Back = &ui.Link{Href: path(s, before), Text: h.site.T(c, "apply.back")}
}

func attached(d *submission.Draft, page submission.Page) map[string][]forms.File {
	out := map[string][]forms.File{}
	for _, field := range page.Fields {
		for _, f := range d.FilesOf(field.Name) {
			out[field.Name] = append(out[field.Name], forms.File{ID: f.ID.String(), Name: f.Name, Size: f.Size})
		}
	}
	return out
}

var fileTypes = []web.FileType{web.PDF, web.JPEG, web.PNG, web.DOCX}

func accept() string {
	var all []string
	for _, t := range fileTypes {
		all = append(all, t.Extensions...)
	}
	return strings.Join(all, ",")
}

func (h *handlers) limits(c *gin.Context) string {
	var names []string
	for _, t := range fileTypes {
		names = append(names, t.Name)
	}
	p := h.site.Printer(c)
	return p.T("apply.file_limits", strings.Join(names, ", "), p.FileSize(contract.MaxFileSize))
}

// posted is one step as it was sent.
type posted struct {
	form    *web.Form
	trouble error // why files could not be taken; the rest of the form may be whole
}

// save takes one page of the form. Whatever goes wrong, the page comes back with what was typed.
func (h *handlers) save(c *gin.Context) error {
	s, err := h.service(c)
	if fault.Is(err, fault.Unavailable) {
		return h.keepTyped(c, err)
	}
	if err != nil {
		return err
	}
	t, err := h.tokenOrNew(c, s)
	if err != nil {
		return h.keepTyped(c, err)
	}
	in, err := h.read(c, s, t)
	if err != nil {
		return err
	}
	if in.trouble != nil {
		return h.again(c, s, t, in.form, in.trouble)
	}
	if in.form.Has("remove") {
		if err := h.Desk.RemoveFile(c.Request.Context(), t, s, in.form.Value("remove")); err != nil {
			return h.again(c, s, t, in.form, err)
		}
		return web.Redirect(c, path(s, c.Param("step")))
	}
	return h.keep(c, s, t, in.form)
}

// tokenOrNew is the reader's application. One that expired while the page was open is begun anew, as there is
// something typed to keep.
func (h *handlers) tokenOrNew(c *gin.Context, s submission.Service) (submission.Token, error) {
	t, _, err := h.draft(c, s)
	if fault.Is(err, fault.NotFound) {
		return h.newDraft(c.Request.Context(), c, s)
	}
	return t, err
}

// read takes the form, and its files as they arrive.
func (h *handlers) read(c *gin.Context, s submission.Service, t submission.Token) (posted, error) {
	if kind, _, _ := mime.ParseMediaType(c.ContentType()); kind != "multipart/form-data" {
		form, err := web.ParseForm(c)
		return posted{form: form}, err
	}
	limits := web.UploadLimits{File: contract.MaxFileSize, Total: contract.MaxFilesSize + 1<<20, Files: contract.MaxFiles, Types: fileTypes}
	var trouble error
	form, err := h.site.ReadUpload(c, limits, func(f web.Upload) error {
		if trouble = h.uploads.Allow(h.site.ClientKey(c)); trouble == nil {
			trouble = h.Desk.AddFile(c.Request.Context(), t, s, submission.Incoming{
				Field: f.Field, Name: f.Name, MediaType: f.Type.MediaType, Body: f.Body,
			})
		}
		return trouble
	})
	if form == nil || err != nil && trouble == nil {
		return posted{}, err
	}
	if !form.OK() { // refused by type, size or number; said in the form
		trouble = fault.InvalidFields(form.Errors()...)
	}
	return posted{form: form, trouble: trouble}, nil
}

// errWrong ends a change that must not be kept: the form says why.
var errWrong = errors.New("the page has problems")

// keep puts the page's answers into the application and goes on.
func (h *handlers) keep(c *gin.Context, s submission.Service, t submission.Token, form *web.Form) error {
	next := ""
	d, err := h.Desk.Change(c.Request.Context(), t, s, func(d *submission.Draft) error {
		page, ok := find(s, d, c.Param("step"))
		if !ok {
			next = s.NextPage(d, h.site.Now())
			return nil
		}
		page.Form.Bind(page.Step, form, d.AnswersOf(page), h.site.Now())
		for _, p := range d.Problems(page, h.site.Now()) {
			form.Add(p.Field, p.Key, p.Args...)
		}
		if !form.OK() {
			return errWrong
		}
		d.Visit(page)
		next = s.NextPage(d, h.site.Now())
		return nil
	})
	switch {
	case errors.Is(err, errWrong):
		return h.back(c, s, d, form, nil)
	case fault.Is(err, fault.Conflict):
		return web.Redirect(c, path(s, "receipt"))
	case err != nil:
		return h.again(c, s, t, form, err)
	}
	if form.Value("action") == "stay" { // «add the files», before going on
		next = c.Param("step")
	}
	h.keepToken(c, s, t)
	return web.Redirect(c, path(s, next))
}

// again shows the page once more after err, with what was typed and, when it can be read, what is attached.
func (h *handlers) again(c *gin.Context, s submission.Service, t submission.Token, form *web.Form, err error) error {
	d, loadErr := h.Desk.Load(c.Request.Context(), t, s)
	if loadErr != nil {
		d = nil
	}
	return h.back(c, s, d, form, err)
}

func (h *handlers) back(c *gin.Context, s submission.Service, d *submission.Draft, form *web.Form, err error) error {
	page, ok := anyPage(s, d, c.Param("step"))
	if !ok {
		return err
	}
	status, trouble := statusOf(err), ""
	if err != nil && !form.Take(err) {
		trouble = fault.MessageKey(err)
		h.Log.WarnContext(c.Request.Context(), "a page of an application could not be kept", "error", err, "request_id", web.RequestID(c))
	}
	return h.show(c, status, s, d, page, form, trouble)
}

// anyPage finds a page even when it cannot be said whether it is asked.
func anyPage(s submission.Service, d *submission.Draft, id string) (submission.Page, bool) {
	if d != nil {
		return find(s, d, id)
	}
	for _, f := range []*forms.Form{s.Portal, s.Form} {
		if step, ok := f.Step(id); ok {
			return submission.Page{Step: step, Form: f, Portal: f == s.Portal}, true
		}
	}
	return submission.Page{}, false
}

// keepTyped answers while the database is away: the page comes back whole if this process knows the service.
func (h *handlers) keepTyped(c *gin.Context, err error) error {
	s, ok := h.known.get(address.Code(c.Param("code")))
	if !ok {
		return err
	}
	form, parseErr := h.typed(c)
	if parseErr != nil {
		return errors.Join(err, parseErr)
	}
	return h.back(c, s, nil, form, err)
}

// typed reads the form without keeping its files; they have to be chosen again.
func (h *handlers) typed(c *gin.Context) (*web.Form, error) {
	if kind, _, _ := mime.ParseMediaType(c.ContentType()); kind != "multipart/form-data" {
		return web.ParseForm(c)
	}
	limits := web.UploadLimits{File: contract.MaxFileSize, Total: contract.MaxFilesSize + 1<<20, Files: contract.MaxFiles, Types: fileTypes}
	form, err := h.site.ReadUpload(c, limits, func(web.Upload) error { return errWrong })
	if form != nil && errors.Is(err, errWrong) {
		return form, nil
	}
	return form, err
}

func slug(s submission.Service) string { return address.Slug(s.Code) }
