package forms

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"strings"

	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// Words is the package's catalogue; load it beside a site's own.
//
//go:embed words
var Words embed.FS

// Script hides the questions of a page that are not asked; a page with a form loads it as a module.
//
//go:embed asked.js
var Script []byte

//go:embed controls/*.gohtml
var controlFiles embed.FS

// Renderer writes the fields of forms as HTML, in every language. It is safe for concurrent use.
type Renderer struct {
	byLang map[locale.Lang]*language
}

type language struct {
	printer *locale.Printer
	set     *template.Template
}

// NewRenderer prepares the controls over shared/ui with the words of cat.
func NewRenderer(cat *locale.Catalogue) (*Renderer, error) {
	r := &Renderer{byLang: map[locale.Lang]*language{}}
	for _, lang := range locale.Langs {
		p := cat.In(lang)
		components, err := ui.NewComponents(p)
		if err != nil {
			return nil, fmt.Errorf("form controls: %w", err)
		}
		set, err := template.New("controls").Funcs(components.Funcs()).ParseFS(controlFiles, "controls/*.gohtml")
		if err != nil {
			return nil, fmt.Errorf("form controls: %w", err)
		}
		r.byLang[lang] = &language{printer: p, set: set}
	}
	return r, nil
}

// Shown is what a step is rendered with.
type Shown struct {
	Form    *Form
	Step    Step
	Answers Answers           // to earlier steps; decide what is asked
	Typed   ui.Fields         // what the fields hold and what is wrong with it
	Files   map[string][]File // by field: what is attached already
	Accept  string            // the accept attribute of file inputs
	Limits  string            // a sentence about what files may be
	Sizes   FileSizes         // what the page's script checks before files are sent
	Kept    bool              // files can be taken from what the reader keeps: a button for each field, named "kept"
	All     bool              // the answers to earlier steps are not at hand: show everything that may be asked
	Prefix  string            // begins the names of the fields on a page that has others beside them; Typed knows them by it
	Whole   bool              // the steps of the form stand on one page
}

// FileSizes are the bounds of files, with their words in the language of the page.
type FileSizes struct {
	File, Total           int64
	FileWords, TotalWords string
}

// File is an attachment that is there already.
type File struct {
	ID   string
	Name string
	Size int64
	Note string // what there is to say of it; "" for most
}

// Step writes the fields of one step.
func (r *Renderer) Step(lang locale.Lang, s Shown) (template.HTML, error) {
	l, ok := r.byLang[lang]
	if !ok {
		l = r.byLang[locale.UK]
	}
	var out strings.Builder
	for _, field := range s.Step.Fields {
		if s.revealedBy(field) != nil || !s.mayBeAsked(field) {
			continue
		}
		html, err := l.control(s, field)
		if err != nil {
			return "", err
		}
		out.WriteString(string(fold(s, field, html)))
	}
	return template.HTML(out.String()), nil //nolint:gosec // written by html/template
}

// fold puts a field that depends on an answer of the same page into a box that the page's script shows and hides. A
// browser without scripts shows it always, with words about when it is asked.
func fold(s Shown, field *Field, html template.HTML) template.HTML {
	if field.When == nil || !s.onThisPage(field.When.Field) {
		return html
	}
	values := template.HTMLEscapeString(strings.Join(field.When.Values, "|"))
	return template.HTML(fmt.Sprintf( //nolint:gosec // a field's name, escaped values, and what html/template wrote
		`<div data-portal-when="%s" data-portal-values="%s">%s</div>`, template.HTMLEscapeString(s.Prefix+field.When.Field), values, html))
}

// control is the data of the template of one field.
type control struct {
	Field    *Field
	Name     string
	Label    string
	Hint     string
	Unit     string
	Typed    ui.Fields
	Choices  []ui.Choice
	Items    []ui.SelectItem
	Files    []File
	Accept   string
	Multiple bool
	Complete string // HTML autocomplete token
	Code     bool   // no words to spell
	Digits   bool   // a phone shows digits
	Capitals bool
	Sizes    FileSizes
	Left     int // how many files may be added
	Kept     bool
}

