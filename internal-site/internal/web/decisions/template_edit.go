package decisions

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/paper"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type templateEditPage struct {
	web.Page
	Form    *web.Form
	Key     decisions.Key
	Service locale.Text // zero for every service
	Saved   decisions.Template
	Fields  []field
}

// field is a field with its name in templates and what stands there.
type field struct{ Name, Says string }

// The buttons beside the one that saves.
const (
	doStandard = "standard" // goes back to the text that is in force without a template
	doSample   = "sample"   // shows a document, with the names of the fields in their places
)

// keyOf reads which template an address names.
func keyOf(c *gin.Context) (k decisions.Key, err error) {
	if k.Authority, err = request.ID(c, "id"); err != nil {
		return k, err
	}
	if c.Param("service") != everyService {
		if k.Service, err = request.ID(c, "service"); err != nil {
			return k, err
		}
	}
	if k.Outcome = decisions.Outcome(c.Param("outcome")); !slices.Contains(decisions.Outcomes, k.Outcome) {
		return k, fault.New(fault.NotFound, "")
	}
	return k, nil
}

func (h handlers) edit(c *gin.Context) error {
	page, err := h.page(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	page.Saved.Outcome = page.Key.Outcome
	page.Form.Set("text", templateForm(page.Saved)["text"]...)
	page.Form.Set(conflict.BaseField, conflict.Base(templateForm(page.Saved)))
	page.Form.Set("version", strconv.Itoa(page.Saved.Version))
	return h.site.Render(c, http.StatusOK, "decisions/template_edit", page)
}

// page reads what the form stands in.
func (h handlers) page(c *gin.Context, form *web.Form) (*templateEditPage, error) {
	k, err := keyOf(c)
	if err != nil {
		return nil, err
	}
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	saved, err := h.Templates.Template(ctx, actor, k)
	if err != nil {
		return nil, err
	}
	board, err := h.Templates.Board(ctx, actor)
	if err != nil {
		return nil, err
	}
	page := &templateEditPage{Form: form, Key: k, Saved: saved}
	if k.Service != uuid.Nil {
		i := slices.IndexFunc(board.Services, func(s decisions.Named) bool { return s.ID == k.Service && s.Authority == k.Authority })
		if i < 0 {
			return nil, fault.New(fault.NotFound, "")
		}
		page.Service = board.Services[i].Name
	}
	for _, f := range decisions.Fields {
		page.Fields = append(page.Fields, field{f.Name(), p.T("decisions.means." + string(f))})
	}
	page.Breadcrumbs = []ui.Link{{Href: "/decisions", Text: p.T("decisions.list")}, {Text: p.T("decisions.edit_title." + string(k.Outcome))}}
	return page, nil
}

func (h handlers) save(c *gin.Context) error {
	form, err := request.Form(h.site, c)
	if err != nil {
		return err
	}
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	if conflict.Picked(form) {
		form = conflict.Merge(form, templateForm(page.Saved))
		page.Form = form
	}
	if web.ShowOnly(c) || form.Value("do") == conflict.DoEdit {
		return h.site.Render(c, http.StatusOK, "decisions/template_edit", page)
	}
	t := decisions.Template{Key: page.Key, Version: request.Version(form), Text: form.Value("text")}
	if form.Value("do") == doStandard {
		t.Text = ""
	} else {
		form.Required("text", "decisions.text_required")
	}
	if form.OK() && form.Value("do") == doSample {
		return h.sample(c, page, t)
	}
	if !form.OK() {
		return h.site.Invalid(c, "decisions/template_edit", form, page)
	}
	switch err := h.Templates.Save(c.Request.Context(), session.Actor(c), t); {
	case form.Take(err):
		return h.site.Invalid(c, "decisions/template_edit", form, page)
	case fault.Is(err, fault.Conflict):
		return h.stale(c, page)
	case err != nil:
		return err
	}
	h.site.Flash(c, "decisions.saved")
	return web.Redirect(c, "/decisions")
}

// templateForm is what is in force, as the form has it.
func templateForm(t decisions.Template) url.Values {
	return url.Values{"text": {cmp.Or(t.Text, decisions.Standard(t.Outcome))}}
}

// stale shows what was typed beside what somebody else has saved meanwhile, and asks which is to stay.
func (h handlers) stale(c *gin.Context, page *templateEditPage) error {
	at := c.Request.URL
	both := &conflict.Page{Action: at.Path, Saved: at.Path, Overwrite: true, Latest: templateForm(page.Saved), By: audit.Change{Name: page.Saved.SavedBy, At: page.Saved.SavedAt}}
	both.Rows = conflict.Compare(h.site.Printer(c), "decisions.", both.Latest, page.Form.All(), nil)
	return conflict.Render(h.site, c, both, page.Form.All(), strconv.Itoa(page.Saved.Version))
}

// sample shows what a document would look like, and keeps nothing.
func (h handlers) sample(c *gin.Context, page *templateEditPage, t decisions.Template) error {
	doc, err := decisions.Sample(t.Outcome, t.Text, h.site.Now())
	if page.Form.Take(err) {
		return h.site.Invalid(c, "decisions/template_edit", page.Form, page)
	}
	if err != nil {
		return err
	}
	pdf, err := doc.Print()
	if err != nil {
		return err
	}
	download.Made(c, "sample.pdf", paper.MediaType, pdf)
	return nil
}
