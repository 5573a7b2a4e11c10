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
	All     bool              // the answers to earlier steps are not at hand: show everything that may be asked
}

// File is an attachment that is there already.
type File struct {
	ID   string
	Name string
	Size int64
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
		out.WriteString(string(html))
	}
	return template.HTML(out.String()), nil //nolint:gosec // written by html/template
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
}

func (l *language) control(s Shown, f *Field) (template.HTML, error) {
	c := control{
		Field: f, Name: f.Name, Label: l.label(f), Hint: l.hint(s, f), Unit: in(f.Unit, l.printer), Typed: s.Typed,
		Files: s.Files[f.Name], Accept: s.Accept, Multiple: f.MaxItems > 1, Complete: f.Autocomplete,
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

// label marks what may be left empty, as most is required.
func (l *language) label(f *Field) string {
	title := in(f.Title, l.printer)
	if f.Required || f.MustTick || f.MinItems > 0 {
		return title
	}
	return l.printer.T("forms.optional", title)
}

func (l *language) hint(s Shown, f *Field) string {
	var parts []string
	if f.When != nil && s.onThisStep(f.When.Field) && s.revealedBy(f) == nil {
		parts = append(parts, l.onlyIf(s.Form, f.When))
	}
	if hint := in(f.Hint, l.printer); hint != "" {
		parts = append(parts, hint)
	}
	if f.Widget == WidgetFile && s.Limits != "" {
		parts = append(parts, s.Limits)
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
		words[i] = in(earlier.option(v).Label, l.printer)
	}
	return l.printer.T("forms.only_if", earlier.Title, strings.Join(words, " / "))
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
		return []ui.Choice{{Value: "true", Content: ui.Content{Text: l.label(f)}, Conditional: revealed}}, err
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

// mayBeAsked says whether field can be asked on this page: what decides it is settled, or stands on the page too.
func (s Shown) mayBeAsked(field *Field) bool {
	if field.When == nil {
		return true
	}
	earlier := s.Form.fields[field.When.Field]
	if s.onThisStep(earlier.Name) {
		return s.mayBeAsked(earlier)
	}
	return s.All || s.Form.Visible(field, s.Answers)
}
