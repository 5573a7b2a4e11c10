package apply

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type checkPage struct {
	web.Page
	Service  submission.Service
	Form     *web.Form
	Sections []section
	Centre   locale.Text
	Action   string
	Discard  string
	Days     int
	Trouble  string
}

// section is the answers of one page, with links to change them.
type section struct {
	Title locale.Text
	List  ui.SummaryList
}

// check shows all answers before they are sent.
func (h *handlers) check(c *gin.Context) error {
	s, d, done, err := h.opened(c)
	if done || err != nil {
		return err
	}
	if next := s.NextPage(d, h.site.Now()); next != "check" {
		return web.Redirect(c, path(s, next))
	}
	return h.showCheck(c, http.StatusOK, s, d, web.NewForm(url.Values{}), "")
}

func (h *handlers) showCheck(c *gin.Context, status int, s submission.Service, d *submission.Draft, form *web.Form, trouble string) error {
	p := &checkPage{
		Service: s, Form: form, Action: path(s, "check"), Discard: path(s, "discard"), Trouble: trouble,
		Days: int(submission.DraftLife.Hours() / 24),
	}
	p.NoIndex = true
	p.Errors = form.Errors()
	pages := s.Pages(d)
	p.Back = &ui.Link{Href: path(s, pages[len(pages)-1].ID), Text: h.site.T(c, "apply.back")}
	if centre, ok := s.Centre(d); ok {
		p.Centre = centre.Name
	}
	for _, page := range pages {
		p.Sections = append(p.Sections, h.section(c, s, d, page))
	}
	return h.site.Render(c, status, "apply/check", p)
}

func (h *handlers) section(c *gin.Context, s submission.Service, d *submission.Draft, page submission.Page) section {
	printer := h.site.Printer(c)
	out := section{Title: page.Title}
	for _, row := range page.Form.Rows(d.AnswersOf(page), printer) {
		if row.Step != page.ID {
			continue
		}
		line := ui.NewRow(row.Label, h.value(printer, d, row))
		line.Actions.Items = []ui.SummaryAction{{
			Href: path(s, page.ID) + "#" + row.Field, Content: ui.Content{Text: printer.T("apply.change")}, VisuallyHiddenText: row.Label,
		}}
		out.List.Rows = append(out.List.Rows, line)
	}
	return out
}

// value is an answer in words: lines one under the other, files by name and size, a dash for nothing.
func (h *handlers) value(p *locale.Printer, d *submission.Draft, row forms.Row) any {
	lines := strings.Split(row.Text(), "\n")
	if row.IsFile {
		lines = nil
		for _, f := range d.FilesOf(row.Field) {
			lines = append(lines, f.Name+" ("+p.FileSize(f.Size)+")")
		}
	}
	if len(lines) == 0 || len(lines) == 1 && lines[0] == "" {
		return p.T("apply.not_given")
	}
	for i, l := range lines {
		lines[i] = template.HTMLEscapeString(l)
	}
	return template.HTML(strings.Join(lines, "<br>")) //nolint:gosec // each line is escaped
}

// send seals the application and hands it over. Pressed twice, it leads to the same receipt.
func (h *handlers) send(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	s, err := h.service(c)
	if err != nil {
		return err
	}
	t, d, err := h.draft(c, s)
	switch {
	case fault.Is(err, fault.NotFound):
		return web.Redirect(c, path(s, "")+"?gone=1")
	case err != nil:
		return err
	case d.Receipt != nil:
		return web.Redirect(c, path(s, "receipt"))
	}
	form.Check(form.Value("consent") == "true", "consent", "apply.consent_required")
	if !form.OK() {
		return h.showCheck(c, http.StatusUnprocessableEntity, s, d, form, "")
	}
	if err := h.sends.Allow(h.site.ClientKey(c)); err != nil {
		return h.showCheck(c, fault.Status(err), s, d, form, fault.MessageKey(err))
	}
	_, err = h.Desk.Submit(c.Request.Context(), t, s, web.Lang(c))
	switch {
	case err == nil:
		return web.Redirect(c, path(s, "receipt"))
	case fault.Is(err, fault.Conflict):
		return web.Redirect(c, path(s, s.NextPage(d, h.site.Now())))
	}
	h.Log.ErrorContext(c.Request.Context(), "an application could not be sent", "error", err, "request_id", web.RequestID(c))
	trouble := fault.MessageKey(err)
	if trouble == "fault.unavailable" {
		trouble = "apply.not_sent"
	}
	return h.showCheck(c, fault.Status(err), s, d, form, trouble)
}
