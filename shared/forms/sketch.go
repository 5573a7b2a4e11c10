package forms

import (
	"encoding/json"
	"fmt"
	"slices"

	"portal.example/shared/locale"
)

// Sketch is a form as it is written: whole or not, and not yet judged. Its JSON is the dialect; Parse makes the form of it.
type Sketch struct {
	Pages   []SketchPage
	Minutes int        // how long filling in takes; 0: not said
	AnyOf   [][]string // names of questions, one of which has to be answered
}

// SketchPage is one page of a sketch, a step of the form.
type SketchPage struct {
	ID        string
	Title     locale.Text
	Hint      locale.Text
	Questions []Question
}

// Question is one question of a sketch.
type Question struct {
	Name         string
	Widget       Widget
	Format       string // of a text: a name in the dialect
	Title        locale.Text
	Hint         locale.Text
	Required     bool // whenever it is asked; a tick has to be set
	When         *When
	Limits       []SketchLimit // of a date, under conditions
	Options      []Option
	MinLength    int
	MaxLength    int
	Pattern      string
	PatternHint  locale.Text
	Integer      bool
	Minimum      *float64
	Maximum      *float64
	MinItems     int
	MaxItems     int
	After        string // of a date: "2020-01-31", "today", "today-18y"; "" is no bound
	Before       string
	Unit         locale.Text
	Width        int
	Autocomplete string
	Document     string // id of the card's document that files answer to
}

// SketchLimit are the bounds of a date while a condition holds.
type SketchLimit struct {
	When   When
	After  string
	Before string
}

// UnmarshalJSON takes anything that is written in the dialect, also a form that asks for nothing yet.
func (s *Sketch) UnmarshalJSON(raw []byte) error {
	r, err := readRaw(raw)
	if err != nil {
		return err
	}
	*s = Sketch{Minutes: r.Minutes, AnyOf: r.AnyOf}
	for _, step := range r.Steps {
		page := SketchPage{ID: step.ID, Title: step.Title, Hint: step.Hint}
		for _, name := range step.Fields {
			property, ok := r.Properties[name]
			if !ok {
				return fmt.Errorf("field %q is not among the properties", name)
			}
			q, err := sketchOf(name, property)
			if err != nil {
				return fmt.Errorf("field %q: %w", name, err)
			}
			q.Required = q.Required || slices.Contains(r.Required, name)
			page.Questions = append(page.Questions, q)
		}
		s.Pages = append(s.Pages, page)
	}
	return nil
}

func sketchOf(name string, r rawField) (Question, error) {
	q := Question{
		Name: name, Widget: r.Widget, Format: r.Format, Title: r.Title, Hint: r.Hint, Required: r.Required || r.Const != nil && *r.Const,
		MinLength: r.MinLength, MaxLength: r.MaxLength, Pattern: r.Pattern, PatternHint: r.PatternHint, Integer: r.Type == "integer",
		Minimum: r.Minimum, Maximum: r.Maximum, MinItems: r.MinItems, MaxItems: r.MaxItems, After: r.After, Before: r.Before,
		Unit: r.Unit, Width: r.Width, Autocomplete: r.Complete, Document: r.Document,
	}
	values := r.Enum
	if r.Items != nil {
		values = r.Items.Enum
	}
	for _, v := range values {
		q.Options = append(q.Options, Option{Value: v, Label: r.Labels[v]})
	}
	if r.When != nil {
		when, err := whenOf(*r.When)
		if err != nil {
			return q, fmt.Errorf("x-when: %w", err)
		}
		q.When = &when
	}
	for _, l := range r.Limits {
		when, err := whenOf(rawWhen{Field: l.Field, In: l.In})
		if err != nil {
			return q, fmt.Errorf("x-limits: %w", err)
		}
		q.Limits = append(q.Limits, SketchLimit{When: when, After: l.After, Before: l.Before})
	}
	return q, nil
}

func whenOf(r rawWhen) (When, error) {
	w := When{Field: r.Field}
	for _, v := range r.In {
		switch v := v.(type) {
		case string:
			w.Values = append(w.Values, v)
		case bool:
			w.Values = append(w.Values, fmt.Sprint(v))
		default:
			return w, fmt.Errorf("%v is neither text nor true", v)
		}
	}
	return w, nil
}

// MarshalJSON writes the dialect.
func (s Sketch) MarshalJSON() ([]byte, error) {
	properties, required, steps := map[string]any{}, []string{}, []any{}
	for _, page := range s.Pages {
		names := []string{}
		for _, q := range page.Questions {
			names, properties[q.Name] = append(names, q.Name), s.property(q)
			if q.Required && q.When == nil {
				required = append(required, q.Name)
			}
		}
		step := sparse{"id": page.ID, "title": page.Title, "fields": names}
		step.text("hint", page.Hint)
		steps = append(steps, step)
	}
	doc := sparse{
		"$schema": draft2020, "type": "object", "additionalProperties": false, "required": required, "properties": properties, "x-steps": steps,
	}
	doc.number("x-minutes", s.Minutes)
	if len(s.AnyOf) > 0 {
		doc["x-any-of"] = s.AnyOf
	}
	return json.Marshal(doc)
}

// sparse is an object of JSON without what is not said.
type sparse map[string]any

func (o sparse) text(key string, t locale.Text) {
	if !t.IsZero() {
		o[key] = t
	}
}

func (o sparse) word(key, s string) {
	if s != "" {
		o[key] = s
	}
}

func (o sparse) number(key string, n int) {
	if n != 0 {
		o[key] = n
	}
}

