package target

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// table is one replicated table and the SQL that changes it.
type table struct {
	rel   wire.Relation
	key   []int
	isKey []bool
}

func newTable(r wire.Relation) *table {
	t := &table{rel: r, isKey: make([]bool, len(r.Columns))}
	for _, k := range r.Key {
		t.key = append(t.key, int(k))
		t.isKey[k] = true
	}
	return t
}

func (t *table) sql() string { return relation.Quote(t.rel.Schema, t.rel.Name) }

// unnest is the row source of the columns at: text arrays, one per column, taken apart in parallel.
func (t *table) unnest(at []int) string {
	params, names := make([]string, len(at)), make([]string, len(at))
	for i, c := range at {
		params[i] = fmt.Sprintf("$%d::text[]", i+1)
		names[i] = fmt.Sprintf("c%d", c)
	}
	return "unnest(" + strings.Join(params, ", ") + ") AS u(" + strings.Join(names, ", ") + ")"
}

// cast is column c of the row source in its own type.
func (t *table) cast(c int) string { return fmt.Sprintf("u.c%d::%s", c, t.rel.Columns[c].Type) }

func (t *table) name(c int) string { return relation.Quote(t.rel.Columns[c].Name) }

func (t *table) all() []int {
	at := make([]int, len(t.rel.Columns))
	for i := range at {
		at[i] = i
	}
	return at
}

// upsertSQL inserts whole rows, or overwrites those whose key is here.
func (t *table) upsertSQL() string {
	var names, values, sets []string
	for c := range t.rel.Columns {
		names = append(names, t.name(c))
		values = append(values, t.cast(c))
		if !t.isKey[c] {
			sets = append(sets, t.name(c)+" = EXCLUDED."+t.name(c))
		}
	}
	action := "NOTHING"
	if len(sets) > 0 {
		action = "UPDATE SET " + strings.Join(sets, ", ")
	}
	return fmt.Sprintf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s ON CONFLICT (%s) DO %s",
		t.sql(), strings.Join(names, ", "), strings.Join(values, ", "), t.unnest(t.all()),
		relation.QuoteList("", KeyNames(&t.rel)), action)
}

// deleteSQL deletes by key.
func (t *table) deleteSQL() string {
	return fmt.Sprintf("DELETE FROM %s AS t USING %s WHERE %s", t.sql(), t.unnest(t.key), t.onKey())
}

func (t *table) onKey() string {
	tests := make([]string, len(t.key))
	for i, c := range t.key {
		tests[i] = "t." + t.name(c) + " = " + t.cast(c)
	}
	return strings.Join(tests, " AND ")
}

// updateSQL sets the columns in set of rows that must be here; the last parameter is how many.
func (t *table) updateSQL(set []int) string {
	sets := make([]string, len(set))
	for i, c := range set {
		sets[i] = t.name(c) + " = " + t.cast(c)
	}
	at := append(append([]int{}, t.key...), set...)
	return fmt.Sprintf("WITH done AS (UPDATE %s AS t SET %s FROM %s WHERE %s RETURNING 1) SELECT sync.expect(count(*), $%d::bigint) FROM done",
		t.sql(), strings.Join(sets, ", "), t.unnest(at), t.onKey(), len(at)+1)
}

// rekeySQL gives one row, found by its old key, a new key and new values.
func (t *table) rekeySQL(set []int) string {
	n := 0
	param := func(c int) string { n++; return fmt.Sprintf("$%d::text::%s", n, t.rel.Columns[c].Type) }
	var sets, tests []string
	for _, c := range set {
		sets = append(sets, t.name(c)+" = "+param(c))
	}
	for _, c := range t.key {
		tests = append(tests, t.name(c)+" = "+param(c))
	}
	return fmt.Sprintf("WITH done AS (UPDATE %s SET %s WHERE %s RETURNING 1) SELECT sync.expect(count(*), 1) FROM done",
		t.sql(), strings.Join(sets, ", "), strings.Join(tests, " AND "))
}

// oidText is text in pg_type.
const oidText = 25

// textArray encodes one column of rows as a binary text[].
func textArray(rows []wire.Row, column int) []byte {
	size := 20
	for _, r := range rows {
		size += 4 + len(r.Values[column])
	}
	b := make([]byte, 0, size)
	b = binary.BigEndian.AppendUint32(b, 1) // dimensions
	b = binary.BigEndian.AppendUint32(b, 1) // may hold NULL
	b = binary.BigEndian.AppendUint32(b, oidText)
	b = binary.BigEndian.AppendUint32(b, uint32(len(rows))) //nolint:gosec // at most maxRows
	b = binary.BigEndian.AppendUint32(b, 1)                 // lower bound
	for _, r := range rows {
		v := r.Values[column]
		if v == nil {
			b = binary.BigEndian.AppendUint32(b, 0xffffffff)
			continue
		}
		b = binary.BigEndian.AppendUint32(b, uint32(len(v))) //nolint:gosec // at most MaxFrame
		b = append(b, v...)
	}
	return b
}

// prepare returns the prepared statement's name for sql, preparing it on first use. Statements live as long
// as the session: a batch may use one that was made for a table's earlier description.
func (w *Writer) prepare(ctx context.Context, t *table, sql string) (string, error) {
	if name, ok := w.prepared[sql]; ok {
		return name, nil
	}
	name := fmt.Sprintf("s%d", len(w.prepared))
	if _, err := w.conn.PgConn().Prepare(ctx, name, sql, nil); err != nil {
		return "", fmt.Errorf("target: prepare for %s: %s: %w", t.rel.FullName(), link.Scrub(err), err)
	}
	w.prepared[sql] = name
	return name, nil
}
