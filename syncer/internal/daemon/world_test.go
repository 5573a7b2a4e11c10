package daemon_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// A world is a random schema for property tests: a few tables of random columns, keys and filters.
type world struct {
	tables []*land
	kinds  []kind // whose types must be made first
}

// land is one table of a world.
type land struct {
	name        string
	key         []field
	values      []field
	filter      string   // whitelist's where
	listed      []string // in the whitelist's order
	partitioned bool
	unique      bool // a column u that is unique, and on the target, too
}

// field is a column with the values it is given.
type field struct {
	name    string
	typ     string
	notNull bool
	values  []string // SQL
}

func (f field) draw(t *rapid.T) string {
	if !f.notNull && rapid.IntRange(0, 5).Draw(t, f.name+" null") == 0 {
		return "NULL"
	}
	return rapid.SampledFrom(f.values).Draw(t, f.name)
}

var (
	ints    = field{"", "int", true, []string{"1", "2", "3", "4", "5", "6"}}
	letters = field{"", "text", true, q("a", "б", "it's")}
	large   = field{"big", "text", false, []string{"'small'", "''", "repeat('x', 3000)", "repeat('ю', 5000)", "repeat(md5('1'), 400)"}}
	shown   = field{"shown", "boolean", true, []string{"true", "false"}}
	sorts   = field{"sort", "text", true, q("a", "b", "none")}
	numbers = field{"n", "int", true, []string{"0", "1", "2", "3"}}
	filters = map[string]field{"": {}, "shown": shown, "sort IN ('a', 'b')": sorts, "nullif(sort, 'none') = 'a'": sorts, "n % 2 = 0": numbers, "n > 0 AND n < 3": numbers}
	spread  = func() []string {
		return []string{"", "shown", "sort IN ('a', 'b')", "nullif(sort, 'none') = 'a'", "n % 2 = 0", "n > 0 AND n < 3"}
	}
	// limits are constraints of columns: text in a filter must be of limited length, because the replica identity holds it.
	limits   = map[string]string{"sort": "CHECK (octet_length(sort) <= 100)"}
	unlisted = field{"hidden", "text", false, q("canary", "other")}
)

// pick is rapid.SampledFrom that writes down a number instead of all that hangs on the thing.
func pick[T any](t *rapid.T, from []T, label string) T {
	return from[rapid.IntRange(0, len(from)-1).Draw(t, label)]
}

// plain are the kinds that need no extension.
func plain(key bool) []kind {
	return slices.DeleteFunc(slices.Clone(kinds), func(k kind) bool { return strings.HasPrefix(k.setup, "CREATE EXTENSION") || key && !k.key })
}

func drawWorld(t *rapid.T) *world {
	w := &world{}
	for i := range rapid.IntRange(1, 3).Draw(t, "tables") {
		w.tables = append(w.tables, w.drawLand(t, i))
	}
	return w
}

func (w *world) drawLand(t *rapid.T, i int) *land {
	l := &land{name: fmt.Sprintf(`Table %d`, i), filter: rapid.SampledFrom(spread()).Draw(t, "filter"), unique: rapid.IntRange(0, 3).Draw(t, "unique") == 0}
	l.key = w.drawKey(t)
	l.partitioned = l.filter == "" && !l.unique && rapid.IntRange(0, 3).Draw(t, "partitioned") == 0
	for j := range rapid.IntRange(0, 3).Draw(t, "columns") {
		k := pick(t, plain(false), "type")
		w.use(k)
		l.values = append(l.values, field{fmt.Sprintf("v%d %s", j, k.name), k.typ, false, k.values})
	}
	if rapid.IntRange(0, 3).Draw(t, "with large") > 0 {
		l.values = append(l.values, large)
	}
	if f := filters[l.filter]; l.filter != "" {
		l.values = append(l.values, f)
	}
	for _, f := range slices.Concat(l.key, l.values) {
		l.listed = append(l.listed, f.name)
	}
	if l.unique {
		l.listed = append(l.listed, "u")
	}
	l.listed = rapid.Permutation(l.listed).Draw(t, "order")
	l.values = append(l.values, unlisted)
	return l
}

