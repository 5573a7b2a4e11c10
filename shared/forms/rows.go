package forms

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"portal.example/shared/locale"
)

// Row is one answer in words, for the check page and for staff.
type Row struct {
	Step  string // id of the step
	Field string
	Label string
	// Values are the answer; more than one for checkboxes; none when the question was left empty.
	Values []string
	// Files are ids of attachments, for a field of files.
	Files  []string
	IsFile bool
}

// Text is the values on lines of their own.
func (r Row) Text() string { return strings.Join(r.Values, "\n") }

// Rows returns every question that was asked with its answer, in the order of the form.
func (f *Form) Rows(a Answers, p *locale.Printer) []Row {
	var rows []Row
	for _, s := range f.Steps {
		for _, field := range s.Fields {
			if !f.Visible(field, a) {
				continue
			}
			row := Row{Step: s.ID, Field: field.Name, Label: in(field.Title, p), IsFile: field.Widget == WidgetFile}
			if row.IsFile {
				row.Files, _ = a[field.Name].([]string)
			} else {
				row.Values = field.words(a[field.Name], p)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func in(t locale.Text, p *locale.Printer) string {
	s, _ := t.In(p.Lang())
	return s
}

func (f *Field) words(answer any, p *locale.Printer) []string {
	switch v := answer.(type) {
	case string:
		return []string{f.stringWords(v, p)}
	case json.Number:
		return []string{strings.TrimSpace(numberWords(v, p) + " " + in(f.Unit, p))}
	case bool:
		return []string{p.T("forms.tick." + strconv.FormatBool(v))}
	case []string:
		out := make([]string, len(v))
		for i, item := range v {
			out[i] = f.stringWords(item, p)
		}
		return out
	}
	if f.Widget == WidgetCheckbox {
		return []string{p.T("forms.tick.false")} // a box that was left alone is an answer
	}
	return nil
}

func (f *Field) stringWords(v string, p *locale.Printer) string {
	if o := f.option(v); o != nil {
		return in(o.Label, p)
	}
	if day, err := time.Parse(time.DateOnly, v); err == nil && f.Widget == WidgetDate {
		return p.Date(day8(day))
	}
	if unit := in(f.Unit, p); unit != "" {
		return v + " " + unit
	}
	return v
}

func numberWords(v json.Number, p *locale.Printer) string {
	if n, err := v.Int64(); err == nil {
		return p.Number(n)
	}
	n, err := v.Float64()
	if err != nil {
		return v.String()
	}
	return p.Decimal(n, -1)
}
