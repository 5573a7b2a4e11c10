package forms

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/ukr"
)

// Missing returns the problem of a required field that is empty.
func (f *Field) missing() fault.FieldError {
	key := "forms.required"
	switch f.Widget {
	case WidgetRadios, WidgetSelect, WidgetCheckboxes:
		key = "forms.required_choice"
	case WidgetCheckbox:
		key = "forms.required_tick"
	case WidgetFile:
		key = "forms.required_file"
	}
	return f.problem(key)
}

func (f *Field) problem(key string, args ...any) fault.FieldError {
	return fault.FieldError{Field: f.Name, Key: key, Args: append([]any{f.Title}, args...)}
}

// check judges one answer on the calendar day of now in Kyiv. nil means that nothing is wrong.
func (f *Field) check(answer any, now time.Time) *fault.FieldError {
	var p fault.FieldError
	switch v := answer.(type) {
	case nil:
		if !f.Required && !f.MustTick {
			return nil
		}
		p = f.missing()
	case string:
		p = f.checkString(v, now)
	case json.Number:
		p = f.checkNumber(v)
	case bool:
		p = f.checkTick(v)
	case []string:
		p = f.checkList(v)
	default:
		p = f.problem("forms.wrong")
	}
	if p.Key == "" {
		return nil
	}
	return &p
}

var none fault.FieldError

func (f *Field) checkTick(v bool) fault.FieldError {
	switch {
	case f.Widget != WidgetCheckbox:
		return f.problem("forms.wrong")
	case !v && (f.Required || f.MustTick):
		return f.missing()
	}
	return none
}

func (f *Field) checkString(v string, now time.Time) fault.FieldError {
	switch f.Widget {
	case WidgetText, WidgetTextarea, WidgetPhone, WidgetEmail:
		return f.checkText(v)
	case WidgetDate:
		return f.checkDate(v, now)
	case WidgetRadios, WidgetSelect:
		if f.option(v) == nil {
			return f.problem("forms.required_choice")
		}
		return none
	}
	return f.problem("forms.wrong")
}

func (f *Field) checkText(v string) fault.FieldError {
	length := utf8.RuneCountInString(v)
	switch {
	case !utf8.ValidString(v):
		return f.problem("forms.wrong")
	case length == 0:
		return f.missing()
	case length > f.MaxLength:
		return f.problem("forms.too_long", f.MaxLength)
	case length < f.MinLength:
		return f.problem("forms.too_short", f.MinLength)
	case f.Pattern != nil && !f.Pattern.MatchString(v):
		return f.problem("forms.pattern", f.PatternHint)
	}
	if valid := formats[f.Format]; valid != nil && !valid(v) {
		return f.problem("forms.format." + f.Format)
	}
	return none
}

func (f *Field) checkDate(v string, now time.Time) fault.FieldError {
	day, err := time.Parse(time.DateOnly, v)
	if err != nil {
		return f.problem("forms.date")
	}
	y, m, d := now.In(locale.Kyiv()).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if !f.After.isZero() && day.Before(f.After.on(today)) {
		return f.problem("forms.date_after", day8(f.After.on(today)))
	}
	if !f.Before.isZero() && day.After(f.Before.on(today)) {
		return f.problem("forms.date_before", day8(f.Before.on(today)))
	}
	return none
}

// day8 gives the printer a moment that is this day in Kyiv.
func day8(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, locale.Kyiv())
}

func (f *Field) checkNumber(v json.Number) fault.FieldError {
	n, err := v.Float64()
	switch {
	case f.Widget != WidgetNumber:
		return f.problem("forms.wrong")
	case err != nil, math.Abs(n) > 1e15:
		return f.problem("forms.number")
	case f.Integer && n != math.Trunc(n):
		return f.problem("forms.integer")
	case f.Minimum != nil && n < *f.Minimum:
		return f.problem("forms.minimum", f.limit(*f.Minimum))
	case f.Maximum != nil && n > *f.Maximum:
		return f.problem("forms.maximum", f.limit(*f.Maximum))
	}
	return none
}

// limit is a bound as the printer writes it.
func (f *Field) limit(n float64) any {
	if n == math.Trunc(n) {
		return int64(n)
	}
	return n
}

func (f *Field) checkList(v []string) fault.FieldError {
	sorted := slices.Sorted(slices.Values(v))
	switch {
	case f.Widget != WidgetCheckboxes && f.Widget != WidgetFile:
		return f.problem("forms.wrong")
	case len(slices.Compact(sorted)) != len(v):
		return f.problem("forms.wrong")
	case len(v) == 0 && (f.Required || f.MinItems > 0):
		return f.missing()
	case len(v) < f.MinItems:
		return f.problem("forms.too_few", f.MinItems)
	case f.MaxItems > 0 && len(v) > f.MaxItems:
		return f.problem("forms.too_many", f.MaxItems)
	}
	for _, item := range v {
		if f.Widget == WidgetCheckboxes && f.option(item) == nil || f.Widget == WidgetFile && !uuidPattern.MatchString(item) {
			return f.problem("forms.wrong")
		}
	}
	return none
}

func (f *Field) option(value string) *Option {
	for i := range f.Options {
		if f.Options[i].Value == value {
			return &f.Options[i]
		}
	}
	return nil
}

var (
	uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	ibanPattern = regexp.MustCompile(`^UA[0-9]{27}$`)
)

// formats are the values with rules of their own, in their normal form.
var formats = map[string]func(string) bool{
	"phone":            plain.IsPhone,
	"email":            plain.IsEmail,
	"tax-number":       func(s string) bool { _, err := ukr.ParseTaxNumber(s); return err == nil },
	"edrpou":           func(s string) bool { _, err := ukr.ParseEDRPOU(s); return err == nil },
	"cadastral-number": func(s string) bool { _, err := ukr.ParseCadastralNumber(s); return err == nil },
	"iban":             validIBAN,
}

// validIBAN checks a Ukrainian account number (ISO 13616: 97 divides number and country with remainder 1).
func validIBAN(s string) bool {
	if !ibanPattern.MatchString(s) {
		return false
	}
	rest := 0
	for _, c := range s[4:] + "3010" + s[2:4] { // U=30, A=10
		rest = (rest*10 + int(c-'0')) % 97
	}
	return rest == 1
}
