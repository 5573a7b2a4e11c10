package forms

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"portal.example/shared/locale"
)

var (
	fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	stepID    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,29}$`)
	// reserved are the pages that every application has besides those of its form.
	reserved = []string{"start", "applicant", "contacts", "check", "receipt", "file"}
)

// Parse loads a form. Whatever the dialect does not know is refused with the place and what was expected, so that a
// form with a slip is noticed when it is written, not when a citizen fills it in.
func Parse(raw []byte) (*Form, error) {
	f, err := ParsePortal(raw)
	if err != nil {
		return nil, err
	}
	for _, s := range f.Steps {
		if slices.Contains(reserved, s.ID) {
			return nil, fmt.Errorf("step %q: this id is taken by a page of every application", s.ID)
		}
	}
	return f, nil
}

// ParsePortal is Parse for the pages that the portal itself adds to every application.
func ParsePortal(raw []byte) (*Form, error) {
	r, err := decode(raw)
	if err != nil {
		return nil, err
	}
	f := &Form{Minutes: r.Minutes, fields: map[string]*Field{}}
	for _, s := range r.Steps {
		if err := f.addStep(r, s); err != nil {
			return nil, fmt.Errorf("step %q: %w", s.ID, err)
		}
	}
	for name := range r.Properties {
		if f.fields[name] == nil {
			return nil, fmt.Errorf("field %q stands in no step", name)
		}
	}
	for _, name := range r.Required {
		if err := f.require(name); err != nil {
			return nil, err
		}
	}
	for _, names := range r.AnyOf {
		if err := f.addGroup(names); err != nil {
			return nil, fmt.Errorf("x-any-of: %w", err)
		}
	}
	if f.schema, err = f.compile(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *Form) addStep(r rawForm, s rawStep) error {
	switch _, twice := f.Step(s.ID); {
	case !stepID.MatchString(s.ID):
		return fmt.Errorf("id must match %s", stepID)
	case twice:
		return errors.New("the id stands twice")
	case len(s.Fields) == 0:
		return errors.New("has no fields")
	}
	if err := bilingual(s.Title, "title"); err != nil {
		return err
	}
	step := Step{ID: s.ID, Title: s.Title, Hint: s.Hint}
	for _, name := range s.Fields {
		field, err := f.addField(r, name)
		if err != nil {
			return fmt.Errorf("field %q: %w", name, err)
		}
		if n := len(step.Fields); n > 0 && step.Fields[n-1].Widget == WidgetFile && field.Widget != WidgetFile {
			return fmt.Errorf("field %q: stands after files, which have to be the last on their page", name)
		}
		step.Fields = append(step.Fields, field)
	}
	f.Steps = append(f.Steps, step)
	return nil
}

func (f *Form) addField(r rawForm, name string) (*Field, error) {
	raw, ok := r.Properties[name]
	switch {
	case !ok:
		return nil, errors.New("is not among the properties")
	case f.fields[name] != nil:
		return nil, errors.New("stands in the steps twice")
	case !fieldName.MatchString(name):
		return nil, fmt.Errorf("name must match %s", fieldName)
	}
	field, err := newField(name, raw)
	if err != nil {
		return nil, err
	}
	if raw.When != nil {
		if field.When, err = f.condition(*raw.When); err != nil {
			return nil, fmt.Errorf("x-when: %w", err)
		}
	}
	for _, l := range raw.Limits {
		limit, err := f.limit(field, l)
		if err != nil {
			return nil, fmt.Errorf("x-limits: %w", err)
		}
		field.Limits = append(field.Limits, limit)
	}
	f.fields[name] = field
	return field, nil
}

// limit resolves bounds that hold under a condition on an earlier field.
func (f *Form) limit(field *Field, raw rawLimit) (l Limit, err error) {
	if field.Widget != WidgetDate {
		return l, errors.New("only a date has limits")
	}
	if l.When, err = f.condition(rawWhen{Field: raw.Field, In: raw.In}); err != nil {
		return l, err
	}
	if l.After, err = parseDateLimit(raw.After); err != nil {
		return l, fmt.Errorf("after: %w", err)
	}
	if l.Before, err = parseDateLimit(raw.Before); err != nil {
		return l, fmt.Errorf("before: %w", err)
	}
	return l, nil
}

// addGroup takes fields of one step, all of which may be left empty by themselves.
func (f *Form) addGroup(names []string) error {
	if len(names) < 2 || len(names) > 3 {
		return fmt.Errorf("%d fields; expected 2 or 3", len(names))
	}
	var group []*Field
	for _, name := range names {
		field := f.fields[name]
		switch {
		case field == nil:
			return fmt.Errorf("%q is no field", name)
		case field.Required || field.When != nil:
			return fmt.Errorf("field %q is required or has x-when", name)
		case f.group(field) != nil:
			return fmt.Errorf("field %q is in two groups", name)
		}
		group = append(group, field)
	}
	together := func(s Step) bool {
		return !slices.ContainsFunc(group, func(field *Field) bool { return !slices.Contains(s.Fields, field) })
	}
	if !slices.ContainsFunc(f.Steps, together) {
		return errors.New("the fields do not stand in one step")
	}
	f.AnyOf = append(f.AnyOf, group)
	return nil
}

// condition resolves x-when; the field it looks at has been added before, so it is an earlier one.
func (f *Form) condition(raw rawWhen) (*When, error) {
	earlier := f.fields[raw.Field]
	if earlier == nil {
		return nil, fmt.Errorf("no earlier field %q", raw.Field)
	}
	if len(raw.In) == 0 {
		return nil, errors.New("in is empty")
	}
	w := &When{Field: raw.Field}
	for _, v := range raw.In {
		switch v := v.(type) {
		case bool:
			if earlier.Widget != WidgetCheckbox || !v {
				return nil, errors.New("only a checkbox can be true; false cannot be asked for")
			}
			w.Values = append(w.Values, "true")
		case string:
			if !slices.ContainsFunc(earlier.Options, func(o Option) bool { return o.Value == v }) {
				return nil, fmt.Errorf("%q is no value of %q", v, raw.Field)
			}
			w.Values = append(w.Values, v)
		default:
			return nil, fmt.Errorf("%v is neither text nor true", v)
		}
	}
	return w, nil
}

func (f *Form) require(name string) error {
	field := f.fields[name]
	switch {
	case field == nil:
		return fmt.Errorf("required names %q, which is no field", name)
	case field.When != nil:
		return fmt.Errorf("field %q has x-when; use x-required instead of required", name)
	}
	field.Required = true
	return nil
}

func bilingual(t locale.Text, what string) error {
	if t.UK == "" || t.EN == "" {
		return fmt.Errorf("%s is missing in uk or en", what)
	}
	return nil
}
