package swap

import (
	"strings"

	"portal.example/syncer/internal/relation"
)

// column is a key column with the operators by which its index compares values.
type column struct{ name, equal, less, notLess string }

// isBelow returns a condition on rows that are called r: the column is less than value.
func (c column) isBelow(value string) string {
	return "r." + relation.Quote(c.name) + " " + c.less + " " + value
}

// isFrom is the opposite of isBelow.
func (c column) isFrom(value string) string {
	return "r." + relation.Quote(c.name) + " " + c.notLess + " " + value
}

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
