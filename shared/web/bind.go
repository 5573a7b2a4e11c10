package web

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

var (
	timeType  = reflect.TypeFor[time.Time]()
	moneyType = reflect.TypeFor[locale.Money]()
)

// Bind fills the fields of the struct behind dst that have a `form:"name"` tag: string, bool, whole
// numbers, locale.Money, []string, and time.Time for a date input (name-day, name-month, name-year,
// midnight in Kyiv). What cannot be read becomes a problem of its field and leaves the zero value; an
// empty field is the zero value and no problem. It panics when dst has a tag on another type.
func (f *Form) Bind(dst any) { eachField(reflect.ValueOf(dst).Elem(), f.bind) }

// eachField calls do for every field with a form tag, those of embedded structs too.
func eachField(v reflect.Value, do func(name string, field reflect.Value)) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("form")
		switch {
		case name != "":
			do(name, v.Field(i))
		case v.Type().Field(i).Anonymous && v.Field(i).Kind() == reflect.Struct:
			eachField(v.Field(i), do)
		}
	}
}

func (f *Form) bind(name string, v reflect.Value) {
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(f.Date(name)))
		return
	case v.Type() == moneyType:
		f.bindMoney(name, v)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.Value(name))
	case reflect.Bool:
		v.SetBool(truth(f.Value(name)))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		f.bindInt(name, v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.String {
			bindStrings(f.Values(name), v)
			return
		}
		fallthrough
	default:
		panic(fmt.Sprintf("form field %q: a %s cannot be read from a form", name, v.Type()))
	}
}

func truth(s string) bool { return s != "" && s != "false" && s != "no" && s != "0" }

func bindStrings(values []string, v reflect.Value) {
	v.Set(reflect.MakeSlice(v.Type(), 0, len(values)))
	for _, s := range values {
		v.Set(reflect.Append(v, reflect.ValueOf(strings.TrimSpace(s)).Convert(v.Type().Elem())))
	}
}

func (f *Form) bindInt(name string, v reflect.Value) {
	s := plain.WithoutSpaces(f.Value(name))
	if s == "" {
		return
	}
	n, err := strconv.ParseInt(s, 10, v.Type().Bits())
	if err != nil {
		f.Add(name, "form.number")
		return
	}
	v.SetInt(n)
}

func (f *Form) bindMoney(name string, v reflect.Value) {
	s := f.Value(name)
	if s == "" {
		return
	}
	m, err := locale.ParseMoney(s)
	if err != nil {
		f.Add(name, "form.money")
		return
	}
	v.SetInt(int64(m))
}

// Date reads a date input: the day that was typed, at midnight in Kyiv, or zero. What keeps it from being a day is a
// problem of that part.
func (f *Form) Date(name string) time.Time {
	day, month, year := f.Value(name+"-day"), f.Value(name+"-month"), f.Value(name+"-year")
	if day == "" && month == "" && year == "" {
		return time.Time{}
	}
	at, wrong := plain.Day(day, month, year)
	if wrong != "" {
		f.Add(name+"-"+wrong.Part(), "form."+string(wrong))
		return time.Time{}
	}
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, locale.Kyiv())
}

// FormOf makes the form that shows what src, a struct like those Bind fills, holds.
func FormOf(src any) *Form {
	values := url.Values{}
	eachField(reflect.Indirect(reflect.ValueOf(src)), func(name string, field reflect.Value) {
		unbind(values, name, field)
	})
	return &Form{values: values}
}

func unbind(values url.Values, name string, v reflect.Value) {
	switch x := v.Interface().(type) {
	case time.Time:
		if !x.IsZero() {
			x = x.In(locale.Kyiv())
			values.Set(name+"-day", strconv.Itoa(x.Day()))
			values.Set(name+"-month", strconv.Itoa(int(x.Month())))
			values.Set(name+"-year", strconv.Itoa(x.Year()))
		}
	case locale.Money:
		if x != 0 {
			values.Set(name, strings.Replace(strings.TrimSuffix(x.String(), ".00"), ".", ",", 1))
		}
	default:
		unbindKind(values, name, v)
	}
}

func unbindKind(values url.Values, name string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		values.Set(name, v.String())
	case reflect.Bool:
		if v.Bool() {
			values.Set(name, "true")
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if v.Int() != 0 {
			values.Set(name, strconv.FormatInt(v.Int(), 10))
		}
	case reflect.Slice:
		for i := range v.Len() {
			values.Add(name, v.Index(i).String())
		}
	default:
		panic(fmt.Sprintf("form field %q: a %s cannot be shown in a form", name, v.Type()))
	}
}
