//go:build failpoints

package failpoint

import (
	"fmt"
	"strconv"
	"strings"
)

type action string

const (
	none action = ""
	kill action = "kill"
	fail action = "error"
	wait action = "wait"
)

// rule is one item of FAILPOINTS.
type rule struct {
	name   string // * for every point
	action action
	from   int // first hit that counts, 1 for the first
	times  int // how many hits count, 0 for all
	seen   int
}

// due counts a hit of the rule's point and reports whether the action is to happen now.
func (r *rule) due(name string) bool {
	if r.name != "*" && r.name != name {
		return false
	}
	r.seen++
	return r.seen >= r.from && (r.times == 0 || r.seen < r.from+r.times)
}

func parse(spec string) ([]*rule, error) {
	var rules []*rule
	for _, item := range strings.FieldsFunc(spec, func(c rune) bool { return c == ';' || c == ' ' }) {
		r, err := parseRule(item)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// parseRule reads name=action[@n][*m].
func parseRule(item string) (*rule, error) {
	name, text, ok := strings.Cut(item, "=")
	if _, known := Names[name]; !ok || !known && name != "*" {
		return nil, fmt.Errorf("%q: expected name=action[@n][*m] with a name of failpoint.Names or *", item)
	}
	r := &rule{name: name, from: 1}
	var err error
	if text, r.times, err = number(text, "*", 0); err != nil {
		return nil, fmt.Errorf("%q: %w", item, err)
	}
	if text, r.from, err = number(text, "@", 1); err != nil {
		return nil, fmt.Errorf("%q: %w", item, err)
	}
	switch r.action = action(text); r.action {
	case kill, fail, wait:
		return r, nil
	default:
		return nil, fmt.Errorf("%q: action is %q, expected kill, error or wait", item, text)
	}
}

// number cuts mark and the number behind it off text.
func number(text, mark string, or int) (rest string, n int, err error) {
	rest, digits, ok := strings.Cut(text, mark)
	if !ok {
		return rest, or, nil
	}
	n, err = strconv.Atoi(digits)
	if err != nil || n < 1 {
		return "", 0, fmt.Errorf("%s%s is not a positive number", mark, digits)
	}
	return rest, n, nil
}
