package demo

import (
	"encoding/json"
	"fmt"

	"portal.example/shared/locale"
)

// form is an application form as it is written here; schema turns it into the JSON Schema that shared/forms reads.
type form struct {
	Minutes int    `yaml:"minutes"`
	Steps   []step `yaml:"steps"`
}

type step struct {
	ID     string      `yaml:"id"`
	Title  locale.Text `yaml:"title"`
	Fields []field     `yaml:"fields"`
}

type field struct {
	Name        string      `yaml:"name"`
	Widget      string      `yaml:"widget"`
	UK          string      `yaml:"uk"`
	EN          string      `yaml:"en"`
	Hint        locale.Text `yaml:"hint"`
	Required    bool        `yaml:"required"`
	When        *when       `yaml:"when"`
	Options     []option    `yaml:"options"`
	Format      string      `yaml:"format"`
	Pattern     string      `yaml:"pattern"`
	PatternHint locale.Text `yaml:"pattern_hint"`
	Max         int         `yaml:"max"` // characters of a text, number of files
	Width       int         `yaml:"width"`
	Unit        locale.Text `yaml:"unit"`
	Minimum     *float64    `yaml:"minimum"`
	Maximum     *float64    `yaml:"maximum"`
	Decimal     bool        `yaml:"decimal"`
	MinItems    int         `yaml:"min_items"`
	MaxItems    int         `yaml:"max_items"`
	After       string      `yaml:"after"`
	Before      string      `yaml:"before"`
	Limits      []limit     `yaml:"limits"` // in place of after and before, by an earlier answer
	Must        bool        `yaml:"must"`   // a checkbox that has to be ticked
	Document    string      `yaml:"document"`
}

type when struct {
	Field string `yaml:"field" json:"field"`
	In    []any  `yaml:"in" json:"in"`
}

type limit struct {
	Field  string `yaml:"field" json:"field"`
	In     []any  `yaml:"in" json:"in"`
	After  string `yaml:"after" json:"after,omitempty"`
	Before string `yaml:"before" json:"before,omitempty"`
}

type option struct {
	Value string `yaml:"value"`
	UK    string `yaml:"uk"`
	EN    string `yaml:"en"`
}

// schema returns the form in the dialect of shared/forms.
func (f form) schema() (json.RawMessage, error) {
	properties, required, steps := map[string]any{}, []string{}, []any{}
	for _, s := range f.Steps {
		var names []string
		for _, fd := range s.Fields {
			p, err := fd.property()
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", fd.Name, err)
			}
			properties[fd.Name] = p
			names = append(names, fd.Name)
			if (fd.Required || fd.Must) && fd.When == nil {
				required = append(required, fd.Name)
			}
		}
		steps = append(steps, map[string]any{"id": s.ID, "title": s.Title, "fields": names})
	}
	return json.Marshal(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
		"required": required, "properties": properties, "x-minutes": f.Minutes, "x-steps": steps,
	})
}

func (fd field) property() (map[string]any, error) {
	p := map[string]any{"x-widget": fd.Widget, "x-title": locale.Text{UK: fd.UK, EN: fd.EN}}
	if err := fd.value(p); err != nil {
		return nil, err
	}
	set(p, "x-width", fd.Width)
	set(p, "x-after", fd.After)
	set(p, "x-before", fd.Before)
	set(p, "x-document", fd.Document)
	if len(fd.Limits) > 0 {
		p["x-limits"] = fd.Limits
	}
	set(p, "pattern", fd.Pattern)
	set(p, "x-hint", fd.Hint)
	set(p, "x-unit", fd.Unit)
	set(p, "x-pattern-hint", fd.PatternHint)
	if fd.When != nil {
		p["x-when"] = fd.When
		set(p, "x-required", fd.Required)
	}
	return p, nil
}

// value adds the JSON Schema of what the widget asks for.
func (fd field) value(p map[string]any) error {
	switch fd.Widget {
	case "text", "textarea":
		p["type"], p["maxLength"] = "string", fd.Max
		set(p, "format", fd.Format)
	case "number":
		p["type"], p["minimum"], p["maximum"] = "integer", fd.Minimum, fd.Maximum
		if fd.Decimal {
			p["type"] = "number"
		}
	case "date":
		p["type"], p["format"] = "string", "date"
	case "phone":
		p["type"], p["format"], p["maxLength"] = "string", "phone", 30
	case "radios", "select":
		p["type"], p["enum"], p["x-labels"] = "string", fd.values(), fd.labels()
	case "checkbox":
		p["type"] = "boolean"
		if fd.Must {
			p["const"] = true
		}
	case "checkboxes":
		p["type"], p["uniqueItems"], p["x-labels"] = "array", true, fd.labels()
		p["items"] = map[string]any{"type": "string", "enum": fd.values()}
		set(p, "minItems", fd.MinItems)
		set(p, "maxItems", fd.MaxItems)
	case "file":
		p["type"], p["maxItems"] = "array", fd.Max
		p["items"] = map[string]any{"type": "string", "format": "uuid"}
	default:
		return fmt.Errorf("unknown widget %q", fd.Widget)
	}
	return nil
}

func (fd field) values() []string {
	out := make([]string, len(fd.Options))
	for i, o := range fd.Options {
		out[i] = o.Value
	}
	return out
}

func (fd field) labels() map[string]locale.Text {
	out := map[string]locale.Text{}
	for _, o := range fd.Options {
		out[o.Value] = locale.Text{UK: o.UK, EN: o.EN}
	}
	return out
}

// set keeps a key out of the schema when there is nothing to say.
func set[T comparable](p map[string]any, key string, v T) {
	var zero T
	if v != zero {
		p[key] = v
	}
}
