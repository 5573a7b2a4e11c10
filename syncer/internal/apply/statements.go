package apply

import (
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// statement is SQL that sessions prepare once each.
type statement struct {
	sql     string
	columns []int // of the row, one array parameter each
	counted bool  // one more parameter: how many rows there are
	keyed   bool  // its rows are keys
	// one does the same to one row, with its values as parameters; nil when there is no such statement.
	one *statement
}

// Statements that belong to no table.
var (
	sqlBegin     = &statement{sql: "BEGIN"}
	sqlCommit    = &statement{sql: "COMMIT"}
	sqlRollback  = &statement{sql: "ROLLBACK"}
	sqlForget    = &statement{sql: "DEALLOCATE ALL"}
	sqlPiece     = &statement{sql: "SAVEPOINT piece"}
	sqlPieceDone = &statement{sql: "RELEASE SAVEPOINT piece"}
	sqlPieceBack = &statement{sql: "ROLLBACK TO SAVEPOINT piece"}
	sqlBounded   = &statement{sql: "SET lock_timeout = '" + lockWait + "'"}
	sqlCheck     = &statement{sql: "SET CONSTRAINTS ALL IMMEDIATE"}
	sqlDefer     = &statement{sql: "SET CONSTRAINTS ALL DEFERRED"}
	sqlUnbounded = &statement{sql: "SET lock_timeout = 0"}
	// The position may only grow, from where the writer believes it is, and only for the writer that claimed it last:
	// a batch that was sent ahead fails when the one before it did. The CASE calls a function only when that fails.
	sqlAdvance = &statement{sql: `
		WITH moved AS (
		  UPDATE sync.progress
		     SET applied_lsn = $4::pg_lsn, applied_commit_at = coalesce($5::timestamptz, applied_commit_at),
		         last_commit_lsn = coalesce($7::pg_lsn, last_commit_lsn), last_commit_at = coalesce($8::timestamptz, last_commit_at),
		         fresh_at = coalesce($6::timestamptz, fresh_at), heard_at = clock_timestamp(),
		         skip_lsn = CASE WHEN skip_lsn > $4::pg_lsn THEN skip_lsn END
		   WHERE slot = $1::text AND epoch = $2::bigint AND applied_lsn = coalesce($3::pg_lsn, applied_lsn) AND applied_lsn <= $4::pg_lsn
		  RETURNING 1)
		SELECT CASE WHEN count(*) <> 1 THEN sync.astray($1::text, $2::bigint, $3::pg_lsn) END FROM moved`}
)

// sqlEmptied notes beside what the reader has seen of a table's partitions which transaction emptied the table as a whole. It looks
// the same in the source's catalog as if only its partitions had been, of which the log says nothing.
var sqlEmptied = &statement{sql: `
	UPDATE sync.tables SET leaves = regexp_replace(leaves, '` + wire.EmptiedPattern + `', '') || $3::text
	 WHERE slot = $1::text AND name = $2::text AND starts_with(leaves, 'p')
	   AND octet_length(leaves) < ` + strconv.Itoa(wire.MaxMark-wire.EmptiedRoom)}

// advanceBeside is sqlAdvance for a position in a table of its own. That one is as unlogged as the rows it speaks of.
func advanceBeside(table string) *statement {
	return &statement{sql: `
		WITH moved AS (
		  UPDATE ` + table + ` SET lsn = $4::pg_lsn
		   WHERE lsn = coalesce($3::pg_lsn, lsn) AND lsn <= $4::pg_lsn
		     AND EXISTS (SELECT FROM sync.progress WHERE slot = $1::text AND epoch = $2::bigint)
		  RETURNING 1)
		SELECT CASE WHEN count(*) <> 1 THEN sync.astray($1::text, $2::bigint, $3::pg_lsn) END FROM moved`}
}

// table is one replicated table, the SQL that changes it, and what a batch holds of it.
type table struct {
	rel         wire.Relation
	into        string // quoted
	key         []int
	isKey       []bool
	keyTogether bool
	compared    map[string]relation.Comparison // by column of the key
	mayCopy     bool                           // COPY may load it
	absent      *atomic.Bool

	insert *statement
	upsert *statement
	delete *statement
	all    *statement // update of every column
	some   map[string]*statement
	copy   *statement
	empty  *statement
	stage  stage

	fold    folded
	scratch [][]byte
}

// newTable composes the statements; compared has the operators of the key's columns.
func newTable(r wire.Relation, schema, name string, compared map[string]relation.Comparison) *table {
	t := &table{
		rel: r, into: relation.Quote(schema, name), isKey: make([]bool, len(r.Columns)),
		compared: compared, some: map[string]*statement{}, absent: new(atomic.Bool), mayCopy: true,
	}
	for _, k := range r.Key {
		t.key = append(t.key, int(k))
		t.isKey[k] = true
	}
	t.keyTogether = together(t.key)
	t.insert = statementOf(t.insertSQL, statement{columns: t.every()})
	t.upsert = statementOf(t.upsertSQL, statement{columns: t.every()})
	t.delete = statementOf(t.deleteSQL, statement{columns: t.keyNumbers(), keyed: true})
	t.all = t.update(nil)
	t.copy = &statement{sql: fmt.Sprintf("COPY %s (%s) FROM STDIN", t.into, t.names())}
	t.stage = t.staged()
	t.empty = &statement{sql: "DELETE FROM " + t.into}
	return t
}

// statementOf composes both forms of a statement.
func statementOf(sql func(form) string, st statement) *statement {
	one := st
	one.sql, one.counted = sql(single), false
	st.sql, st.one = sql(sets), &one
	return &st
}

// form says where a statement finds its values. A set takes some 0.1 ms to begin, whatever its size; see BenchmarkShapes.
type form bool

const (
	sets   form = false // text arrays, one per column, taken apart in parallel
	single form = true  // the values of one row
)

// source is the row source of the columns at for sets.
func (t *table) source(at []int) string {
	params, names := make([]string, len(at)), make([]string, len(at))
	for i, c := range at {
		params[i] = fmt.Sprintf("$%d::text[]", i+1)
		names[i] = fmt.Sprintf("c%d", c)
	}
	return "unnest(" + strings.Join(params, ", ") + ") AS u(" + strings.Join(names, ", ") + ")"
}

// value is column c, which at has among others, in its own type.
func (t *table) value(f form, at []int, c int) string {
	if f == single {
		return fmt.Sprintf("$%d::%s", slices.Index(at, c)+1, t.rel.Columns[c].Type)
	}
	return fmt.Sprintf("u.c%d::%s", c, t.rel.Columns[c].Type)
}

func (t *table) name(c int) string { return relation.Quote(t.rel.Columns[c].Name) }

func (t *table) names() string { return relation.QuoteList("", replica.ColumnNames(&t.rel)) }

func (t *table) every() []int {
	at := make([]int, len(t.rel.Columns))
	for i := range at {
		at[i] = i
	}
	return at
}

// keyNumbers are the places of the key's values in a key.
func (t *table) keyNumbers() []int {
	at := make([]int, len(t.key))
	for i := range at {
		at[i] = i
	}
	return at
}

// insertSQL inserts rows that are not here.
func (t *table) insertSQL(f form) string {
	at, values := t.every(), make([]string, len(t.rel.Columns))
	for c := range values {
		values[c] = t.value(f, at, c)
	}
	sql := fmt.Sprintf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE ", t.into, t.names())
	if f == single {
		return sql + "VALUES (" + strings.Join(values, ", ") + ")"
	}
	return sql + "SELECT " + strings.Join(values, ", ") + " FROM " + t.source(at)
}

// upsertSQL inserts whole rows, or overwrites those whose key is here.
func (t *table) upsertSQL(f form) string { return t.insertSQL(f) + " " + t.onConflict() }

func (t *table) onConflict() string {
	var sets []string
	for c := range t.rel.Columns {
		if !t.isKey[c] {
			sets = append(sets, t.name(c)+" = EXCLUDED."+t.name(c))
		}
	}
	action := "NOTHING"
	if len(sets) > 0 {
		action = "UPDATE SET " + strings.Join(sets, ", ")
	}
	return fmt.Sprintf("ON CONFLICT (%s) DO %s", relation.QuoteList("", replica.KeyNames(&t.rel)), action)
}

// deleteSQL deletes by key.
func (t *table) deleteSQL(f form) string {
	if f == single {
		return fmt.Sprintf("DELETE FROM %s AS t WHERE %s", t.into, t.onKey(f, t.key))
	}
	return fmt.Sprintf("DELETE FROM %s AS t USING %s WHERE %s", t.into, t.source(t.key), t.onKey(f, t.key))
}

func (t *table) onKey(f form, at []int) string {
	tests := make([]string, len(t.key))
	for i, c := range t.key {
		tests[i] = t.onColumn("t."+t.name(c), c, t.value(f, at, c))
	}
	return strings.Join(tests, " AND ")
}

// onColumn tests that column c of the key, named by column, has the value. That it is at least that is said for the planner, which takes it
// for true of a third of the rows: of the indexes that begin with columns of the key, the one with all of them then finds fewest rows, and
// no index finds all of them, whatever the statistics say. PostgreSQL makes no bitmap from an index of which it believes the latter.
func (t *table) onColumn(column string, c int, value string) string {
	is := t.compared[t.rel.Columns[c].Name]
	if is.Equal == "" {
		return column + " = " + value
	}
	return fmt.Sprintf("%s %s %s AND %s %s %s", column, is.Equal, value, column, is.AtLeast, value)
}

// update sets every column beside the key of rows that must be here, but those that unchanged has; nil when
// none is left.
func (t *table) update(unchanged []bool) *statement {
	at := append([]int{}, t.key...)
	for c := range t.rel.Columns {
		if !t.isKey[c] && (unchanged == nil || !unchanged[c]) {
			at = append(at, c)
		}
	}
	if len(at) == len(t.key) {
		return nil
	}
	return statementOf(func(f form) string { return t.updateSQL(f, at) }, statement{columns: at, counted: true})
}

// updateSQL sets the columns at beside the key, which they begin with, and counts the rows that it finds.
func (t *table) updateSQL(f form, at []int) string {
	from, wanted := " FROM "+t.source(at), fmt.Sprintf("$%d::bigint", len(at)+1)
	if f == single {
		from, wanted = "", "1"
	}
	var sets []string
	for _, c := range at[len(t.key):] {
		sets = append(sets, t.name(c)+" = "+t.value(f, at, c))
	}
	return fmt.Sprintf("WITH done AS (UPDATE %s AS t SET %s%s WHERE %s RETURNING 1) %s",
		t.into, strings.Join(sets, ", "), from, t.onKey(f, at), expect(wanted))
}

// expect ends a statement that counts the rows it has done: it fails unless they are as many as wanted.
func expect(wanted string) string {
	return "SELECT CASE WHEN count(*) <> " + wanted + " THEN sync.expect(count(*), " + wanted + ") END FROM done"
}

// stage is a temporary table of a session, with the columns of a replicated one, that many rows are copied into
// before one statement brings them over. It is what COPY is for rows that are here already.
type stage struct {
	create *statement
	clear  *statement
	copy   *statement
	update *statement // nil when the table has nothing but its key
	upsert *statement
}

// stageName is another one for other columns: a table may be described anew while the session keeps the stage it made.
func stageName(id uint16, columns string) string {
	h := fnv.New64a()
	_, _ = io.WriteString(h, columns)
	return relation.Quote("pg_temp", fmt.Sprintf("stage_%d_%x", id, h.Sum64()))
}

func (t *table) staged() stage {
	columns, values, sets := make([]string, len(t.rel.Columns)), make([]string, len(t.rel.Columns)), []string(nil)
	for c := range t.rel.Columns {
		columns[c] = fmt.Sprintf("c%d %s", c, t.rel.Columns[c].Type)
		values[c] = fmt.Sprintf("u.c%d", c)
		if !t.isKey[c] {
			sets = append(sets, fmt.Sprintf("%s = u.c%d", t.name(c), c))
		}
	}
	all := strings.Join(columns, ", ")
	name := stageName(t.rel.ID, all)
	st := stage{
		create: &statement{sql: fmt.Sprintf("CREATE TEMPORARY TABLE IF NOT EXISTS %s (%s) ON COMMIT DELETE ROWS", name, all)},
		clear:  &statement{sql: "TRUNCATE " + name},
		copy:   &statement{sql: fmt.Sprintf("COPY %s FROM STDIN", name)},
		upsert: &statement{sql: fmt.Sprintf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s AS u %s",
			t.into, t.names(), strings.Join(values, ", "), name, t.onConflict())},
	}
	if len(sets) > 0 {
		tests := make([]string, len(t.key))
		for i, c := range t.key {
			tests[i] = t.onColumn("t."+t.name(c), c, fmt.Sprintf("u.c%d", c))
		}
		st.update = &statement{sql: fmt.Sprintf(
			"WITH done AS (UPDATE %s AS t SET %s FROM %s AS u WHERE %s RETURNING 1) %s",
			t.into, strings.Join(sets, ", "), name, strings.Join(tests, " AND "), expect("$1::bigint"))}
	}
	return st
}

