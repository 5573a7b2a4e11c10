package publisher

import (
	"slices"
	"strings"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/relation"
)

// rowFilter is the SQL of a row filter together with the table that it reads.
type rowFilter struct {
	where string
	info  *relation.Table
}

func (t Table) rowFilter() rowFilter { return rowFilter{t.Where, t.Info} }

// columns returns the table's columns that the filter may read.
func (f rowFilter) columns() []string {
	var names []string
	for _, name := range whitelist.Names(f.where) {
		if _, ok := f.info.Column(name); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// moments are the words that PostgreSQL reads as the present when they begin a literal of a date or time.
var moments = []string{"now", "today", "tomorrow", "yesterday"}

// findMoment returns a literal that depends on when it is read, "" if there is none. The publication would keep the moment at which
// it was made, while each load and each comparison would use its own.
func (f rowFilter) findMoment() string {
	if !f.readsTime() {
		return ""
	}
	for _, l := range whitelist.Literals(f.where) {
		if c, ok := f.info.Column(l.After); ok && !isTimeType(c.Type) { // the literal is compared with a column of another type
			continue
		}
		words := strings.FieldsFunc(strings.ToLower(l.Text), func(r rune) bool { return r < 'a' || r > 'z' })
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(moments, w) }) {
			return l.Text
		}
	}
	return ""
}

// readsTime reports whether the filter reads a date or time column, or casts to such a type.
func (f rowFilter) readsTime() bool {
	for _, name := range whitelist.Names(f.where) {
		if c, ok := f.info.Column(name); ok && isTimeType(c.Type) || !ok && isTimeType(strings.ToLower(name)) {
			return true
		}
	}
	return false
}

// isTimeType reports whether a type holds dates or times.
func isTimeType(name string) bool {
	return strings.HasPrefix(name, "date") || strings.HasPrefix(name, "time") || strings.HasPrefix(name, "ts") && strings.Contains(name, "range")
}
