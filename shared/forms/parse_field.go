package forms

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"portal.example/shared/locale"
)

// shape is what a widget demands of its property.
type shape struct {
	types     []string
	formats   []string // allowed besides none; "!" first means that one of them is required
	maxLength int      // upper bound of maxLength, which is then required; 0: there is no maxLength
	options   bool
}

var shapes = map[Widget]shape{
	WidgetText:       {types: []string{"string"}, formats: codes(), maxLength: MostLine},
	WidgetTextarea:   {types: []string{"string"}, maxLength: MostText},
	WidgetNumber:     {types: []string{"integer", "number"}},
	WidgetDate:       {types: []string{"string"}, formats: []string{"!", "date"}},
	WidgetPhone:      {types: []string{"string"}, formats: []string{"!", "phone"}, maxLength: 30},
	WidgetEmail:      {types: []string{"string"}, formats: []string{"!", "email"}, maxLength: 254},
	WidgetRadios:     {types: []string{"string"}, options: true},
	WidgetSelect:     {types: []string{"string"}, options: true},
	WidgetCheckbox:   {types: []string{"boolean"}},
	WidgetCheckboxes: {types: []string{"array"}, options: true},
	WidgetFile:       {types: []string{"array"}},
}

// Widths are those that an input can have, in characters.
var Widths = []int{2, 3, 4, 5, 10, 20}

// codes are the formats of a line of text.
func codes() []string {
	names := slices.Sorted(maps.Keys(formats))
	return slices.DeleteFunc(names, func(n string) bool { return n == "phone" || n == "email" })
}

