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

	// AnyOf are groups of fields of which at least one has to be filled in: a phone number or an address of mail.
	AnyOf [][]*Field

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
	Limits       []Limit // which take the place of After and Before under a condition
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

// Limit are the bounds of a date while a condition holds: a child may be older for an adoptive parent.
type Limit struct {
	When   *When
	After  dateLimit
	Before dateLimit
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

// WithoutFiles is the form as it is filled in where documents are handed over on paper: it asks everything but for files, and
// judges answers as the whole form does. Steps that ask for nothing else are left out.
func (f *Form) WithoutFiles() (*Form, error) {
	isFile := func(field *Field) bool { return field.Widget == WidgetFile }
	rest := &Form{Minutes: f.Minutes, fields: map[string]*Field{}}
	rest.AnyOf = slices.DeleteFunc(slices.Clone(f.AnyOf), func(group []*Field) bool { return slices.ContainsFunc(group, isFile) })
	for _, s := range f.Steps {
		s.Fields = slices.DeleteFunc(slices.Clone(s.Fields), isFile)
		for _, field := range s.Fields {
			rest.fields[field.Name] = field
		}
		if len(s.Fields) > 0 {
			rest.Steps = append(rest.Steps, s)
		}
	}
	var err error
	rest.schema, err = rest.compile()
	return rest, err
}

// Visible says whether the field is asked, given the answers to earlier ones.
func (f *Form) Visible(field *Field, a Answers) bool {
	if field.When == nil {
		return true
	}
	earlier := f.fields[field.When.Field]
	return f.Visible(earlier, a) && field.When.holds(a[earlier.Name])
}

// under is the field with the bounds that hold for these answers.
func (f *Form) under(field *Field, a Answers) *Field {
	for _, l := range field.Limits {
		earlier := f.fields[l.When.Field]
		if f.Visible(earlier, a) && l.When.holds(a[earlier.Name]) {
			bounded := *field
			bounded.After, bounded.Before = l.After, l.Before
			return &bounded
		}
	}
	return field
}

// Inputs are the names under which a page sends what is typed into the field; none for files.
func (f *Field) Inputs() []string {
	switch f.Widget {
	case WidgetDate:
		return []string{f.Name + "-day", f.Name + "-month", f.Name + "-year"}
	case WidgetFile:
		return nil
	case WidgetText, WidgetTextarea, WidgetNumber, WidgetPhone, WidgetEmail, WidgetRadios, WidgetSelect, WidgetCheckbox, WidgetCheckboxes:
	}
	return []string{f.Name}
}

// group is the group of fields, one of which has to be filled in, that the field belongs to.
func (f *Form) group(field *Field) []*Field {
	for _, g := range f.AnyOf {
		if slices.Contains(g, field) {
			return g
		}
	}
	return nil
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
