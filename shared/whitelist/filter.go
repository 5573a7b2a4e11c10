package whitelist

import (
	"slices"
	"strings"
)

// Filter is a row filter that this program can evaluate by itself, so that the reader can check each
// row once more after PostgreSQL did. It is a conjunction of simple tests; whatever else PostgreSQL
// would accept is left to PostgreSQL (parseFilter then returns nil).
type Filter struct{ tests []test }

type test struct {
	column string
	kind   testKind
	values []string
	form   func([]byte) []byte // see Equality; nil: none
}

type testKind int

const (
	isTrue testKind = iota
	isFalse
	isNull
	isNotNull
	isOneOf
)

// Columns returns the columns the filter reads.
func (f *Filter) Columns() []string {
	var names []string
	for _, t := range f.tests {
		if !slices.Contains(names, t.column) {
			names = append(names, t.column)
		}
	}
	return names
}

// Bound is a filter for rows whose columns come in one order; it looks at values in place.
type Bound struct {
	tests []test
	at    []int // column of each test
	left  []string
}

// Bind returns the filter for rows with these columns; nil when it reads one that is not among them. What cannot be judged
// by the text of a value (equal is by column) is left to PostgreSQL.
func (f *Filter) Bind(columns []string, equal map[string]Equality) *Bound {
	b := &Bound{}
	for _, t := range f.tests {
		at := slices.Index(columns, t.column)
		if at < 0 {
			return nil
		}
		t, ok := t.under(equal[t.column])
		if !ok {
			b.left = append(b.left, t.column)
			continue
		}
		b.tests, b.at = append(b.tests, t), append(b.at, at)
	}
	return b
}

// Left names the columns whose tests only PostgreSQL can judge.
func (b *Bound) Left() []string { return b.left }

// Judges reports whether anything is left to judge here.
func (b *Bound) Judges() bool { return len(b.tests) > 0 }

// Match reports whether the row passes: values in text form, nil for NULL. A value that is unknown (unknown may
// be nil) is taken to pass.
func (b *Bound) Match(values [][]byte, unknown []bool) bool {
	for i := range b.tests {
		if at := b.at[i]; (unknown == nil || !unknown[at]) && !b.tests[i].match(values[at]) {
			return false
		}
	}
	return true
}

func (t *test) match(v []byte) bool {
	switch t.kind {
	case isNull:
		return v == nil
	case isNotNull:
		return v != nil
	case isTrue:
		return string(v) == "t"
	case isFalse:
		return string(v) == "f"
	case isOneOf:
		return v != nil && t.isAmong(v)
	}
	return false
}

func (t *test) isAmong(v []byte) bool {
	if t.form != nil {
		v = t.form(v)
	}
	for _, one := range t.values {
		if one == string(v) {
			return true
		}
	}
	return false
}

// parseFilter understands tests joined by AND:
//
//	column | NOT column | column = 'text' | column IN ('a', 'b') | column IS [NOT] NULL
//
// and returns nil for everything else.
func parseFilter(where string) *Filter {
	s := &scan{tokens: tokens(where)}
	f := &Filter{}
	for {
		t, ok := s.test()
		if !ok {
			return nil
		}
		f.tests = append(f.tests, t)
		if s.done() {
			return f
		}
		if !s.word("and") {
			return nil
		}
	}
}

type scan struct{ tokens []token }

func (s *scan) done() bool { return len(s.tokens) == 0 }

func (s *scan) next(kind tokenKind) (string, bool) {
	if s.done() || s.tokens[0].kind != kind {
		return "", false
	}
	text := s.tokens[0].text
	s.tokens = s.tokens[1:]
	return text, true
}

func (s *scan) word(w string) bool { return s.take(token{tokenWord, w}) }

func (s *scan) symbol(w string) bool { return s.take(token{tokenSymbol, w}) }

func (s *scan) take(t token) bool {
	if s.done() || s.tokens[0] != t {
		return false
	}
	s.tokens = s.tokens[1:]
	return true
}

func (s *scan) test() (test, bool) {
	if s.symbol("(") {
		t, ok := s.test()
		return t, ok && s.symbol(")")
	}
	if s.word("not") {
		column, ok := s.column()
		return test{column: column, kind: isFalse}, ok
	}
	column, ok := s.column()
	if !ok {
		return test{}, false
	}
	return s.rest(column)
}

func (s *scan) rest(column string) (test, bool) {
	switch {
	case s.symbol("="):
		value, ok := s.next(tokenText)
		return test{column: column, kind: isOneOf, values: []string{value}}, ok
	case s.word("in"):
		values, ok := s.values()
		return test{column: column, kind: isOneOf, values: values}, ok
	case s.word("is"):
		kind := isNull
		if s.word("not") {
			kind = isNotNull
		}
		return test{column: column, kind: kind}, s.word("null")
	}
	return test{column: column, kind: isTrue}, true
}

func (s *scan) column() (string, bool) {
	if name, ok := s.next(tokenQuoted); ok {
		return name, true
	}
	name, ok := s.next(tokenWord)
	reserved := []string{"and", "or", "not", "is", "in", "null", "true", "false", "case", "between", "like"}
	return name, ok && !slices.Contains(reserved, name)
}

func (s *scan) values() ([]string, bool) {
	if !s.symbol("(") {
		return nil, false
	}
	var all []string
	for {
		value, ok := s.next(tokenText)
		if !ok {
			return nil, false
		}
		all = append(all, value)
		if s.symbol(")") {
			return all, true
		}
		if !s.symbol(",") {
			return nil, false
		}
	}
}

// Names returns every name that where could read as a column, more rather than fewer.
func Names(where string) []string {
	var names []string
	for _, t := range tokens(where) {
		if t.kind == tokenWord || t.kind == tokenQuoted {
			names = append(names, t.text)
		}
	}
	return names
}

// balanced reports whether where is one expression: quotes and parentheses close, nothing follows.
func balanced(where string) bool {
	depth := 0
	for _, t := range tokens(where) {
		switch {
		case t.kind == tokenBad, t.kind == tokenSymbol && t.text == ";":
			return false
		case t.kind == tokenSymbol && t.text == "(":
			depth++
		case t.kind == tokenSymbol && t.text == ")":
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0 && !strings.ContainsRune(where, 0)
}
