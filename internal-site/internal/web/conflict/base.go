package conflict

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// BaseField is the hidden field of an edit form that says what was saved when the form was opened, so that a conflict
// tells what somebody changed from what they only saw. Whoever changed nothing in a field takes what is saved.
const BaseField = "base"

// part is the end of a name that belongs to one row of a list, or to one box of a date.
var part = regexp.MustCompile(`(\.\d+(\..*)?|-(day|month|year))$`)

// Base describes the values of a form, field by field: a list of rows counts as one field.
func Base(values url.Values) string {
	var marks []string
	for field, mark := range marksOf(values) {
		marks = append(marks, field+"="+mark)
	}
	slices.Sort(marks)
	return strings.Join(marks, " ")
}

// marksOf hashes what each field holds; fields that are empty have no mark.
func marksOf(values url.Values) map[string]string {
	lines := map[string][]string{}
	for name, list := range values {
		if name == "version" || name == "do" || name == BaseField || strings.HasPrefix(name, pick) || strings.HasSuffix(name, ".row") {
			continue
		}
		field := part.ReplaceAllString(name, "")
		for _, v := range list {
			if v = strings.TrimSpace(v); v != "" {
				lines[field] = append(lines[field], name+"\x00"+v)
			}
		}
	}
	marks := map[string]string{}
	for field, list := range lines {
		slices.Sort(list)
		h := fnv.New64a()
		for _, line := range list {
			_, _ = h.Write([]byte(line + "\x01"))
		}
		marks[field] = fmt.Sprintf("%x", h.Sum64())
	}
	return marks
}

// untouched returns whether a field holds what it held when the form was opened. A form that does not say what that was
// leaves every field touched.
func untouched(typed url.Values) func(field string) bool {
	opened, base := map[string]string{}, typed.Get(BaseField)
	for mark := range strings.FieldsSeq(base) {
		field, hash, _ := strings.Cut(mark, "=")
		opened[field] = hash
	}
	now := marksOf(typed)
	return func(field string) bool { // which may have parts: a text in two languages, a fee
		for _, marks := range []map[string]string{opened, now} {
			for name := range marks {
				if belongs(name, field) && opened[name] != now[name] {
					return false
				}
			}
		}
		return base != ""
	}
}
