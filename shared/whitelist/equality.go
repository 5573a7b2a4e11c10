package whitelist

import "bytes"

// Equality says how the values of a column can be compared by their text. The zero value says that they cannot: what a
// filter demands of such a column only PostgreSQL can judge.
type Equality struct {
	// Truth: the column is boolean, so that its text is t or f.
	Truth bool
	// Null: a value is NULL exactly where there is none. (A row type's value is also NULL when all of its fields are.)
	Null bool
	// Form is what must be done to two texts before they are equal exactly where the values are; nil: nothing.
	Form func([]byte) []byte
	// Text maps a literal to the type's output for it; a literal that is missing here cannot be judged.
	Text map[string]string
}

// Blanks is the Form of char(n), which ignores blanks at the end.
func Blanks(v []byte) []byte { return bytes.TrimRight(v, " ") }

// Digits is the Form of numeric, whose values are equal however many zeros stand behind the point.
func Digits(v []byte) []byte {
	if bytes.IndexByte(v, '.') < 0 {
		return v
	}
	return bytes.TrimRight(bytes.TrimRight(v, "0"), ".")
}

// Literals returns what the filter compares the column with.
func (f *Filter) Literals(column string) []string {
	var all []string
	for _, t := range f.tests {
		if t.column == column && t.kind == isOneOf {
			all = append(all, t.values...)
		}
	}
	return all
}

// under returns the test as it is judged by text; ok is false when it cannot be.
func (t test) under(e Equality) (_ test, ok bool) {
	switch t.kind {
	case isTrue, isFalse:
		return t, e.Truth
	case isNull, isNotNull:
		return t, e.Null
	}
	values := make([]string, len(t.values))
	for i, literal := range t.values {
		text, known := e.Text[literal]
		if !known {
			return t, false
		}
		values[i] = text
		if e.Form != nil {
			values[i] = string(e.Form([]byte(text)))
		}
	}
	t.values, t.form = values, e.Form
	return t, true
}