func newField(name string, r rawField) (*Field, error) {
	s, known := shapes[r.Widget]
	if !known {
		return nil, fmt.Errorf("x-widget %q is not known", r.Widget)
	}
	f := &Field{
		Name: name, Widget: r.Widget, Title: r.Title, Hint: r.Hint, Required: r.Required, Format: r.Format,
		MinLength: r.MinLength, MaxLength: r.MaxLength, PatternHint: r.PatternHint, Integer: r.Type == "integer",
		Minimum: r.Minimum, Maximum: r.Maximum, MinItems: r.MinItems, MaxItems: r.MaxItems, Unit: r.Unit,
		Width: r.Width, Autocomplete: r.Complete, Document: r.Document, MustTick: r.Const != nil && *r.Const,
	}
	for _, check := range []func(rawField, shape, *Field) error{
		checkWords, checkType, checkLength, checkPattern, checkNumber, checkOptions, checkItems, checkDates, checkStray,
	} {
		if err := check(r, s, f); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func checkWords(r rawField, _ shape, _ *Field) error {
	if err := bilingual(r.Title, "x-title"); err != nil {
		return err
	}
	for what, text := range map[string]locale.Text{"x-hint": r.Hint, "x-unit": r.Unit} {
		if !text.IsZero() {
			if err := bilingual(text, what); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkType(r rawField, s shape, _ *Field) error {
	if !slices.Contains(s.types, r.Type) {
		return fmt.Errorf("type %q does not suit the widget %s, which takes %v", r.Type, r.Widget, s.types)
	}
	demanded := len(s.formats) > 0 && s.formats[0] == "!"
	if r.Format == "" && demanded || r.Format != "" && (r.Format == "!" || !slices.Contains(s.formats, r.Format)) {
		return fmt.Errorf("format %q does not suit the widget %s", r.Format, r.Widget)
	}
	return nil
}

func checkLength(r rawField, s shape, _ *Field) error {
	switch {
	case s.maxLength == 0 && (r.MaxLength != 0 || r.MinLength != 0):
		return errors.New("has no length")
	case s.maxLength > 0 && (r.MaxLength < 1 || r.MaxLength > s.maxLength):
		return fmt.Errorf("maxLength must be 1 to %d", s.maxLength)
	case r.MinLength < 0 || r.MinLength > r.MaxLength:
		return errors.New("minLength must be 0 to maxLength")
	}
	return nil
}

func checkPattern(r rawField, _ shape, f *Field) error {
	if r.Pattern == "" {
		if !r.PatternHint.IsZero() {
			return errors.New("x-pattern-hint without pattern")
		}
		return nil
	}
	if r.Widget != WidgetText {
		return errors.New("only text has a pattern")
	}
	compiled, err := regexp.Compile(r.Pattern)
	if err != nil {
		return fmt.Errorf("pattern: %w", err)
	}
	f.Pattern = compiled
	return bilingual(r.PatternHint, "x-pattern-hint")
}

func checkNumber(r rawField, _ shape, _ *Field) error {
	switch {
	case r.Widget != WidgetNumber && (r.Minimum != nil || r.Maximum != nil):
		return errors.New("only a number has minimum and maximum")
	case r.Minimum != nil && r.Maximum != nil && *r.Minimum > *r.Maximum:
		return errors.New("minimum is above maximum")
	}
	return nil
}

func checkOptions(r rawField, s shape, f *Field) error {
	values := r.Enum
	if r.Widget == WidgetCheckboxes {
		if r.Items == nil || r.Items.Type != "string" || r.Items.Format != "" || len(r.Enum) > 0 || !r.Unique {
			return errors.New(`needs "items": {"type": "string", "enum": […]} and "uniqueItems": true`)
		}
		values = r.Items.Enum
	}
	if !s.options {
		if len(values) > 0 || len(r.Labels) > 0 {
			return errors.New("has no choices")
		}
		return nil
	}
	if len(values) == 0 || len(values) > MostChoices || r.Widget == WidgetRadios && len(values) > MostRadios {
		return fmt.Errorf("%d choices", len(values))
	}
	for _, v := range values {
		if err := f.addOption(v, r.Labels[v]); err != nil {
			return fmt.Errorf("choice %q: %w", v, err)
		}
	}
	if len(r.Labels) != len(values) {
		return errors.New("x-labels names a value that is no choice")
	}
	return nil
}

func (f *Field) addOption(value string, label locale.Text) error {
	if value == "" || len(value) > 100 {
		return errors.New("must have 1 to 100 bytes")
	}
	if slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value }) {
		return errors.New("stands twice")
	}
	f.Options = append(f.Options, Option{Value: value, Label: label})
	return bilingual(label, "its label in x-labels")
}

func checkItems(r rawField, _ shape, f *Field) error {
	if r.Type != "array" {
		if r.Items != nil || r.Unique || r.MinItems != 0 || r.MaxItems != 0 {
			return errors.New("has no items")
		}
		return nil
	}
	if r.MinItems < 0 || r.MaxItems < 0 || r.MaxItems > 0 && r.MinItems > r.MaxItems {
		return errors.New("minItems must be 0 to maxItems")
	}
	if r.Widget != WidgetFile {
		if r.MinItems > len(f.Options) || r.MaxItems > len(f.Options) {
			return errors.New("minItems or maxItems is more than there are choices")
		}
		return nil
	}
	switch {
	case r.Items == nil || r.Items.Type != "string" || r.Items.Format != "uuid" || len(r.Items.Enum) > 0:
		return errors.New(`needs "items": {"type": "string", "format": "uuid"}`)
	case r.MaxItems < 1 || r.MaxItems > MostFiles:
		return fmt.Errorf("maxItems must be 1 to %d", MostFiles)
	case r.Document == "" || len(r.Document) > 100:
		return errors.New("x-document must name a document of the card")
	}
	return nil
}

func checkDates(r rawField, _ shape, f *Field) (err error) {
	if r.Widget != WidgetDate {
		if r.After != "" || r.Before != "" {
			return errors.New("only a date has x-after and x-before")
		}
		return nil
	}
	if f.After, err = parseDateLimit(r.After); err != nil {
		return fmt.Errorf("x-after: %w", err)
	}
	if f.Before, err = parseDateLimit(r.Before); err != nil {
		return fmt.Errorf("x-before: %w", err)
	}
	return nil
}

// checkStray refuses keys that mean nothing for the widget: whoever wrote them expected something.
func checkStray(r rawField, _ shape, _ *Field) error {
	text := r.Widget == WidgetText || r.Widget == WidgetNumber
	switch {
	case r.Const != nil && (r.Widget != WidgetCheckbox || !*r.Const):
		return errors.New(`const is only for a checkbox and only true`)
	case r.Document != "" && r.Widget != WidgetFile:
		return errors.New("x-document is only for files")
	case !r.Unit.IsZero() && !text:
		return errors.New("x-unit is only for text and number")
	case r.Width != 0 && (!text || !slices.Contains(Widths, r.Width)):
		return errors.New("x-width is 2, 3, 4, 5, 10 or 20, for text and number")
	case r.Complete != "" && !slices.Contains([]Widget{WidgetText, WidgetTextarea, WidgetPhone, WidgetEmail}, r.Widget):
		return errors.New("x-autocomplete is only for text, textarea, phone and email")
	case r.Required && r.When == nil:
		return errors.New("x-required is for fields with x-when; use required")
	}
	return nil
}
