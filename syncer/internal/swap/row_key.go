package swap

import (
	"strings"

	"portal.example/syncer/internal/relation"
)

// column is a key column with the operator by which its index compares values for equality.
type column struct{ name, equal string }

// rowKey is the columns that name a row.
type rowKey []column

// pairs returns a condition: rows a and b have the same key.
func (k rowKey) pairs(a, b string) string {
	tests := make([]string, len(k))
	for i, c := range k {
		tests[i] = a + "." + relation.Quote(c.name) + " " + c.equal + " " + b + "." + relation.Quote(c.name)
	}
	return strings.Join(tests, " AND ")
}

// list names the columns of the row that is called of.
func (k rowKey) list(of string) string {
	names := make([]string, len(k))
	for i, c := range k {
		names[i] = of + "." + relation.Quote(c.name)
	}
	return strings.Join(names, ", ")
}
