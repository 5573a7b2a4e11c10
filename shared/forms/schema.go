package forms

import (
	"fmt"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compile derives the plain JSON Schema of the form: the properties, and for each condition if/then/else. Validate
// runs it after its own checks, so that a slip in one of them does not let anything through.
func (f *Form) compile() (*jsonschema.Schema, error) {
	properties, conditions, required := map[string]any{}, []any{}, []any{}
	for _, s := range f.Steps {
		for _, field := range s.Fields {
			properties[field.Name] = field.schema()
			switch {
			case field.When != nil:
				conditions = append(conditions, f.conditionSchema(field))
			case field.Required || field.MustTick:
				required = append(required, field.Name)
			}
		}
	}
	doc := map[string]any{
		"$schema": draft2020, "type": "object", "additionalProperties": false, "properties": properties, "required": required,
	}
	for _, g := range f.AnyOf {
		var one []any
		for _, field := range g {
			one = append(one, map[string]any{"required": []any{field.Name}})
		}
		conditions = append(conditions, map[string]any{"anyOf": one})
	}
	if len(conditions) > 0 {
		doc["allOf"] = conditions
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for name, f := range formats {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: formatCheck(name, f)})
	}
	if err := c.AddResource("form.json", doc); err != nil {
		return nil, fmt.Errorf("derived schema: %w", err)
	}
	schema, err := c.Compile("form.json")
	if err != nil {
		return nil, fmt.Errorf("derived schema: %w", err)
	}
	return schema, nil
}

func (f *Field) schema() map[string]any {
	values := []any{}
	for _, o := range f.Options {
		values = append(values, o.Value)
	}
	switch f.Widget {
	case WidgetNumber:
		return f.numberSchema()
	case WidgetCheckbox:
		if f.MustTick || f.Required {
			return map[string]any{"const": true}
		}
		return map[string]any{"type": "boolean"}
	case WidgetRadios, WidgetSelect:
		return map[string]any{"enum": values}
	case WidgetCheckboxes:
		return f.listSchema(map[string]any{"enum": values})
	case WidgetFile:
		return f.listSchema(map[string]any{"type": "string", "format": "uuid"})
	case WidgetText, WidgetTextarea, WidgetDate, WidgetPhone, WidgetEmail:
	}
	s := map[string]any{"type": "string", "minLength": max(f.MinLength, 1)}
	if f.MaxLength > 0 {
		s["maxLength"] = f.MaxLength
	}
	if f.Pattern != nil {
		s["pattern"] = f.Pattern.String()
	}
	if f.Format != "" {
		s["format"] = f.Format
	}
	return s
}

func (f *Field) numberSchema() map[string]any {
	s := map[string]any{"type": "number"}
	if f.Integer {
		s["type"] = "integer"
	}
	if f.Minimum != nil {
		s["minimum"] = *f.Minimum
	}
	if f.Maximum != nil {
		s["maximum"] = *f.Maximum
	}
	return s
}

func (f *Field) listSchema(items map[string]any) map[string]any {
	s := map[string]any{"type": "array", "items": items, "uniqueItems": true, "minItems": f.MinItems}
	if f.Required {
		s["minItems"] = max(f.MinItems, 1)
	}
	if f.MaxItems > 0 {
		s["maxItems"] = f.MaxItems
	}
	return s
}

func (f *Form) conditionSchema(field *Field) map[string]any {
	values := make([]any, len(field.When.Values))
	for i, v := range field.When.Values {
		values[i] = v
	}
	var test map[string]any
	switch f.fields[field.When.Field].Widget { //nolint:exhaustive // other widgets cannot be looked at
	case WidgetCheckbox:
		test = map[string]any{"const": true}
	case WidgetCheckboxes:
		test = map[string]any{"contains": map[string]any{"enum": values}}
	default:
		test = map[string]any{"enum": values}
	}
	c := map[string]any{
		"if":   map[string]any{"properties": map[string]any{field.When.Field: test}, "required": []any{field.When.Field}},
		"else": map[string]any{"properties": map[string]any{field.Name: false}},
	}
	if field.Required || field.MustTick {
		c["then"] = map[string]any{"required": slices.Clone([]any{field.Name})}
	}
	return c
}
