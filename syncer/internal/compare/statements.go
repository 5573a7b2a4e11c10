package compare

import (
	"fmt"
	"slices"
	"strings"

	"portal.example/syncer/internal/relation"
)

type statement struct {
	sql  string
	args []any
}

// mendingStatements put the rows right in any state: delete what is gone, change what is here, insert what is not.
func (t *table) mendingStatements(v *values, replace bool) []statement {
	gone, same := v.gone, v.same
	if replace {
		gone = slices.Clone(gone)
		for _, f := range v.asked {
			gone = append(gone, f.key)
		}
	}
	var all []statement
	if len(gone) > 0 {
		sql := fmt.Sprintf("DELETE FROM %s AS t USING %s WHERE %s", t.to.table, t.to.givenKeysSQL(), t.to.sameKeySQL())
		all = append(all, statement{sql, columnsOf(gone, len(t.Key))})
	}
	if !replace {
		all = append(all, t.updateStatements(same, t.besideKey())...)
		all = append(all, t.updateStatements(v.rekeys, t.Columns)...)
	}
	return append(all, t.insertStatements(slices.Concat(same, v.rekeys))...)
}

// besideKey are the columns that do not name the row; a key that stays as it is may not even be written (identity).
func (t *table) besideKey() []string {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c string) bool { return slices.Contains(t.Key, c) })
}

func (t *table) updateStatements(rows [][]*string, columns []string) []statement {
	if len(rows) == 0 || len(columns) == 0 {
		return nil
	}
	sets := make([]string, len(columns))
	for i, c := range columns {
		sets[i] = relation.Quote(c) + " = " + t.typedValue(c)
	}
	sql := fmt.Sprintf("UPDATE %s AS t SET %s FROM %s WHERE %s", t.to.table, strings.Join(sets, ", "), t.rowSource(), t.onKey())
	return []statement{{sql, columnArgs(rows, len(t.Columns))}}
}

func (t *table) insertStatements(rows [][]*string) []statement {
	if len(rows) == 0 {
		return nil
	}
	values := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		values[i] = t.typedValue(c)
	}
	sql := fmt.Sprintf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s WHERE NOT EXISTS (SELECT FROM %s AS t WHERE %s)",
		relation.Quote(t.Schema, t.Name), relation.QuoteList("", t.Columns), strings.Join(values, ", "), t.rowSource(), t.to.table, t.onKey())
	return []statement{{sql, columnArgs(rows, len(t.Columns))}}
}

// rowSource is a row source x(c1, c2, …) of whole rows, each column one text[] argument.
func (t *table) rowSource() string {
	params, names := make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i := range t.Columns {
		params[i], names[i] = fmt.Sprintf("$%d::text[]", i+1), fmt.Sprintf("c%d", i+1)
	}
	return "unnest(" + strings.Join(params, ", ") + ") AS x(" + strings.Join(names, ", ") + ")"
}

// typedValue is a column of source in its own type.
func (t *table) typedValue(column string) string {
	c, _ := t.Info.Column(column)
	return fmt.Sprintf("x.c%d::%s", slices.Index(t.Columns, column)+1, c.Type)
}

func (t *table) onKey() string {
	tests := make([]string, len(t.to.key))
	for i, k := range t.to.key {
		tests[i] = fmt.Sprintf("t.%s OPERATOR(%s.=) %s", relation.Quote(k.Name), relation.Quote(k.Operator), t.typedValue(k.Name))
	}
	return strings.Join(tests, " AND ")
}

func columnArgs(rows [][]*string, columns int) []any {
	args := make([]any, columns)
	for i := range args {
		column := make([]*string, len(rows))
		for j, r := range rows {
			column[j] = r[i]
		}
		args[i] = column
	}
	return args
}
