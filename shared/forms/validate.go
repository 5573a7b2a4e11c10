package forms

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"portal.example/shared/fault"
)

// Validate judges all answers, as they would be sent: every field that is asked has a right value, and nothing else
// is there. The error is Invalid with what is wrong field by field.
func (f *Form) Validate(a Answers, now time.Time) error {
	var wrong []fault.FieldError
	for name := range a {
		if field := f.fields[name]; field == nil || !f.Visible(field, a) {
			wrong = append(wrong, fault.FieldError{Key: "forms.stray"})
		}
	}
	for _, s := range f.Steps {
		wrong = append(wrong, f.CheckStep(s, a, now)...)
	}
	if err := fault.InvalidFields(wrong...); err != nil {
		return err
	}
	if err := f.schema.Validate(a.plain()); err != nil {
		return fault.Wrap(fault.Invalid, errors.New("answers do not fit the derived schema"), "forms.wrong_form")
	}
	return nil
}

// CheckStep returns what is wrong with the fields of one step.
func (f *Form) CheckStep(s Step, a Answers, now time.Time) []fault.FieldError {
	var wrong []fault.FieldError
	for _, field := range s.Fields {
		if !f.Visible(field, a) {
			continue
		}
		if p := f.under(field, a).check(a[field.Name], now); p != nil {
			wrong = append(wrong, *p)
		}
	}
	return append(wrong, f.checkGroups(s, a)...)
}

// checkGroups says at the first field of each group on the step that one of them has to be filled in.
func (f *Form) checkGroups(s Step, a Answers) (wrong []fault.FieldError) {
	for _, g := range f.AnyOf {
		given := slices.ContainsFunc(g, func(field *Field) bool { return a[field.Name] != nil })
		if slices.Contains(s.Fields, g[0]) && !given {
			args := []any{}
			for _, field := range g {
				args = append(args, field.Title)
			}
			wrong = append(wrong, fault.FieldError{Field: g[0].Name, Key: "forms.any_of", Args: args})
		}
	}
	return wrong
}

// ParseAnswers reads answers from JSON into the types that Answers promises; a value of any other shape is refused.
func (f *Form) ParseAnswers(raw []byte) (Answers, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var values map[string]any
	if err := dec.Decode(&values); err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Errorf("answers: %w", err), "forms.wrong_form")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "forms.wrong_form")
	}
	a := Answers{}
	for name, v := range values {
		if f.fields[name] == nil {
			return nil, fault.New(fault.Invalid, "forms.wrong_form")
		}
		answer, ok := typed(v)
		if !ok {
			return nil, fault.New(fault.Invalid, "forms.wrong_form")
		}
		a[name] = answer
	}
	return a, nil
}

func typed(v any) (any, bool) {
	switch v := v.(type) {
	case string, bool, json.Number:
		return v, true
	case []any:
		list := make([]string, len(v))
		for i, item := range v {
			s, ok := item.(string)
			if !ok {
				return nil, false
			}
			list[i] = s
		}
		return list, true
	}
	return nil, false
}

// plain is the answers as a JSON Schema validator takes them.
func (a Answers) plain() map[string]any {
	out := make(map[string]any, len(a))
	for name, v := range a {
		if list, ok := v.([]string); ok {
			items := make([]any, len(list))
			for i, s := range list {
				items[i] = s
			}
			v = items
		}
		out[name] = v
	}
	return out
}