// updateSome is update for rows of which some values are unknown; mask has a 1 for each.
func (t *table) updateSome(mask string) *statement {
	st, ok := t.some[mask]
	if !ok {
		unchanged := make([]bool, len(mask))
		for c := range unchanged {
			unchanged[c] = mask[c] == 1
		}
		st = t.update(unchanged)
		t.some[mask] = st
	}
	return st
}

// rekey gives one row, found by its old key, a new key and new values; params say where they come from.
func (t *table) rekey(row, old wire.Row) (sql string, params [][]byte) {
	param := func(c int, v []byte) string {
		params = append(params, v)
		return fmt.Sprintf("$%d::text::%s", len(params), t.rel.Columns[c].Type)
	}
	var sets, tests []string
	for c := range t.rel.Columns {
		if row.Unchanged == nil || !row.Unchanged[c] {
			sets = append(sets, t.name(c)+" = "+param(c, row.Values[c]))
		}
	}
	for _, c := range t.key {
		tests = append(tests, t.onColumn(t.name(c), c, param(c, old.Values[c])))
	}
	return fmt.Sprintf("WITH done AS (UPDATE %s SET %s WHERE %s RETURNING 1) %s",
		t.into, strings.Join(sets, ", "), strings.Join(tests, " AND "), expect("1")), params
}

// keyText shows a row's key to people; it is the only part of a row that is ever shown.
func (t *table) keyText(key []byte) string {
	text, rest := "", wire.RawRow(key)
	for i, c := range t.key {
		if i > 0 {
			text += ", "
		}
		var raw []byte
		raw, _, rest = rest.Next()
		text += t.rel.Columns[c].Name + "=" + string(raw[4:])
	}
	return text
}
