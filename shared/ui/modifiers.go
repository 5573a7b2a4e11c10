package ui

import (
	"fmt"
	"maps"
)

// The modifiers stand between a constructor and its component in a pipeline. Each takes what it changes
// last, returns a changed copy, and refuses a component that has no such thing.

func withHint(text string, v any) (any, error) {
	hint := &Hint{Content: Content{Text: text}}
	switch v := v.(type) {
	case Input:
		v.Hint = hint
		return v, nil
	case Textarea:
		v.Hint = hint
		return v, nil
	case Select:
		v.Hint = hint
		return v, nil
	case Radios:
		v.Hint = hint
		return v, nil
	case Checkboxes:
		v.Hint = hint
		return v, nil
	case DateInput:
		v.Hint = hint
		return v, nil
	case FileUpload:
		v.Hint = hint
		return v, nil
	case CharacterCount:
		v.Hint = hint
		return v, nil
	}
	return nil, fmt.Errorf("withHint: %T has no hint", v)
}

func withClasses(classes string, v any) (any, error) {
	switch v := v.(type) {
	case Button:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case Input:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case Textarea:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case Select:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case Radios:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case Checkboxes:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case SummaryList:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case Table:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case DataTable:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case EditForm:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case Tag:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case CharacterCount:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case DateInput:
		v.Classes = join(v.Classes, classes)
		return v, nil
	case FileUpload:
		v.Classes = join(v.Classes, classes)
		return v, nil
	}
	return nil, fmt.Errorf("withClasses: not for %T", v)
}

func withAttribute(name, value string, v any) (any, error) {
	add := func(a Attributes) Attributes {
		a = maps.Clone(a)
		if a == nil {
			a = Attributes{}
		}
		a[name] = value
		return a
	}
	switch v := v.(type) {
	case Button:
		v.Attributes = add(v.Attributes)
		return v, nil
	case Input:
		v.Attributes = add(v.Attributes)
		return v, nil
	case Textarea:
		v.Attributes = add(v.Attributes)
		return v, nil
	case Select:
		v.Attributes = add(v.Attributes)
		return v, nil
	case FileUpload:
		v.Attributes = add(v.Attributes)
		return v, nil
	case CharacterCount:
		v.Attributes = add(v.Attributes)
		return v, nil
	case Table:
		v.Attributes = add(v.Attributes)
		return v, nil
	}
	return nil, fmt.Errorf("withAttribute: not for %T", v)
}

func withAutocomplete(token string, v Input) Input {
	v.Autocomplete = token
	return v
}

func withInputmode(mode string, v Input) Input {
	v.Inputmode = mode
	return v
}

func withType(kind string, v Input) Input {
	v.Type = kind
	return v
}

func withRows(rows int, v any) (any, error) {
	switch v := v.(type) {
	case Textarea:
		v.Rows = rows
		return v, nil
	case CharacterCount:
		v.Rows = rows
		return v, nil
	}
	return nil, fmt.Errorf("withRows: not for %T", v)
}

// withName gives a button a name and value, for forms with more than one.
func withName(name, value string, v Button) Button {
	v.Name, v.Value = name, value
	return v
}

// withAction adds a link to a row of a SummaryList; about says what it changes to those who cannot see.
func withAction(href, text, about string, v SummaryRow) SummaryRow {
	v.Actions.Items = append(v.Actions.Items[:len(v.Actions.Items):len(v.Actions.Items)],
		SummaryAction{Href: href, Content: Content{Text: text}, VisuallyHiddenText: about})
	return v
}

// asHeading makes the label or legend of the only question of a page its heading.
func asHeading(v any) (any, error) {
	label := func(l Label) Label {
		l.IsPageHeading, l.Classes = true, "govuk-label--l"
		return l
	}
	legend := func(f *Fieldset) *Fieldset {
		copied := *f
		copied.Legend.IsPageHeading, copied.Legend.Classes = true, "govuk-fieldset__legend--l"
		return &copied
	}
	switch v := v.(type) {
	case Input:
		v.Label = label(v.Label)
		return v, nil
	case Textarea:
		v.Label = label(v.Label)
		return v, nil
	case Select:
		v.Label = label(v.Label)
		return v, nil
	case Radios:
		v.Fieldset = legend(v.Fieldset)
		return v, nil
	case Checkboxes:
		v.Fieldset = legend(v.Fieldset)
		return v, nil
	case DateInput:
		v.Fieldset = legend(v.Fieldset)
		return v, nil
	case FileUpload:
		v.Label = label(v.Label)
		return v, nil
	case CharacterCount:
		v.Label = label(v.Label)
		return v, nil
	}
	return nil, fmt.Errorf("asHeading: %T has no label", v)
}

// withPrefix puts a sign before an input, withSuffix a unit after it; both are for the eye only, so the
// label must name the unit too.
func withPrefix(text string, v Input) Input {
	v.Prefix = &Affix{Content: Content{Text: text}}
	return v
}

func withSuffix(text string, v Input) Input {
	v.Suffix = &Affix{Content: Content{Text: text}}
	return v
}
