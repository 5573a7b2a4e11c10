// Package formtree is forms whose field names are paths into a struct: documents.2.name.uk is the field uk
// of the field name of the third of the documents. Names come from json tags. Rows of lists are added,
// removed and moved by submit buttons, so that such forms work without JavaScript. It knows no domain; it
// may import google/uuid, shared/fault, shared/plain and the standard library.
package formtree

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/plain"
)

// MaxRows is more rows than any list of ours has.
const MaxRows = 200

var uuidType = reflect.TypeFor[uuid.UUID]()

// Encode returns the form values of v, a struct or a pointer to one.
func Encode(v any) url.Values {
	values := url.Values{}
	encode(values, "", reflect.Indirect(reflect.ValueOf(v)))
	return values
}

func encode(values url.Values, path string, v reflect.Value) {
	switch {
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			encode(values, path, v.Elem())
		}
	case v.Type() == uuidType:
		if id := v.Interface().(uuid.UUID); id != uuid.Nil {
			values.Set(path, id.String())
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if name, ok := fieldName(v.Type().Field(i)); ok {
				encode(values, under(path, name), v.Field(i))
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			row := under(path, strconv.Itoa(i))
			values.Set(row+".row", "") // a row of only empty fields is still a row
			encode(values, row, v.Index(i))
		}
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			encode(values, under(path, strconv.Itoa(i)), v.Index(i))
		}
	case v.Kind() == reflect.Bool:
		if v.Bool() {
			values.Set(path, "true")
		}
	default:
		values.Set(path, fmt.Sprint(v.Interface()))
	}
}

// fieldName is the name of a struct's field in a form; fields without a json tag, and those tagged form:"-", are not part of forms.
func fieldName(f reflect.StructField) (string, bool) {
	if f.Tag.Get("form") == "-" {
		return "", false
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, name != "" && name != "-"
}

func under(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// Decode fills into, a pointer to a struct, with what was typed. Numbers and ids that cannot be read are
// returned as field errors; numbering of rows may have gaps, which close.
func Decode(values url.Values, into any) []fault.FieldError {
	d := decoder{values: values}
	d.decode("", reflect.ValueOf(into).Elem())
	return d.wrong
}

type decoder struct {
	values url.Values
	wrong  []fault.FieldError
}

func (d *decoder) decode(path string, v reflect.Value) {
	text := strings.TrimSpace(d.values.Get(path))
	switch {
	case v.Kind() == reflect.Pointer:
		if text != "" {
			v.Set(reflect.New(v.Type().Elem()))
			d.decode(path, v.Elem())
		}
	case v.Type() == uuidType:
		d.id(path, text, v)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if name, ok := fieldName(v.Type().Field(i)); ok {
				d.decode(under(path, name), v.Field(i))
			}
		}
	case v.Kind() == reflect.Slice:
		d.rows(path, v)
	case v.Kind() == reflect.Array: // places that have a meaning, such as days of the week
		for i := range v.Len() {
			d.decode(under(path, strconv.Itoa(i)), v.Index(i))
		}
	case v.Kind() == reflect.Bool:
		v.SetBool(text == "true")
	case v.Kind() == reflect.Int:
		d.number(path, text, v)
	case v.Kind() == reflect.String:
		v.SetString(text)
	}
}

func (d *decoder) id(path, text string, v reflect.Value) {
	if text == "" {
		return
	}
	id, err := uuid.Parse(text)
	if err != nil {
		d.wrong = append(d.wrong, fault.FieldError{Field: path, Key: "form.choice"})
		return
	}
	v.Set(reflect.ValueOf(id))
}

func (d *decoder) number(path, text string, v reflect.Value) {
	if text == "" {
		return
	}
	n, err := strconv.Atoi(plain.WithoutSpaces(text))
	if err != nil || n > 1_000_000 || n < -1_000_000 { // what a number may be is the domain's to say
		d.wrong = append(d.wrong, fault.FieldError{Field: path, Key: "form.number"})
		return
	}
	v.SetInt(int64(n))
}

// rows decodes a list. What is wrong in a row is reported under the number that the row gets.
func (d *decoder) rows(path string, v reflect.Value) {
	indexes := d.indexes(path)
	list := reflect.MakeSlice(v.Type(), len(indexes), len(indexes))
	for i, index := range indexes {
		row := decoder{values: d.values}
		from, to := under(path, strconv.Itoa(index)), under(path, strconv.Itoa(i))
		row.decode(from, list.Index(i))
		for _, w := range row.wrong {
			w.Field = to + strings.TrimPrefix(w.Field, from)
			d.wrong = append(d.wrong, w)
		}
	}
	v.Set(list)
}

// indexes are the numbers of the rows under path that were sent, in order.
func (d *decoder) indexes(path string) []int {
	var found []int
	for name := range d.values {
		rest, ok := strings.CutPrefix(name, path+".")
		if !ok {
			continue
		}
		first, _, _ := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(first); err == nil && n >= 0 && n < 10*MaxRows && !slices.Contains(found, n) {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return found[:min(len(found), MaxRows)]
}
