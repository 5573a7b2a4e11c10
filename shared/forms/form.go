package forms

import (
	"regexp"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"portal.example/shared/locale"
)

// Form is one version of a service's application form.
type Form struct {
	Steps   []Step
	Minutes int // how long filling in takes; 0: not said

	fields map[string]*Field
	schema *jsonschema.Schema
}

// Step is one page of the form.
type Step struct {
	ID     string
	Title  locale.Text
	Hint   locale.Text
	Fields []*Field
}

// Widget says how a field is asked.
type Widget string

// The widgets.
const (
	WidgetText       Widget = "text"
	WidgetTextarea   Widget = "textarea"
	WidgetNumber     Widget = "number"
	WidgetDate       Widget = "date"
	WidgetPhone      Widget = "phone"
	WidgetEmail      Widget = "email"
	WidgetRadios     Widget = "radios"
	WidgetSelect     Widget = "select"
	WidgetCheckbox   Widget = "checkbox"
	WidgetCheckboxes Widget = "checkboxes"
	WidgetFile       Widget = "file"
)

// Field is one question.
type Field struct {
	Name         string
	Widget       Widget
	Title        locale.Text
	Hint         locale.Text
	Required     bool // whenever it is shown
	When         *When
	Options      []Option
	Format       string // of a text, a phone or an address of mail: a name in formats.go
	MinLength    int
	MaxLength    int
	Pattern      *regexp.Regexp
	PatternHint  locale.Text
	Integer      bool
	Minimum      *float64
	Maximum      *float64
	MinItems     int
	MaxItems     int  // 0: no limit
	MustTick     bool // a checkbox that has to be ticked
	After        dateLimit
	Before       dateLimit
	Unit         locale.Text
	Width        int
	Autocomplete string
	Document     string // id of the card's document that files answer to
}

// Option is one value of radios, select or checkboxes.
type Option struct {
	Value string
	Label locale.Text
}

// When is the condition under which a field is asked.
type When struct {
	Field  string
	Values []string // of an enum; "true" for a tick
}

// Answers are the values of a form's fields: string, json.Number, bool or []string by widget. Files are ids of
// attachments.
type Answers map[string]any

// Field returns the field of that name, or nil.
func (f *Form) Field(name string) *Field { return f.fields[name] }

// Step returns the step of that id.
func (f *Form) Step(id string) (Step, bool) {
	for _, s := range f.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}

// FileFields returns the fields that take files, in order.
func (f *Form) FileFields() []*Field {
	var out []*Field
	for _, s := range f.Steps {
		for _, field := range s.Fields {
			if field.Widget == WidgetFile {
				out = append(out, field)
			}
		}
	}
	return out
}

// Visible says whether the field is asked, given the answers to earlier ones.
func (f *Form) Visible(field *Field, a Answers) bool {
	if field.When == nil {
		return true
	}
	earlier := f.fields[field.When.Field]
	return f.Visible(earlier, a) && field.When.holds(a[earlier.Name])
}

// Asks says whether any field of the step is asked.
func (f *Form) Asks(s Step, a Answers) bool {
	return slices.ContainsFunc(s.Fields, func(field *Field) bool { return f.Visible(field, a) })
}

// Prune drops the answers to fields that are not asked (any more) and to fields the form does not have.
func (f *Form) Prune(a Answers) {
	for name := range a {
		if field := f.fields[name]; field == nil || !f.Visible(field, a) {
			delete(a, name)
		}
	}
}

func (w *When) holds(answer any) bool {
	switch v := answer.(type) {
	case string:
		return slices.Contains(w.Values, v)
	case bool:
		return v && slices.Contains(w.Values, "true")
	case []string:
		return slices.ContainsFunc(v, func(s string) bool { return slices.Contains(w.Values, s) })
	}
	return false
}
