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
	case f.Format != "":
		return f.checkFormat(v)
	case length > f.MaxLength:
		return f.problem("forms.too_long", f.MaxLength)
	case length < f.MinLength:
		return f.problem("forms.too_short", f.MinLength)
	case f.Pattern != nil && !f.Pattern.MatchString(v):
		return f.problem("forms.pattern", f.PatternHint)
	}
	return none
}

// checkFormat judges a value with a spelling of its own: what is right but not in that spelling was changed on its way.
func (f *Field) checkFormat(v string) fault.FieldError {
	kept, err := formats[f.Format].parse(v)
	switch {
	case err != nil:
		return f.problem(fault.MessageKey(err))
	case kept != v, utf8.RuneCountInString(v) > f.MaxLength:
		return f.problem("forms.wrong")
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

var uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