func (l *language) control(s Shown, f *Field) (template.HTML, error) {
	c := control{
		Field: f, Name: s.Prefix + f.Name, Label: l.label(s.Form, f), Hint: l.hint(s, f), Unit: in(f.Unit, l.printer), Typed: s.Typed,
		Files: s.Files[f.Name], Accept: s.Accept, Multiple: f.MaxItems > 1, Complete: f.Autocomplete,
		Sizes: s.Sizes, Left: f.MaxItems - len(s.Files[f.Name]), Kept: s.Kept,
	}
	if format, ok := formats[f.Format]; ok {
		c.Code, c.Digits, c.Capitals, c.Complete = true, format.digits, format.capitals, cmp.Or(c.Complete, format.complete)
	}
	var err error
	if f.Widget == WidgetSelect {
		c.Items = l.items(f)
	} else if c.Choices, err = l.choices(s, f); err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := l.set.ExecuteTemplate(&b, string(f.Widget), c); err != nil {
		return "", fmt.Errorf("control %s: %w", f.Name, err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // written by html/template
}

// label marks what may be left empty, as most is required. A single box is answered either way, so it is not marked.
func (l *language) label(form *Form, f *Field) string {
	title := in(f.Title, l.printer)
	if f.Required || f.MustTick || f.Widget == WidgetCheckbox || f.MinItems > 0 || form.group(f) != nil {
		return title
	}
	return l.printer.T("forms.optional", title)
}

func (l *language) hint(s Shown, f *Field) string {
	var parts []string
	if f.When != nil && s.onThisPage(f.When.Field) && s.revealedBy(f) == nil {
		parts = append(parts, l.onlyIf(s.Form, f.When))
	}
	if g := s.Form.group(f); g != nil && g[0] == f {
		parts = append(parts, l.printer.T("forms.any_of_hint"))
	}
	if hint := in(f.Hint, l.printer); hint != "" {
		parts = append(parts, hint)
	}
	if f.Widget == WidgetFile && s.Limits != "" {
		parts = append(parts, l.printer.T("forms.files_number", f.MaxItems), s.Limits)
	}
	return strings.Join(parts, ". ")
}

// onlyIf says in words when a field is asked that a browser without scripts shows always.
func (l *language) onlyIf(form *Form, w *When) string {
	earlier := form.fields[w.Field]
	if earlier.Widget == WidgetCheckbox {
		return l.printer.T("forms.only_if_ticked", earlier.Title)
	}
	words := make([]string, len(w.Values))
	for i, v := range w.Values {
		words[i] = l.printer.T("forms.quoted", earlier.option(v).Label)
	}
	return l.printer.T("forms.only_if", earlier.Title, strings.Join(words, l.printer.T("forms.or")))
}

func (l *language) items(f *Field) []ui.SelectItem {
	items := []ui.SelectItem{{Text: l.printer.T("forms.choose")}}
	for _, o := range f.Options {
		items = append(items, ui.SelectItem{Value: o.Value, Text: in(o.Label, l.printer)})
	}
	return items
}

// choices are the options of f; each holds the fields that it reveals.
func (l *language) choices(s Shown, f *Field) ([]ui.Choice, error) {
	if f.Widget == WidgetCheckbox {
		revealed, err := l.revealed(s, f, "true")
		return []ui.Choice{{Value: "true", Content: ui.Content{Text: l.label(s.Form, f)}, Conditional: revealed}}, err
	}
	var out []ui.Choice
	for _, o := range f.Options {
		revealed, err := l.revealed(s, f, o.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Choice{Value: o.Value, Content: ui.Content{Text: in(o.Label, l.printer)}, Conditional: revealed})
	}
	return out, nil
}

func (l *language) revealed(s Shown, by *Field, value string) (ui.Conditional, error) {
	var html template.HTML
	for _, field := range s.Step.Fields {
		if s.revealedBy(field) != by || field.When.Values[0] != value {
			continue
		}
		h, err := l.control(s, field)
		if err != nil {
			return ui.Conditional{}, err
		}
		html += h
	}
	return ui.Conditional{HTML: html}, nil
}

// revealedBy returns the choice of the same step under which field appears, or nil when it stands for itself.
func (s Shown) revealedBy(field *Field) *Field {
	if field.When == nil || len(field.When.Values) != 1 || !s.onThisStep(field.When.Field) {
		return nil
	}
	by := s.Form.fields[field.When.Field]
	if by.Widget == WidgetSelect {
		return nil
	}
	return by
}

func (s Shown) onThisStep(name string) bool {
	for _, f := range s.Step.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// onThisPage says whether the field is asked on the page, in this step or beside it.
func (s Shown) onThisPage(name string) bool { return s.Whole || s.onThisStep(name) }

// mayBeAsked says whether field can be asked on this page: what decides it is settled, or stands on the page too.
func (s Shown) mayBeAsked(field *Field) bool {
	if field.When == nil {
		return true
	}
	earlier := s.Form.fields[field.When.Field]
	if s.onThisPage(earlier.Name) {
		return s.mayBeAsked(earlier)
	}
	return s.All || s.Form.Visible(field, s.Answers)
}
