package formtree

import (
	"reflect"
	"strconv"
	"strings"
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
