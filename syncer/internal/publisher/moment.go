package publisher

import (
	"slices"
	"strings"

	"portal.example/shared/whitelist"
)

// moments are the words that PostgreSQL reads as the present when they begin a literal of a date or time.
var moments = []string{"now", "today", "tomorrow", "yesterday"}

// momentary finds a literal of the row filter that means another moment each time it is read: in the publication it would be the
// moment at which that was made, in a load or a comparison the moment of those.
func (t Table) momentary() string {
	if !t.filterKnowsTime() {
		return ""
	}
	for _, l := range whitelist.Literals(t.Where) {
		if c, ok := t.Info.Column(l.After); ok && !timely(c.Type) { // the text of that column
			continue
		}
		words := strings.FieldsFunc(strings.ToLower(l.Text), func(r rune) bool { return r < 'a' || r > 'z' })
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(moments, w) }) {
			return l.Text
		}
	}
	return ""
}

// timely reports whether a type holds dates or times.
func timely(name string) bool {
	return strings.HasPrefix(name, "date") || strings.HasPrefix(name, "time") || strings.HasPrefix(name, "ts") && strings.Contains(name, "range")
}

// filterKnowsTime reports whether the filter reads a date or a time, or makes one.
func (t Table) filterKnowsTime() bool {
	for _, name := range whitelist.Names(t.Where) {
		if c, ok := t.Info.Column(name); ok && timely(c.Type) || !ok && timely(strings.ToLower(name)) {
			return true
		}
	}
	return false
}
