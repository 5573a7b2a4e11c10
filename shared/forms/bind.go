package forms

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"portal.example/shared/plain"
	"portal.example/shared/ukr"
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
		if problem := field.check(answer, now); problem != nil {
			p.Add(problem.Field, problem.Key, problem.Args...)
		}
	}
	f.Prune(a)
}

// read takes the field's value from what was posted, in its normal form; nil when there is none.
func (f *Field) read(p Posted) any {
	typed := plain.Line(p.Value(f.Name))
	switch f.Widget {
	case WidgetDate:
		return f.readDate(p)
	case WidgetCheckbox:
		if typed == "" {
			return nil
		}
		return typed == "true"
	case WidgetCheckboxes:
		return f.readList(p)
	case WidgetNumber:
		return readNumber(typed)
	case WidgetPhone:
		typed = normalPhone(typed)
	case WidgetTextarea:
		typed = plain.Lines(p.Value(f.Name))
	case WidgetEmail, WidgetText, WidgetRadios, WidgetSelect, WidgetFile:
		typed = f.normal(typed)
	}
	if typed == "" {
		return nil
	}
	return typed
}

// normal gives codes the spelling in which they are kept; what is no code stays as it was typed.
func (f *Field) normal(typed string) string {
	switch f.Format {
	case "tax-number":
		if n, err := ukr.ParseTaxNumber(typed); err == nil {
			return string(n)
		}
	case "edrpou":
		if n, err := ukr.ParseEDRPOU(typed); err == nil {
			return string(n)
		}
	case "cadastral-number":
		if n, err := ukr.ParseCadastralNumber(typed); err == nil {
			return string(n)
		}
	case "iban":
		return strings.ToUpper(strings.Join(strings.Fields(typed), ""))
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

var notDigits = regexp.MustCompile(`[^0-9]+`)

// normalPhone writes a Ukrainian number as +380…, a foreign one with its plus; anything else stays as typed.
func normalPhone(typed string) string {
	digits := notDigits.ReplaceAllString(typed, "")
	switch {
	case strings.HasPrefix(typed, "+"):
		return "+" + digits
	case len(digits) == 10 && digits[0] == '0':
		return "+38" + digits
	case len(digits) == 12 && strings.HasPrefix(digits, "380"):
		return "+" + digits
	}
	return typed
}

var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$`)

// readNumber takes spaces between thousands and a comma; what is no number becomes one that check refuses.
func readNumber(typed string) any {
	if typed == "" {
		return nil
	}
	s := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".", "−", "-").Replace(typed)
	s = strings.TrimLeft(s, "0")
	if s == "" || s[0] == '.' {
		s = "0" + s
	}
	if !plainNumber.MatchString(s) {
		return json.Number("")
	}
	return json.Number(s)
}

// readDate joins the three parts; half a date becomes one that check refuses.
func (f *Field) readDate(p Posted) any {
	day, month, year := p.Value(f.Name+"-day"), p.Value(f.Name+"-month"), p.Value(f.Name+"-year")
	if day == "" && month == "" && year == "" {
		return nil
	}
	d, errD := strconv.Atoi(day)
	m, errM := strconv.Atoi(month)
	y, errY := strconv.Atoi(year)
	if errD != nil || errM != nil || errY != nil || len(year) != 4 {
		return "?"
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
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
