package forms

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"portal.example/shared/fault"
	"portal.example/shared/plain"
)

// Posted is a form as it was sent; web.Form is one. What was typed stays in it, so a page that comes back shows it.
type Posted interface {
	Value(name string) string
	Values(name string) []string
	Set(name string, values ...string)
	Add(field, key string, args ...any)
}

// Bind reads the fields of one step into a and adds what is wrong to p. Fields that are not asked given what was
// posted are dropped; files are left alone, as they are stored when they arrive.
func (f *Form) Bind(s Step, p Posted, a Answers, now time.Time) {
	for _, field := range s.Fields {
		if field.Widget == WidgetFile {
			continue
		}
		delete(a, field.Name)
		if !f.Visible(field, a) {
			continue
		}
		answer := field.read(p)
		if answer != nil {
			a[field.Name] = answer
		}
		problem := f.under(field, a).check(answer, now)
		if answer == noDay && field.Widget == WidgetDate {
			problem = field.dayProblem(p)
		}
		if problem != nil {
			p.Add(problem.Field, problem.Key, problem.Args...)
		}
	}
	f.Prune(a)
	for _, problem := range f.checkGroups(s, a) {
		p.Add(problem.Field, problem.Key, problem.Args...)
	}
}

// read takes the field's value from what was posted, in its normal form; nil when there is none.
func (f *Field) read(p Posted) any {
	typed := plain.Line(p.Value(f.Name))
	switch f.Widget {
	case WidgetDate:
		return readDate(p, f.Name)
	case WidgetCheckbox:
		if typed == "" {
			return nil
		}
		return typed == "true"
	case WidgetCheckboxes:
		return f.readList(p)
	case WidgetNumber:
		return readNumber(typed)
	case WidgetTextarea:
		typed = plain.Lines(p.Value(f.Name))
	case WidgetPhone, WidgetEmail, WidgetText, WidgetRadios, WidgetSelect, WidgetFile:
		typed = f.normal(typed)
	}
	if typed == "" {
		return nil
	}
	return typed
}

// normal gives a value with a spelling of its own that spelling; anything else stays as it was typed.
func (f *Field) normal(typed string) string {
	if format, ok := formats[f.Format]; ok {
		if kept, err := format.parse(typed); err == nil {
			return kept
		}
	}
	return typed
}

func (f *Field) readList(p Posted) any {
	var chosen []string
	for _, v := range p.Values(f.Name) {
		if v != "" && !slices.Contains(chosen, v) {
			chosen = append(chosen, v)
		}
	}
	if chosen == nil {
		return nil
	}
	return chosen
}

var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$`)

// readNumber takes spaces between thousands and a comma; what is no number becomes one that check refuses.
func readNumber(typed string) any {
	if typed == "" {
		return nil
	}
	s := strings.ReplaceAll(strings.Join(strings.FieldsFunc(typed, unicode.IsSpace), ""), ",", ".")
	if rest, ok := strings.CutPrefix(s, "−"); ok {
		s = "-" + rest
	}
	s = strings.TrimLeft(s, "0")
	if s == "" || s[0] == '.' {
		s = "0" + s
	}
	if !plainNumber.MatchString(s) {
		return json.Number("")
	}
	return json.Number(s)
}

// noDay is the answer to a date of which no day can be made.
const noDay = "?"

// dayProblem says which part of a date keeps it from being a day. The page marks that part alone.
func (f *Field) dayProblem(p Posted) *fault.FieldError {
	_, wrong := plain.Day(p.Value(f.Name+"-day"), p.Value(f.Name+"-month"), p.Value(f.Name+"-year"))
	e := f.problem("forms." + string(wrong))
	e.Field = f.Name + "-" + wrong.Part()
	return &e
}

// readDate joins the three parts; what is no day becomes a value that check refuses.
func readDate(p Posted, name string) any {
	day, month, year := p.Value(name+"-day"), p.Value(name+"-month"), p.Value(name+"-year")
	if day == "" && month == "" && year == "" {
		return nil
	}
	at, wrong := plain.Day(day, month, year)
	if wrong != "" {
		return noDay
	}
	return at.Format(time.DateOnly)
}

// Fill puts the answers of a step into p, for the page that shows them for changing.
func (f *Form) Fill(s Step, a Answers, p Posted) {
	for _, field := range s.Fields {
		switch v := a[field.Name].(type) {
		case string:
			if day, err := time.Parse(time.DateOnly, v); err == nil && field.Widget == WidgetDate {
				p.Set(field.Name+"-day", strconv.Itoa(day.Day()))
				p.Set(field.Name+"-month", strconv.Itoa(int(day.Month())))
				p.Set(field.Name+"-year", strconv.Itoa(day.Year()))
				continue
			}
			p.Set(field.Name, v)
		case json.Number:
			p.Set(field.Name, v.String())
		case bool:
			p.Set(field.Name, strconv.FormatBool(v))
		case []string:
			if field.Widget == WidgetCheckboxes {
				p.Set(field.Name, v...)
			}
		}
	}
}
