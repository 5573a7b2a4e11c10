// Package conflict is the page for a save that came too late: what is saved now and what was typed stand
// side by side, and nothing that was typed is lost. It knows no domain; it may import web/area, internal/audit,
// gin and shared.
package conflict

import (
	"embed"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Area is the page alone: it has no address, other areas render it.
func Area() area.Area { return area.Area{Name: "conflict", Files: files} }

// Row is one field, or one list, in which both versions differ.
type Row struct {
	Field       string // its name in the form, of a list the beginning of its names; "" leaves no choice
	Label       string
	Saved, Mine []string // lines
	Untouched   bool     // whoever typed did not change it: what is saved is the choice to begin with
}

// Pick is the choice between both versions of the row.
func (r Row) Pick(p *locale.Printer) ui.Radios {
	chosen := keepMine
	if r.Untouched {
		chosen = takeTheirs
	}
	return ui.Radios{
		Name: pick + r.Field, Value: chosen, Classes: "govuk-radios--small",
		Fieldset: &ui.Fieldset{Legend: ui.Legend{
			Content: ui.Content{Text: p.T("conflict.pick", r.Label)}, Classes: "govuk-visually-hidden",
		}},
		Items: []ui.Choice{ui.NewChoice(takeTheirs, p.T("conflict.take_theirs")), ui.NewChoice(keepMine, p.T("conflict.keep_mine"))},
	}
}

// The choice for a field travels under its name with a prefix.
const (
	pick       = "pick:"
	takeTheirs = "theirs"
	keepMine   = "mine"
)

// Page is the page's data.
type Page struct {
	web.Page
	Action    string // address of the form that was sent
	Saved     string // page that shows what is saved
	By        audit.Change
	Rows      []Row
	Latest    url.Values // form of what is saved
	Hidden    []ui.Hidden
	Overwrite bool // what is saved may still be replaced
	Printer   *locale.Printer
}

// The page's buttons, as values of the field "do".
const (
	DoSave = "save"
	DoEdit = "edit" // go on editing what was typed
)

// Render shows the page with status 409. typed is the form as it was sent; latest the version of what is
// saved now, which the next attempt will carry.
func Render(site *web.Site, c *gin.Context, p *Page, typed url.Values, latest string) error {
	seen := untouched(typed)
	for i := range p.Rows {
		p.Rows[i].Untouched = seen(p.Rows[i].Field)
	}
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		if name == "version" || name == "do" || name == BaseField || strings.HasPrefix(name, pick) {
			continue
		}
		for _, value := range typed[name] {
			p.Hidden = append(p.Hidden, ui.Hidden{Name: name, Value: value})
		}
	}
	p.Hidden = append(p.Hidden, ui.Hidden{Name: "version", Value: latest}, ui.Hidden{Name: BaseField, Value: Base(p.Latest)})
	p.Printer = site.Printer(c)
	return site.Render(c, http.StatusConflict, "conflict/conflict", p)
}

// Merge is the form that the page sent, with what is saved in the fields for which that was chosen. saved is the
// form of what is saved now; if it has changed once more, the form's version is old and saving it is a conflict again.
func Merge(form *web.Form, saved url.Values) *web.Form {
	merged := maps.Clone(form.All())
	for name, values := range form.All() {
		field, chosen := strings.CutPrefix(name, pick)
		if !chosen {
			continue
		}
		delete(merged, name)
		if len(values) != 1 || values[0] != takeTheirs || field == "" {
			continue
		}
		maps.DeleteFunc(merged, func(other string, _ []string) bool { return belongs(other, field) })
		for other, values := range saved {
			if belongs(other, field) {
				merged[other] = values
			}
		}
	}
	return web.NewForm(merged)
}

// Picked says whether the form comes from the page of a conflict with anything to take over from what is saved.
func Picked(form *web.Form) bool {
	for name, values := range form.All() {
		if strings.HasPrefix(name, pick) && slices.Contains(values, takeTheirs) {
			return true
		}
	}
	return false
}

// belongs says whether the name is the field's own, that of a row of the list or of a part of a date.
func belongs(name, field string) bool {
	rest, ok := strings.CutPrefix(name, field)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '-')
}