func (w *world) drawKey(t *rapid.T) []field {
	named := func(f field, name string) field { f.name = name; return f }
	switch rapid.IntRange(0, 4).Draw(t, "key") {
	case 0:
		return []field{named(letters, "k1"), named(ints, "k2")}
	case 1:
		k := pick(t, plain(true), "key type")
		w.use(k)
		return []field{{"k1", k.typ, true, k.values}, named(ints, "k2")}
	}
	return []field{named(ints, "k1")}
}

func (w *world) use(k kind) {
	if k.setup != "" && !slices.ContainsFunc(w.kinds, func(o kind) bool { return o.name == k.name }) {
		w.kinds = append(w.kinds, k)
	}
}

func ident(name string) string { return `"` + name + `"` }

func idents(fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = ident(f.name)
	}
	return strings.Join(names, ", ")
}

// sql makes the table with a few rows.
func (l *land) sql() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (", ident(l.name))
	for _, f := range slices.Concat(l.values, l.key) {
		fmt.Fprintf(&b, "%s %s %s", ident(f.name), f.typ, limits[f.name])
		if f.notNull {
			b.WriteString(" NOT NULL")
		}
		b.WriteString(", ")
	}
	if l.unique {
		b.WriteString("u int UNIQUE DEFERRABLE INITIALLY DEFERRED, ")
	}
	fmt.Fprintf(&b, "PRIMARY KEY (%s))", idents(l.key))
	if l.partitioned {
		fmt.Fprintf(&b, " PARTITION BY HASH (%s)", idents(l.key[len(l.key)-1:])) // not every type can be hashed
	}
	b.WriteString(";")
	for i := range 2 {
		if l.partitioned {
			fmt.Fprintf(&b, `CREATE TABLE "%s part %d" PARTITION OF %s FOR VALUES WITH (MODULUS 2, REMAINDER %d);`, l.name, i, ident(l.name), i)
		}
	}
	for _, f := range l.values {
		if f.name == large.name {
			fmt.Fprintf(&b, "ALTER TABLE %s ALTER big SET STORAGE EXTERNAL;", ident(l.name))
		}
	}
	return b.String()
}

func (l *land) whitelist() string {
	quoted := make([]string, len(l.listed))
	for i, n := range l.listed {
		quoted[i] = yamlText(n)
	}
	text := fmt.Sprintf("  - table: %s\n    columns: [%s]\n", yamlText("public."+l.name), strings.Join(quoted, ", "))
	if l.filter != "" {
		text += "    where: " + yamlText(l.filter) + "\n"
	}
	return text
}

// state is SQL for the projection as one text, of the source or of the replica.
func (w *world) state(source bool) string {
	parts := make([]string, len(w.tables))
	for i, l := range w.tables {
		columns := make([]string, len(l.listed))
		for j, n := range l.listed {
			columns[j] = ident(n)
		}
		where := ""
		if source && l.filter != "" {
			where = " WHERE " + l.filter
		}
		row := "ROW(" + strings.Join(columns, ", ") + ", 0)::text"
		parts[i] = fmt.Sprintf(`(SELECT count(*) || ' ' || md5(coalesce(string_agg(%s, ';' ORDER BY %s COLLATE "C"), '')) FROM %s%s)`, row, row, ident(l.name), where)
	}
	return "SELECT " + strings.Join(parts, " || ' | ' || ")
}

// where names one row.
func (l *land) where(t *rapid.T) string {
	tests := make([]string, len(l.key))
	for i, f := range l.key {
		tests[i] = fmt.Sprintf("%s = %s::%s", ident(f.name), f.draw(t), f.typ)
	}
	return strings.Join(tests, " AND ")
}

// some names several rows.
func (l *land) some(t *rapid.T) string {
	switch rapid.IntRange(0, 3).Draw(t, "which") {
	case 0:
		return "true"
	case 1:
		return ident(l.key[len(l.key)-1].name) + " >= " + l.key[len(l.key)-1].draw(t)
	}
	return l.where(t)
}

// sets draws new values for some columns, of the key only when keys is true.
func (l *land) sets(t *rapid.T, keys bool) string {
	all := slices.Clone(l.values)
	if keys {
		all = slices.Clone(l.key)
	}
	sets := make([]string, rapid.IntRange(1, min(2, len(all))).Draw(t, "sets"))
	for i := range sets {
		f := pick(t, all, "set")
		all = slices.DeleteFunc(all, func(o field) bool { return o.name == f.name })
		sets[i] = fmt.Sprintf("%s = %s", ident(f.name), f.draw(t))
	}
	return strings.Join(sets, ", ")
}

