package ui

import (
	"html/template"
	"slices"
	"strings"
	"unicode"
)

// DateInput asks for a day that people know by heart. Items chooses and orders the parts; without it they
// are day, month and year.
type DateInput struct {
	ID           string
	NamePrefix   string
	Items        []DatePart
	Day          *DatePart
	Month        *DatePart
	Year         *DatePart
	Values       map[string]string // what was typed, by the names of the parts
	Fieldset     *Fieldset
	Hint         *Hint
	ErrorMessage *ErrorMessage
	FormGroup    FormGroup
	Classes      string
	Attributes   Attributes
}

// DatePart is the day, the month or the year of a DateInput.
type DatePart struct {
	ID           string
	Name         string // day, month, year
	Label        string
	Value        string
	Error        Bool // which parts the error is about; unset everywhere means all
	Classes      string
	Inputmode    string
	Autocomplete string
	Pattern      string
	Attributes   Attributes
}

type dateInput struct {
	field[any]
	Parts      []Input
	OwnID      string
	Fieldset   *Fieldset
	Classes    string
	Attributes Attributes
}

func (c *Components) newDateInput(d DateInput) dateInput {
	described := ""
	if d.Fieldset != nil {
		described = d.Fieldset.DescribedBy
	}
	view := dateInput{OwnID: d.ID, Fieldset: d.Fieldset, Classes: d.Classes, Attributes: d.Attributes}
	view.field = newField[any](nil, d.ID, "", described, Label{}, d.Hint, d.ErrorMessage, d.FormGroup)
	parts := d.parts()
	marked := slices.ContainsFunc(parts, DatePart.marked)
	for _, p := range parts {
		view.Parts = append(view.Parts, c.datePart(d, p, marked))
	}
	return view
}

// parts returns Items, or day, month and year, with names and values in place.
func (d DateInput) parts() []DatePart {
	standard := []DatePart{named(d.Day, "day"), named(d.Month, "month"), named(d.Year, "year")}
	if len(d.Items) == 0 {
		return standard
	}
	parts := slices.Clone(d.Items)
	for i, p := range parts {
		for _, s := range standard {
			if p.Name == s.Name && p.Value == "" {
				parts[i].Value = s.Value
			}
		}
	}
	return parts
}

func named(p *DatePart, name string) DatePart {
	if p == nil {
		return DatePart{Name: name}
	}
	copied := *p
	if copied.Name == "" {
		copied.Name = name
	}
	return copied
}

// marked says whether the part is said to be wrong.
func (p DatePart) marked() bool {
	return p.Error == Yes || strings.Contains(p.Classes, "govuk-input--error")
}

func (c *Components) datePart(d DateInput, p DatePart, anyMarked bool) Input {
	name := p.Name
	if d.NamePrefix != "" {
		name = d.NamePrefix + "-" + p.Name
	}
	classes := "govuk-date-input__input"
	if p.Error == Yes || (p.Error != No && d.ErrorMessage != nil && !anyMarked) {
		classes += " govuk-input--error"
	}
	if !strings.Contains(p.Classes, "govuk-input--width-") {
		classes += map[bool]string{true: " govuk-input--width-4", false: " govuk-input--width-2"}[d.isYear(p)]
	}
	in := Input{
		ID: p.ID, Name: name, Value: p.Value, Type: "text", Inputmode: p.Inputmode, Autocomplete: p.Autocomplete,
		Pattern: p.Pattern, Attributes: p.Attributes, Classes: join(classes, p.Classes),
		Label: Label{Content: Content{Text: c.partLabel(p)}, Classes: "govuk-date-input__label"},
	}
	if in.ID == "" {
		in.ID = d.ID + "-" + p.Name
	}
	if in.Inputmode == "" {
		in.Inputmode = "numeric"
	}
	if in.Value == "" {
		in.Value = d.Values[name]
	}
	return in
}

// isYear says whether the part is the year, which is wider.
func (d DateInput) isYear(p DatePart) bool {
	return p.Name == "year" || (d.Year != nil && d.Year.Name != "" && p.Name == d.Year.Name)
}

func (c *Components) partLabel(p DatePart) string {
	switch p.Name {
	case "day", "month", "year":
		if p.Label == "" {
			return c.printer.T("ui.date." + p.Name)
		}
	}
	if p.Label != "" || p.Name == "" {
		return p.Label
	}
	runes := []rune(p.Name)
	return string(unicode.ToUpper(runes[0])) + string(runes[1:])
}

// dateInput asks for the day that web.Form.Date reads back. A problem is about the whole date (it has the field's name)
// or about one part («field-month»), which alone is marked then. The part to mend has the name of the problem's field as
// its id, so that the error summary leads to it; the first part stands for the whole date.
func (c *Components) dateInput(form Fields, name, legend string) DateInput {
	d := DateInput{
		ID: name + "-date", NamePrefix: name, Fieldset: legendOf(legend), ErrorMessage: c.problem(form, name),
		Values: map[string]string{},
	}
	for i, part := range []string{"day", "month", "year"} {
		field := name + "-" + part
		d.Values[field] = form.Value(field)
		item := DatePart{Name: part, ID: field}
		if part == "month" {
			item.Classes = "govuk-input--width-4" // its name fits too
		}
		switch message := c.problem(form, field); {
		case message != nil && d.ErrorMessage == nil:
			d.ErrorMessage, item.Error = message, Yes
			item.Attributes = Attributes{"aria-invalid": "true"}
		case i == 0:
			item.ID = name
		}
		if _, whole := form.Problem(name); whole {
			item.Attributes = Attributes{"aria-invalid": "true"}
		}
		d.Items = append(d.Items, item)
	}
	return d
}

// concat joins rendered components, where one component takes others.
func concat(parts ...template.HTML) template.HTML {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(string(p))
	}
	return template.HTML(b.String()) // #nosec G203 -- each part is HTML already
}
