package demo

import (
	"encoding/json"
	"fmt"
	"slices"
)

// cell is one column's value of a row.
type cell struct {
	column string
	value  any
}

// table holds the rows of one table.
type table struct {
	name    string // schema.table
	columns []string
	rows    [][]any
}

// dataset is everything that is loaded: the tables, in any order, and the objects that the rows of documents.files name.
type dataset struct {
	tables  []*table
	objects []object
}

// object is the bytes behind one row of documents.files.
type object struct {
	key, mediaType string
	data           []byte
}

// put appends a row. All rows of a table have the same columns in the same order.
func (d *dataset) put(name string, row ...cell) {
	i := slices.IndexFunc(d.tables, func(t *table) bool { return t.name == name })
	if i < 0 {
		t := &table{name: name}
		for _, c := range row {
			t.columns = append(t.columns, c.column)
		}
		d.tables = append(d.tables, t)
		i = len(d.tables) - 1
	}
	t := d.tables[i]
	values := make([]any, len(row))
	for j, c := range row {
		if len(row) != len(t.columns) || c.column != t.columns[j] {
			panic(fmt.Sprintf("demo: row of %s has other columns than the first", name))
		}
		values[j] = c.value
	}
	t.rows = append(t.rows, values)
}

// count returns how many rows of a table there are.
func (d *dataset) count(name string) int {
	for _, t := range d.tables {
		if t.name == name {
			return len(t.rows)
		}
	}
	return 0
}

// asJSON marshals content that always can be marshalled; anything else is a mistake in the program.
func asJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("demo: %v", err))
	}
	return raw
}
