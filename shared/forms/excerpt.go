package forms

import (
	"encoding/json"
	"fmt"
	"slices"

	"portal.example/shared/locale"
)

// Excerpt is a form of the named fields of the form raw, in its order and on one page, for an applicant who is asked to
// correct what they answered. Conditions between fields fall away, since whoever asks has chosen what is to be answered; each
// field has to be filled in. Files are not among them: papers are asked for by their names in the card.
func Excerpt(raw []byte, title locale.Text, names ...string) ([]byte, error) {
	form, err := Parse(raw)
	if err != nil {
		return nil, err
	}
	var whole struct {
		Properties map[string]map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, fmt.Errorf("properties of the form: %w", err)
	}
	fields, properties := []string{}, map[string]any{}
	for _, field := range form.Correctable() {
		if !slices.Contains(names, field.Name) {
			continue
		}
		property := whole.Properties[field.Name]
		delete(property, "x-when")
		delete(property, "x-limits")
		delete(property, "x-required")
		fields, properties[field.Name] = append(fields, field.Name), property
	}
	if len(fields) != len(names) {
		return nil, fmt.Errorf("%d of %d fields can be corrected", len(fields), len(names))
	}
	excerpt, err := json.Marshal(map[string]any{
		"$schema": draft2020, "type": "object", "additionalProperties": false, "properties": properties, "required": fields,
		"x-steps": []any{map[string]any{"id": "fields", "title": title, "fields": fields}},
	})
	if err != nil {
		return nil, fmt.Errorf("excerpt of the form: %w", err)
	}
	_, err = Parse(excerpt)
	return excerpt, err
}

// Correctable are the fields whose answers an applicant may be asked to correct, in their order: all but files.
func (f *Form) Correctable() (fields []*Field) {
	for _, step := range f.Steps {
		for _, field := range step.Fields {
			if field.Widget != WidgetFile {
				fields = append(fields, field)
			}
		}
	}
	return fields
}
