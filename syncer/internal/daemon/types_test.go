package daemon_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// kind is one data type with values that have broken replicators before. Values are SQL expressions.
type kind struct {
	name   string
	typ    string
	setup  string // run on both sides, as superuser: types, extensions
	values []string
	key    bool // values are distinct and can be a primary key
}

// q quotes each text as a literal of SQL.
func q(texts ...string) []string {
	all := make([]string, len(texts))
	for i, s := range texts {
		all[i] = "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return all
}

var kinds = []kind{
	{name: "smallint", typ: "smallint", values: q("-32768", "0", "32767"), key: true},
	{name: "bigint", typ: "bigint", values: q("-9223372036854775808", "0", "9223372036854775807"), key: true},
	{name: "numeric", typ: "numeric", key: true, values: append(
		q("NaN", "Infinity", "-Infinity", "0.000", "1e-16383", "1e131071", "123456789012345678901234567890.123456789"),
		"repeat('9', 1000)::numeric")},
	{name: "numeric_scaled", typ: "numeric(12,2)", values: q("1", "1.00", "NaN", "-9999999999.99"), key: false},
	{name: "numeric_negative_scale", typ: "numeric(6,-3)", values: q("123456000", "0", "1499"), key: false},
	{name: "float8", typ: "float8", key: true, values: q(
		"NaN", "Infinity", "-Infinity", "0", "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "0.1", "0.30000000000000004")},
	{name: "float8_zero", typ: "float8", values: q("-0", "0", "-0")},
	{name: "float4", typ: "real", key: true, values: q("NaN", "Infinity", "1e-45", "3.4028235e38", "16777216", "0.1")},
	{name: "boolean", typ: "boolean", values: q("true", "false"), key: true},
	{name: "text", typ: "text", key: true, values: append(
		q("", " ", `\`, `\N`, `\.`, "NULL", "'", `"`, "їжак у тумані 🦔", "a\tb\nc\rd", "{}", "(", "$1", "%s"), `E'\x01\x7f'`, "repeat('довгий', 100)")},
	{name: "varchar", typ: "varchar(8)", values: q("", "12345678", "їїїїїїїї"), key: true},
	{name: "bpchar", typ: "char(5)", values: q("", "ab", "їжак", "12345"), key: true},
	{name: "char", typ: `"char"`, values: append(q("z", "\\"), "'\\377'::\"char\"", "''::\"char\""), key: true},
	{name: "name", typ: "name", values: q("", "a name"), key: true},
	{name: "bytea", typ: "bytea", key: true, values: append(
		q(`\x`, `\x00`, `\x00ff5c27`, `\x5c2e0a`), "decode(repeat('00ff', 1000), 'hex')")},
	{name: "date", typ: "date", key: true, values: q("infinity", "-infinity", "4713-01-01 BC", "0044-03-15 BC", "0001-01-01", "5874897-12-31", "2024-02-29")},
	{name: "timestamp", typ: "timestamp", key: true, values: q(
		"infinity", "-infinity", "4713-01-01 00:00:00 BC", "0001-12-31 23:59:59.999999 BC", "294276-12-31 23:59:59.999999", "1999-12-31 23:59:60")},
	{name: "timestamptz", typ: "timestamptz", key: true, values: q(
		"infinity", "-infinity", "4713-01-01 00:00:00+00 BC", "2026-03-29 01:30+00", "2026-10-25 00:30+00", "1900-01-01 00:00:00+02:02:04")},
	{name: "timestamp_precision", typ: "timestamptz(0)", values: q("2026-01-01 00:00:00.5+00", "infinity")},
	{name: "time", typ: "time", values: q("24:00:00", "00:00", "23:59:59.999999"), key: true},
	{name: "timetz", typ: "timetz", values: q("24:00:00+00", "00:00+15:59:59", "12:30:00.000001-03:30"), key: true},
	{name: "interval", typ: "interval", key: true, values: q(
		"0", "-1 year 3 days 00:00:01.5", "1 mon -1 day", "178000000 years", "-00:00:00.000001", "1 day 25:00:00")},
	{name: "interval_fields", typ: "interval day to second(2)", values: q("3 days 04:05:06.78", "-1 day")},
	{name: "uuid", typ: "uuid", values: q("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"), key: true},
	{name: "json", typ: "json", values: q(`{"a": 1,  "a": 2 }`, "null", `"\u0454"`, `[1e400]`, ` [ ] `)},
	{name: "jsonb", typ: "jsonb", key: true, values: q(`{"b": [1, null], "a": "\u0454\\\"'"}`, "null", "1e400", `""`, `{}`, `[[[[[]]]]]`)},
	{name: "jsonpath", typ: "jsonpath", values: q(`$.a[*] ? (@ > 1)`, `$."а б"`)},
	{name: "xml", typ: "xml", values: q(`<a b="1">б &amp; <![CDATA[<x>]]></a>`, "text only", "")},
	{name: "int_array", typ: "int[]", key: true, values: q("{}", "{NULL}", "{1,NULL,3}", "{{1,2},{3,4}}", "[-1:1]={1,2,3}", "{{{1}}}")},
	{name: "text_array", typ: "text[]", key: true, values: append(
		q(`{"","NULL",NULL,"a,b","c\"d","e\\f","{}"," "}`, `{{"а",NULL},{"''","\\\\"}}`), "ARRAY[repeat('x', 500)]")},
	{name: "numeric_array", typ: "numeric(10,2)[]", values: q("{NaN,1.50,NULL}", "{}")},
	{name: "bytea_array", typ: "bytea[]", values: q(`{"\\x00ff",NULL}`)},
	{name: "timestamp_array", typ: "timestamptz[]", values: q(`{infinity,"2026-01-01 00:00+00",NULL}`)},
	{name: "int4range", typ: "int4range", values: q("empty", "[1,5)", "(,)", "[,3]", "[7,7]"), key: true},
	{name: "numrange", typ: "numrange", values: q("[1.0,1.00]", "(0,NaN)", "[-Infinity,Infinity]", "empty"), key: true},
	{name: "tstzrange", typ: "tstzrange", values: q(`["2026-01-01 00:00+00",infinity)`, `[-infinity,infinity]`, "empty", "(,)"), key: true},
	{name: "daterange", typ: "daterange", values: q("[2026-01-01,2026-02-01)", "(,0044-03-15 BC)"), key: true},
	{name: "multirange", typ: "int8multirange", values: q("{}", "{[1,2),[5,9)}", "{(,)}"), key: true},
	{name: "datemultirange", typ: "datemultirange", values: q("{[2026-01-01,2026-01-02),[2026-03-01,)}"), key: true},
	{name: "bit", typ: "bit(9)", values: q("000000000", "101010101"), key: true},
	{name: "varbit", typ: "bit varying(70)", values: append(q("", "1"), "repeat('10', 35)::varbit"), key: true},
	{name: "inet", typ: "inet", values: q("::1", "10.0.0.0/8", "10.0.0.1", "fe80::1/64", "::ffff:1.2.3.4"), key: true},
	{name: "cidr", typ: "cidr", values: q("10.0.0.0/8", "::/0", "2001:db8::/32"), key: true},
	{name: "macaddr", typ: "macaddr", values: q("08:00:2b:01:02:03"), key: true},
	{name: "macaddr8", typ: "macaddr8", values: q("08:00:2b:01:02:03:04:05"), key: true},
	{name: "money", typ: "money", values: q("-92233720368547758.08", "0", "12.34"), key: true},
	{name: "tsvector", typ: "tsvector", values: q("", "a:1A 'б в':2,3B", `'it''s' '\\'`), key: true},
	{name: "tsquery", typ: "tsquery", values: q("a & !b | c <-> d:*A", "''''")},
	{name: "pg_lsn", typ: "pg_lsn", values: q("0/0", "FFFFFFFF/FFFFFFFF"), key: true},
	{name: "oid", typ: "oid", values: q("0", "4294967295"), key: true},
	{name: "txid_snapshot", typ: "pg_snapshot", values: q("10:20:10,14,15", "1:1:")},
	{name: "point", typ: "point", values: q("(1,2)", "(NaN,-Infinity)", "(0.1,1e-300)")},
	{name: "polygon", typ: "polygon", values: q("((0,0),(1,1),(2,0))")},
	{name: "path", typ: "path", values: q("[(0,0),(1,1)]", "((0,0),(1,1))")},
	{name: "circle", typ: "circle", values: q("<(0,0),1.5>")},
	{name: "box", typ: "box", values: q("(1,1),(0,0)")},
	{name: "box_array", typ: "box[]", values: q("{(1,1),(0,0);(2,2),(1,1)}")}, // its delimiter is a semicolon
	{name: "domain", typ: "d_code", setup: `CREATE DOMAIN d_code AS text CHECK (value <> '')`, values: q("x", "a'b"), key: true},
	{name: "domain_of_domain", typ: "d_outer", setup: `CREATE DOMAIN d_inner AS numeric(6,2) CHECK (value > 0); CREATE DOMAIN d_outer AS d_inner CHECK (value < 100)`, values: q("1.5", "99.99"), key: true},
	{name: "domain_array", typ: "d_word[]", setup: `CREATE DOMAIN d_word AS text CHECK (value ~ '^\w*$')`, values: q(`{a,NULL,"б"}`)},
	{name: "enum", typ: "mood", setup: `CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'щасливий')`, values: q("sad", "it's ok", "щасливий"), key: true},
	{name: "enum_array", typ: "colour[]", setup: `CREATE TYPE colour AS ENUM ('red', 'light green')`, values: q(`{red,"light green",NULL}`)},
	{
		name: "composite", typ: "place", setup: `CREATE TYPE point_of AS (x int, y text); CREATE TYPE place AS (at point_of, names text[], note text)`, key: true,
		values: q(`("(1,""a,b"")","{c,""d e""}","x ""y"" \\ z")`, "(,,)", `("(,)",{},"")`),
	},
	{name: "composite_array", typ: "pair_of[]", setup: `CREATE TYPE pair_of AS (x int, y text)`, values: q(`{"(1,a)","(,\"b c\")",NULL}`)},
	{name: "own_range", typ: "textrange", setup: `CREATE TYPE textrange AS RANGE (subtype = text)`, values: q(`["a b","c""d")`, "empty", "(,)"), key: true},
	{name: "odd_type_name", typ: `"Дивний. ""тип"""`, setup: `CREATE TYPE "Дивний. ""тип""" AS ENUM ('а')`, values: q("а"), key: true},
	{name: "hstore", typ: "hstore", setup: `CREATE EXTENSION hstore`, values: q(`"a b"=>"c\"d", e=>NULL`, "", `"=>"=>","`), key: true},
	{name: "citext", typ: "citext", setup: `CREATE EXTENSION citext`, values: q("Ab", "", "Їжак"), key: true},
	{name: "ltree", typ: "ltree", setup: `CREATE EXTENSION ltree`, values: q("a.b.c", ""), key: true},
	{name: "cube", typ: "cube", setup: `CREATE EXTENSION cube`, values: q("(1,2),(3,4)", "(0)"), key: true},
	{name: "isbn", typ: "isbn13", setup: `CREATE EXTENSION isn`, values: q("978-0-393-04002-9"), key: true},
}

func (k kind) table() string { return "t_" + k.name }
func (k kind) keyed() string { return "k_" + k.name }

// installable reports whether the kind's extension, if it needs one, is on this machine.
func (p *pair) installable(k kind) bool {
	name, needs := strings.CutPrefix(k.setup, "CREATE EXTENSION ")
	return !needs || p.count(p.source, `SELECT count(*) FROM pg_available_extensions WHERE name = $1`, name) == 1
}

// prepareKinds makes the types on both sides and the tables on the source, with the first half of the rows,
// and returns the kinds that this machine has.
func (p *pair) prepareKinds() (have []kind) {
	p.t.Helper()
	list := &strings.Builder{}
	for _, k := range kinds {
		if !p.installable(k) {
			p.t.Logf("skipped %s: the machine has no package with it (postgresql-contrib)", k.name)
			continue
		}
		have = append(have, k)
		p.asAdmin("SET search_path = public; " + k.setup)
		p.source.Exec(fmt.Sprintf("CREATE TABLE %s (id int PRIMARY KEY, v %s, other text)", k.table(), k.typ))
		fmt.Fprintf(list, "  - {table: %s, columns: [v, id]}\n", k.table())
		p.source.Exec(k.insert(1))
		if k.key {
			p.source.Exec(fmt.Sprintf("CREATE TABLE %s (k %s PRIMARY KEY, v int)", k.keyed(), k.typ))
			fmt.Fprintf(list, "  - {table: %s, columns: [k, v]}\n", k.keyed())
			p.source.Exec(fmt.Sprintf("INSERT INTO %s VALUES (%s)", k.keyed(), strings.Join(numbered(k.values), "), (")))
		}
	}
	p.write("whitelist.yaml", "version: 1\ntables:\n"+list.String())
	p.load()
	return have
}

// insert makes a row for each value, and one with NULL, from id on.
func (k kind) insert(id int) string {
	rows := make([]string, 0, len(k.values)+1)
	for _, v := range append(slices.Clone(k.values), "NULL") {
		rows = append(rows, fmt.Sprintf("(%d, %s)", id, v))
		id++
	}
	return fmt.Sprintf("INSERT INTO %s (id, v) VALUES %s", k.table(), strings.Join(rows, ", "))
}

func numbered(values []string) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = fmt.Sprintf("%s, %d", v, i)
	}
	return all
}

// changed are the statements that bring every value once more through the stream: new rows, each value in the
// place of each other, unchanged values beside changed ones, and keys that are looked up again.
func (k kind) changed() []string {
	n := len(k.values) + 1
	all := []string{
		k.insert(101), k.insert(201),
		fmt.Sprintf("UPDATE %[1]s AS t SET v = o.v FROM %[1]s AS o WHERE t.id < 100 AND o.id = 101 + (t.id %% %d)", k.table(), n),
		fmt.Sprintf("UPDATE %s SET other = 'not listed' WHERE id < 110", k.table()),
		fmt.Sprintf("UPDATE %s SET v = NULL WHERE id %% 3 = 0", k.table()),
		fmt.Sprintf("DELETE FROM %s WHERE id > 200", k.table()),
		fmt.Sprintf("UPDATE %s SET id = id + 1000 WHERE id > 100", k.table()),
	}
	if k.key {
		all = append(all,
			fmt.Sprintf("UPDATE %s SET v = v + 100", k.keyed()),
			fmt.Sprintf("DELETE FROM %s WHERE v %% 2 = 0", k.keyed()),
			fmt.Sprintf("INSERT INTO %s VALUES (%s) ON CONFLICT (k) DO UPDATE SET v = 7", k.keyed(), strings.Join(numbered(k.values), "), (")))
	}
	return all
}

// TestEveryType brings every value of every kind to the replica by snapshot and by stream, as a value and as
// (a part of) the key.
func TestEveryType(t *testing.T) {
	t.Parallel()
	p := newPair(t, "", "  - {table: nothing, columns: [yet]}\n")
	have := p.prepareKinds()
	p.init()
	p.equal()
	if t.Failed() {
		t.Fatal("the snapshot differs")
	}
	stop := p.start()
	for _, k := range have {
		for _, sql := range k.changed() {
			p.source.Exec(sql)
		}
	}
	p.waitFor()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	p.equal()
	for _, k := range have {
		if n := p.count(p.target, "SELECT count(*) FROM "+k.table()); n < 2*len(k.values) {
			t.Errorf("%s: only %d rows on the target", k.name, n)
		}
	}
}

// Keys that are equal for the server although their text differs name one row.
func TestKeysThatAreEqualAndLookDifferent(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE n (k numeric PRIMARY KEY, v text); CREATE TABLE f (k float8 PRIMARY KEY, v text); CREATE TABLE i (k interval PRIMARY KEY, v text);
		CREATE TABLE j (k jsonb PRIMARY KEY, v text); CREATE TABLE c (k char(6) PRIMARY KEY, v text);
		INSERT INTO n VALUES (1.0, 'a'), (2, 'b'); INSERT INTO f VALUES (0, 'a'), (1, 'b'); INSERT INTO i VALUES ('1 day', 'a'); INSERT INTO j VALUES ('1.0', 'a'); INSERT INTO c VALUES ('x', 'a')`, `
  - {table: n, columns: [k, v]}
  - {table: f, columns: [k, v]}
  - {table: i, columns: [k, v]}
  - {table: j, columns: [k, v]}
  - {table: c, columns: [k, v]}
`)
	p.init()
	p.changes(
		`UPDATE n SET k = 1.00 WHERE k = 1`, `UPDATE n SET k = 2.000, v = 'c' WHERE k = 2`,
		`BEGIN; DELETE FROM n WHERE k = 1.00; INSERT INTO n VALUES (1.0000, 'again'); UPDATE n SET v = 'last' WHERE k = 1; COMMIT`,
		`BEGIN; INSERT INTO n VALUES (3, 'x'); UPDATE n SET k = 3.0 WHERE k = 3; DELETE FROM n WHERE k = 3; COMMIT`,
		`BEGIN; INSERT INTO n VALUES (4, 'x'); DELETE FROM n WHERE k = 4; INSERT INTO n VALUES (4.0, 'y'); UPDATE n SET k = 4.00 WHERE k = 4; COMMIT`,
		`UPDATE f SET k = '-0' WHERE k = 0`, `BEGIN; UPDATE f SET v = 'z' WHERE k = 0; UPDATE f SET k = 0 WHERE k = 0; COMMIT`,
		`UPDATE i SET k = '24:00:00'`, `UPDATE i SET v = 'hours'`, `DELETE FROM i WHERE k = '1 day'`,
		`UPDATE j SET k = '1.00'`, `UPDATE j SET v = 'x' WHERE k = '1'`,
		`UPDATE c SET v = 'y' WHERE k = 'x     '`, `UPDATE c SET k = 'y'`,
	)
}

// Values that an enum gets later must be added on the target first; until then the stream stops with table and
// SQLSTATE, and goes on from there once somebody has added them.
func TestEnumValueAddedLater(t *testing.T) {
	t.Parallel()
	enum := `CREATE TYPE public.state AS ENUM ('new', 'done')`
	p := newPair(t, enum+`; CREATE TABLE e (id int PRIMARY KEY, s state, all_of state[]); INSERT INTO e VALUES (1, 'new', '{new}')`, "  - {table: e, columns: [id, s, all_of]}\n")
	p.target.Exec(enum)
	p.init()
	p.target.Exec(`ALTER TYPE public.state ADD VALUE 'refused' BEFORE 'done'`)
	p.source.Exec(`ALTER TYPE public.state ADD VALUE 'refused'`) // another place in the order is of no concern to text
	p.changes(`INSERT INTO e VALUES (2, 'refused', '{refused,new}')`, `UPDATE e SET s = 'refused' WHERE id = 1`)

	p.source.Exec(`ALTER TYPE public.state ADD VALUE 'forgotten'`)
	p.source.Exec(`INSERT INTO e VALUES (3, 'forgotten', NULL)`)
	err := p.catchUp()
	if err == nil || !strings.Contains(err.Error(), "public.e") || !strings.Contains(err.Error(), "22P02") || strings.Contains(err.Error(), "forgotten") {
		t.Errorf("got %v; want table and SQLSTATE, never the value", err)
	}
	p.target.Exec(`ALTER TYPE public.state ADD VALUE 'forgotten'`)
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}

// The settings of roles, databases and sessions change how values look, on both sides and for the sender too.
func TestSettingsOfOthersChangeNothing(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE s (id int PRIMARY KEY, d date, ts timestamptz, i interval, f float8, b bytea, m money, x xml, t text);
		INSERT INTO s VALUES (1, '2026-02-03', '2026-02-03 04:05:06.7+00', '-1 year 2 days 03:04:05', 0.1, '\x00ff', 1.5, '<a/>', 'їжак')`,
		"  - {table: s, columns: [id, d, ts, i, f, b, m, x, t]}\n")
	for _, s := range []string{
		"datestyle = 'SQL, DMY'", "intervalstyle = 'iso_8601'", "extra_float_digits = -15", "bytea_output = 'escape'", "timezone = 'Asia/Kathmandu'",
		"search_path = ''", "standard_conforming_strings = off", "array_nulls = off", "xmloption = 'document'",
		"statement_timeout = '2s'", "lock_timeout = '1s'", "client_encoding = 'LATIN1'",
	} {
		for _, role := range []string{"syncer_reader", "syncer_writer"} {
			p.asAdmin(fmt.Sprintf("DO $$ BEGIN EXECUTE format($x$ALTER ROLE %s IN DATABASE %%I SET %s$x$, current_database()); END $$", role, s))
		}
	}
	p.init()
	p.equal()
	p.changes(`INSERT INTO s SELECT id + 1, d + 40, ts + '7 months', i * 2, f / 3, b || '\x5c27', m * 3, x, t || '\' FROM s`,
		`UPDATE s SET d = d + 1, f = f * 7 WHERE id = 1`)
}

// Names of 63 bytes, in both alphabets, reserved words, quotes, spaces, dots, percent signs.
func TestOddNames(t *testing.T) {
	t.Parallel()
	names := []string{"select", "Order", "Пам’ять", "it's", "a b", "a%s$1", "-- ; drop", `say "x"`, strings.Repeat("щ", 31), "xmin_", "0", `\x`}
	const schema = `"Дивна 'схема'"`
	quoted := func(n string) string { return `"` + strings.ReplaceAll(n, `"`, `""`) + `"` }
	shown := func(n string) string { return string([]rune(n)[:1]) + `."shown` } // a whitelist's tables hold no dot, its columns may
	var sql, list strings.Builder
	var statements []string
	sql.WriteString("CREATE SCHEMA " + schema + ";")
	for i, n := range names {
		table, id, flag := schema+"."+quoted(n), quoted(n), quoted(shown(n))
		fmt.Fprintf(&sql, `CREATE TABLE %s (%s int PRIMARY KEY, "user" text, %s boolean NOT NULL, hidden text);`, table, id, flag)
		fmt.Fprintf(&sql, `INSERT INTO %s SELECT n, 'v' || n, n %% 2 = 0, 'canary' FROM generate_series(1, 20) n;`, table)
		fmt.Fprintf(&list, "  - table: %s\n    columns: [%s, user, %s]\n", yamlText("Дивна 'схема'."+n), yamlText(n), yamlText(shown(n)))
		if i%2 == 0 {
			fmt.Fprintf(&list, "    where: %s\n", yamlText(flag))
		}
		statements = append(statements,
			fmt.Sprintf(`UPDATE %s SET "user" = 'changed' WHERE %s < 5`, table, id),
			fmt.Sprintf(`UPDATE %s SET %s = NOT %s WHERE %s > 10`, table, flag, flag, id),
			fmt.Sprintf(`UPDATE %s SET %s = %s + 100 WHERE %s < 3`, table, id, id, id),
			fmt.Sprintf(`DELETE FROM %s WHERE %s = 6`, table, id),
			fmt.Sprintf(`INSERT INTO %s VALUES (50, 'new', true)`, table))
	}
	p := newPair(t, sql.String(), list.String())
	p.init()
	p.equal()
	p.changes(statements...)
	p.changes(`TRUNCATE ` + schema + `."select", ` + schema + `."it's"`)
}

func yamlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// A wide table: as many columns as the server takes in a publication's list, all changed and one changed.
func TestManyColumns(t *testing.T) {
	t.Parallel()
	var columns, list, values []string
	for i := range 400 {
		columns, list, values = append(columns, fmt.Sprintf("c%d text", i)), append(list, fmt.Sprintf("c%d", i)), append(values, fmt.Sprintf("'v' || n || '-%d'", i))
	}
	p := newPair(t, fmt.Sprintf("CREATE TABLE wide (id int PRIMARY KEY, %s); INSERT INTO wide SELECT n, %s FROM generate_series(1, 50) n", strings.Join(columns, ", "), strings.Join(values, ", ")),
		"  - {table: wide, columns: [id, "+strings.Join(list, ", ")+"]}\n")
	p.init()
	p.changes(`UPDATE wide SET c399 = 'one' WHERE id < 10`, `UPDATE wide SET c0 = NULL, c200 = ''`, `INSERT INTO wide (id, c1) VALUES (1000, 'x')`,
		`UPDATE wide SET id = id + 5000 WHERE id > 40`, `DELETE FROM wide WHERE id = 7`)
}