func (o sparse) bound(key string, n *float64) {
	if n != nil {
		o[key] = *n
	}
}

func (s Sketch) property(q Question) sparse {
	o := sparse{"x-widget": q.Widget, "x-title": q.Title, "type": "string"}
	q.typed(o)
	o.word("format", q.Format)
	o.text("x-hint", q.Hint)
	o.text("x-unit", q.Unit)
	o.text("x-pattern-hint", q.PatternHint)
	o.word("pattern", q.Pattern)
	o.word("x-after", q.After)
	o.word("x-before", q.Before)
	o.word("x-autocomplete", q.Autocomplete)
	o.word("x-document", q.Document)
	o.number("minLength", q.MinLength)
	o.number("maxLength", q.MaxLength)
	o.number("minItems", q.MinItems)
	o.number("maxItems", q.MaxItems)
	o.number("x-width", q.Width)
	o.bound("minimum", q.Minimum)
	o.bound("maximum", q.Maximum)
	if q.When != nil {
		o["x-when"] = s.condition(*q.When)
		if q.Required {
			o["x-required"] = true
		}
	}
	var limits []sparse
	for _, l := range q.Limits {
		limit := s.condition(l.When)
		limit.word("after", l.After)
		limit.word("before", l.Before)
		limits = append(limits, limit)
	}
	if limits != nil {
		o["x-limits"] = limits
	}
	return o
}

// typed writes what the JSON Schema of the property says of its type.
func (q Question) typed(o sparse) {
	values, labels := []string{}, map[string]locale.Text{}
	for _, option := range q.Options {
		values, labels[option.Value] = append(values, option.Value), option.Label
	}
	if len(labels) > 0 {
		o["x-labels"] = labels
	}
	switch q.Widget {
	case WidgetNumber:
		if o["type"] = "number"; q.Integer {
			o["type"] = "integer"
		}
	case WidgetCheckbox:
		if o["type"] = "boolean"; q.Required {
			o["const"] = true
		}
	case WidgetRadios, WidgetSelect:
		o["enum"] = values
	case WidgetCheckboxes:
		o["type"], o["items"], o["uniqueItems"] = "array", map[string]any{"type": "string", "enum": values}, true
	case WidgetFile:
		o["type"], o["items"] = "array", map[string]any{"type": "string", "format": "uuid"}
	case WidgetText, WidgetTextarea, WidgetDate, WidgetPhone, WidgetEmail:
	}
}

// condition writes the values as the dialect has them: a tick is true, and not a word.
func (s Sketch) condition(w When) sparse {
	in := []any{}
	_, q := s.Question(w.Field)
	for _, v := range w.Values {
		if q != nil && q.Widget == WidgetCheckbox {
			in = append(in, v == ticked)
		} else {
			in = append(in, v)
		}
	}
	return sparse{"field": w.Field, "in": in}
}

// Question finds a question and its page by the question's name; both are nil when there is none.
func (s Sketch) Question(name string) (*SketchPage, *Question) {
	for i := range s.Pages {
		for j := range s.Pages[i].Questions {
			if s.Pages[i].Questions[j].Name == name {
				return &s.Pages[i], &s.Pages[i].Questions[j]
			}
		}
	}
	return nil, nil
}

// Page finds a page by its id; nil when there is none.
func (s Sketch) Page(id string) *SketchPage {
	for i := range s.Pages {
		if s.Pages[i].ID == id {
			return &s.Pages[i]
		}
	}
	return nil
}

// Clone is a copy of which everything can be changed.
func (s Sketch) Clone() Sketch {
	c := Sketch{Minutes: s.Minutes}
	for _, names := range s.AnyOf {
		c.AnyOf = append(c.AnyOf, slices.Clone(names))
	}
	for _, page := range s.Pages {
		questions := page.Questions
		page.Questions = nil
		for _, q := range questions {
			page.Questions = append(page.Questions, q.Clone())
		}
		c.Pages = append(c.Pages, page)
	}
	return c
}

// Clone is a copy of which everything can be changed.
func (q Question) Clone() Question {
	q.Options, q.Limits = slices.Clone(q.Options), slices.Clone(q.Limits)
	for i := range q.Limits {
		q.Limits[i].When.Values = slices.Clone(q.Limits[i].When.Values)
	}
	if q.When != nil {
		q.When = &When{Field: q.When.Field, Values: slices.Clone(q.When.Values)}
	}
	return q
}

// Draft is the form as it could be filled in now: what was not written in one of the languages stands in the other, and pages
// that ask for nothing are left out. It fails when nothing is asked at all, or when the sketch is no form.
func (s Sketch) Draft() (*Form, error) {
	c := s.Clone()
	c.Pages = slices.DeleteFunc(c.Pages, func(p SketchPage) bool { return len(p.Questions) == 0 })
	for i := range c.Pages {
		page := &c.Pages[i]
		inBoth(&page.Title, &page.Hint)
		for j := range page.Questions {
			q := &page.Questions[j]
			inBoth(&q.Title, &q.Hint, &q.Unit, &q.PatternHint)
			for k := range q.Options {
				inBoth(&q.Options[k].Label)
			}
		}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return Parse(raw)
}

// inBoth fills the language that is missing with the other one.
func inBoth(texts ...*locale.Text) {
	for _, t := range texts {
		if t.UK == "" {
			t.UK = t.EN
		}
		if t.EN == "" {
			t.EN = t.UK
		}
	}
}

// Codes are the names of the formats that a line of text can have: kinds of values with a spelling of their own.
func Codes() []string { return codes() }
