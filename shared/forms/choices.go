package forms

import (
	"slices"

	"portal.example/shared/locale"
)

// The values of a tick as a choice.
const (
	ticked   = "true"
	unticked = "false"
)

// Choice is one of the few answers that a question can have.
type Choice struct {
	Field  *Field
	Value  string      // of an option; "true" or "false" of a tick
	Answer locale.Text // the option in words; empty for a tick
}

// Choices are the answers from which the questions of the form let one choose, in order. A tick that has to be set is none.
func (f *Form) Choices() (list []Choice) {
	for _, s := range f.Steps {
		for _, field := range s.Fields {
			for _, o := range field.Options {
				list = append(list, Choice{field, o.Value, o.Label})
			}
			if field.Widget == WidgetCheckbox && !field.MustTick {
				list = append(list, Choice{Field: field, Value: ticked}, Choice{Field: field, Value: unticked})
			}
		}
	}
	return list
}

// Chosen says whether the answers choose a value of the field. It is asked at all only under the conditions of the form.
func (f *Form) Chosen(a Answers, field *Field, value string) bool {
	if !f.Visible(field, a) {
		return false
	}
	if field.Widget == WidgetCheckbox && value == unticked {
		return !field.isTicked(a)
	}
	return (&When{Field: field.Name, Values: []string{value}}).holds(a[field.Name])
}

func (f *Field) isTicked(a Answers) bool {
	set, _ := a[f.Name].(bool)
	return set
}

// Choice finds a choice of the form by the name of its question and its value.
func (f *Form) Choice(question, value string) (Choice, bool) {
	list := f.Choices()
	i := slices.IndexFunc(list, func(c Choice) bool { return c.Field.Name == question && c.Value == value })
	if i < 0 {
		return Choice{}, false
	}
	return list[i], true
}