func (l *land) insert(t *rapid.T) string {
	fields := slices.Concat(l.key, l.values)
	values := make([]string, len(fields))
	for i, f := range fields {
		values[i] = f.draw(t)
	}
	conflict := rapid.SampledFrom([]string{"NOTHING", "UPDATE SET " + l.sets(t, false)}).Draw(t, "conflict")
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (%s) DO %s", ident(l.name), idents(fields), strings.Join(values, ", "), idents(l.key), conflict)
}

// many inserts or changes so much that the log of the transaction does not fit into the source's memory for decoding.
func (l *land) many(t *rapid.T) string {
	last := l.key[len(l.key)-1]
	if rapid.Bool().Draw(t, "many gone") {
		return fmt.Sprintf("DELETE FROM %s WHERE %s > 100", ident(l.name), ident(last.name))
	}
	fields, values := slices.Concat(l.key, l.values), []string{}
	for _, f := range fields {
		switch f.name {
		case last.name:
			values = append(values, "s.n")
		case large.name:
			values = append(values, "repeat(md5(s.n::text), 3)")
		default:
			values = append(values, f.draw(t))
		}
	}
	from := rapid.SampledFrom([]int{101, 1001}).Draw(t, "from")
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM generate_series(%d, %d) AS s (n) ON CONFLICT (%s) DO UPDATE SET %s",
		ident(l.name), idents(fields), strings.Join(values, ", "), from, from+rapid.SampledFrom([]int{10, 700}).Draw(t, "rows"), idents(l.key), l.sets(t, false))
}

// change draws one statement.
func (w *world) change(t *rapid.T) string {
	l := pick(t, w.tables, "table")
	table := ident(l.name)
	switch rapid.IntRange(0, 19).Draw(t, "change") {
	case 0, 1:
		return fmt.Sprintf("DELETE FROM %s WHERE %s", table, l.some(t))
	case 2, 3, 4:
		return fmt.Sprintf("UPDATE %s SET %s WHERE %s", table, l.sets(t, false), l.some(t))
	case 5, 6, 7:
		return fmt.Sprintf("UPDATE %s SET %s WHERE %s", table, l.sets(t, false), l.where(t))
	case 8, 9:
		return fmt.Sprintf("UPDATE %s SET %s WHERE %s", table, l.sets(t, true), l.where(t))
	case 10:
		return fmt.Sprintf("UPDATE %s SET %s, %s WHERE %s", table, l.sets(t, true), l.sets(t, false), l.where(t))
	case 11:
		return w.truncate(t)
	case 12, 13:
		return l.many(t)
	case 14:
		return rapid.SampledFrom([]string{
			fmt.Sprintf("ALTER TABLE %s ADD COLUMN IF NOT EXISTS later int DEFAULT 7", table), fmt.Sprintf("ALTER TABLE %s DROP COLUMN IF EXISTS later", table),
			fmt.Sprintf("UPDATE %s SET %s = md5('1')", table, unlisted.name),
		}).Draw(t, "definition")
	case 15:
		if l.unique {
			return rapid.SampledFrom([]string{
				fmt.Sprintf("UPDATE %s SET u = 10 - u", table), fmt.Sprintf("UPDATE %s SET u = NULL", table),
				fmt.Sprintf("WITH r AS (SELECT %[2]s, row_number() OVER (ORDER BY %[2]s) AS n FROM %[1]s) UPDATE %[1]s AS o SET u = r.n FROM r WHERE (%[3]s) = (%[4]s)",
					table, idents(l.key), prefixed("o.", l.key), prefixed("r.", l.key)),
			}).Draw(t, "unique values")
		}
	}
	return l.insert(t)
}

func prefixed(prefix string, fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = prefix + ident(f.name)
	}
	return strings.Join(names, ", ")
}

func (w *world) truncate(t *rapid.T) string {
	names := []string{}
	for _, l := range w.tables {
		if len(names) == 0 || rapid.Bool().Draw(t, "too") {
			names = append(names, ident(l.name))
		}
	}
	return "TRUNCATE " + strings.Join(names, ", ")
}
