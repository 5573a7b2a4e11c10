package relation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Fits reports whether every value of type source is one of type target, too, and written with the same text, so that a
// target may be widened before its source. Both are as format_type writes them.
func Fits(source, target string) bool {
	if source == target {
		return true
	}
	if a, ok := strings.CutSuffix(source, "[]"); ok {
		b, ok := strings.CutSuffix(target, "[]")
		return ok && Fits(a, b)
	}
	s, t := parseType(source), parseType(target)
	switch {
	case len(s.modifier) == 0 && digits[s.name] > 0: // whole numbers
		return digits[t.name] > digits[s.name] || t.name == "numeric" && (len(t.modifier) == 0 || t.scale() == 0 && t.modifier[0] >= digits[s.name])
	case s.name == "numeric" && t.name == "numeric": // without a limit it keeps the scale that it is given
		return len(t.modifier) == 0 || len(s.modifier) > 0 && s.scale() == t.scale() && s.modifier[0] <= t.modifier[0]
	case slices.Contains(growing, s.name) && (s.name == t.name || s.name == "character varying" && t.name == "text"):
		return len(t.modifier) == 0 || len(s.modifier) > 0 && s.modifier[0] <= t.modifier[0]
	}
	return false
}

// digits that the whole numbers of a type have at most.
var digits = map[string]int{"smallint": 5, "integer": 10, "bigint": 19}

// growing are types whose modifier is a greatest length, or a number of digits that are only written where they are not zero.
var growing = []string{"character varying", "bit varying", "timestamp without time zone", "timestamp with time zone", "time without time zone", "time with time zone"}

// parsedType is a type's name and the numbers in its parentheses.
type parsedType struct {
	name     string
	modifier []int
}

func (t parsedType) scale() int {
	if len(t.modifier) < 2 {
		return 0
	}
	return t.modifier[1]
}

var modified = regexp.MustCompile(`^([a-z ]+?)\((-?\d+)(?:,(-?\d+))?\)([a-z ]*)$`)

func parseType(text string) parsedType {
	m := modified.FindStringSubmatch(text)
	if m == nil {
		return parsedType{name: text}
	}
	t := parsedType{name: m[1] + m[4]}
	for _, n := range m[2:4] {
		if n != "" {
			v, _ := strconv.Atoi(n)
			t.modifier = append(t.modifier, v)
		}
	}
	return t
}

// Wider returns the columns of source among names that target has as a wider type.
func Wider(source, target *Table, names []string) (wider []string) {
	for _, name := range names {
		a, ok := source.Column(name)
		b, too := target.Column(name)
		if ok && too && a.Type != b.Type && Fits(a.Type, b.Type) {
			wider = append(wider, name)
		}
	}
	return wider
}
