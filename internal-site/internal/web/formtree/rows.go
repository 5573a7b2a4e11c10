package formtree

import (
	"errors"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"portal.example/shared/fault"
)

// Do changes a list of into, a pointer to a struct, as a button asked: "add documents",
// "remove documents 2", "up documents 2", "down documents 2". It returns the id of the element that the
// reader wants to see next, and false when the command is none of these.
func Do(into any, command string) (focus string, ok bool) {
	words := strings.Fields(command)
	if len(words) < 2 || len(words) > 3 {
		return "", false
	}
	list := find(reflect.ValueOf(into).Elem(), words[1])
	if !list.IsValid() || list.Kind() != reflect.Slice {
		return "", false
	}
	n := list.Len()
	if words[0] == "add" && len(words) == 2 {
		if n < MaxRows {
			list.Set(reflect.Append(list, reflect.New(list.Type().Elem()).Elem()))
		}
		return words[1] + "-" + strconv.Itoa(n), true
	}
	if len(words) != 3 {
		return "", false
	}
	i, err := strconv.Atoi(words[2])
	if err != nil || i < 0 || i >= n {
		return "", false
	}
	return change(list, words[0], words[1], i)
}

// change removes or moves the row i.
func change(list reflect.Value, verb, path string, i int) (focus string, ok bool) {
	swap := reflect.Swapper(list.Interface())
	switch verb {
	case "remove":
		list.Set(reflect.AppendSlice(list.Slice(0, i), list.Slice(i+1, list.Len())))
		return path, true
	case "up":
		to := max(i-1, 0)
		swap(i, to)
		return path + "-" + strconv.Itoa(to), true
	case "down":
		to := min(i+1, list.Len()-1)
		swap(i, to)
		return path + "-" + strconv.Itoa(to), true
	}
	return "", false
}

// Moved is the name of a field after Do has obeyed the command: its row may have another number. It is false for a field of
// a row that was removed.
func Moved(done any, command, field string) (name string, ok bool) {
	words := strings.Fields(command)
	if len(words) != 3 {
		return field, true
	}
	rest, within := strings.CutPrefix(field, words[1]+".")
	number, tail, _ := strings.Cut(rest, ".")
	row, errRow := strconv.Atoi(number)
	i, err := strconv.Atoi(words[2])
	list := find(reflect.ValueOf(done).Elem(), words[1])
	if !within || errRow != nil || err != nil || !list.IsValid() || list.Kind() != reflect.Slice {
		return field, true
	}
	to := row
	switch words[0] {
	case "remove":
		if row == i {
			return "", false
		}
		if row > i {
			to--
		}
	case "up":
		to = swapped(row, i, max(i-1, 0))
	case "down":
		to = swapped(row, i, min(i+1, list.Len()-1))
	}
	return words[1] + "." + strconv.Itoa(to) + "." + tail, true
}

// swapped is the number that a row has after the rows a and b have changed places.
func swapped(row, a, b int) int {
	switch row {
	case a:
		return b
	case b:
		return a
	}
	return row
}

// WithoutBlankRows leaves out of the field errors of err those of rows in which nothing has been typed yet. values is the
// form; an error without any field error left is nil.
func WithoutBlankRows(err error, values url.Values) error {
	var e *fault.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	var left []fault.FieldError
	for _, f := range e.Fields {
		if !isInBlankRow(f.Field, values) {
			left = append(left, f)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return fault.InvalidFields(left...)
}

var inRow = regexp.MustCompile(`^.*\.\d+\.`)

func isInBlankRow(field string, values url.Values) bool {
	row := inRow.FindString(field)
	if row == "" {
		return false
	}
	for name, typed := range values {
		if strings.HasPrefix(name, row) && strings.TrimSpace(strings.Join(typed, "")) != "" {
			return false
		}
	}
	return true
}

// find follows a path of names into a struct.
func find(v reflect.Value, path string) reflect.Value {
	for name := range strings.SplitSeq(path, ".") {
		if v.Kind() != reflect.Struct {
			return reflect.Value{}
		}
		v = field(v, name)
		if !v.IsValid() {
			return v
		}
	}
	return v
}

func field(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		if n, ok := fieldName(v.Type().Field(i)); ok && n == name {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}
