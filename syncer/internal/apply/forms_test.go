package apply_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"portal.example/syncer/internal/wire"
)

// forms are how many rows a batch has for each way in which rows are brought to a table: one by one, as a set, by COPY
// and, for those that are there, through a stage.
var forms = map[string]int{"one": 1, "few": 4, "set": 5, "copy": 300, "stage": 2100}

// TestFormsAgree: a value is the same on the target whichever way it came, as the source's server would have it.
func TestFormsAgree(t *testing.T) {
	const setup = `CREATE EXTENSION IF NOT EXISTS citext; CREATE DOMAIN d_code AS varchar(6) CHECK (value <> '');
		CREATE TYPE mood AS ENUM ('sad', 'it''s ok'); CREATE TYPE place AS (x int, names text[], note text);
		CREATE TYPE textrange AS RANGE (subtype = text);`
	types := []struct{ typ, values string }{
		{"text", `|a'b\c|\N|~~`},
		{"varchar(8)", "|12345678"},
		{"char(5)", "ab   |     "},
		{`"char"`, `z|\`},
		{"name", "a name"},
		{"numeric", "1.0|1.00|NaN|-Infinity"},
		{"numeric(12,2)", "1.00|-9999999999.99"},
		{"float8", "-0|5e-324|NaN"},
		{"bit(9)", "101010101"},
		{"bit varying(70)", "|1"},
		{"boolean", "t|f"},
		{"bytea", `\x00ff5c27`},
		{"timestamp with time zone", "infinity|0044-03-15 12:00:00+00 BC"},
		{"timestamp(0) with time zone", "2026-01-01 00:00:00+00"},
		{"interval day to second(2)", "3 days 04:05:06.78"},
		{"jsonb", `{"a": "\\u0454"}|null`},
		{"json", `{"a": 1,  "a": 2 }`},
		{"integer[]", "{}|[-1:1]={1,2,3}|{{1,2},{3,4}}|{NULL}"},
		{"text[]", `{"","NULL",NULL,"a,b","c\"d","e\\f"}`},
		{"numeric(10,2)[]", "{NaN,1.50,NULL}"},
		{"box[]", "{(1,1),(0,0);(2,2),(1,1)}"},
		{"int4range", "empty|[1,5)"},
		{"textrange", `["a b","c""d")`},
		{"inet", "::1|10.0.0.1"},
		{"xml", `<a b="1">б</a>`},
		{"d_code", "x|a'b"},
		{"mood", "it's ok"},
		{"place", `("1","{c,""d e""}","x ""y"" \\ z")|(,,)`},
		{"citext", "Ab|aB"},
		{"pg_lsn", "0/0"},
		{"oid", "4294967295"},
	}
	f := newFeed(t, setup+"CREATE TABLE forms (id int PRIMARY KEY)", "forms id:integer")
	for n, c := range types {
		f.db.Exec(fmt.Sprintf("ALTER TABLE forms ADD COLUMN c%d %s", n, c.typ))
		typ := f.one(`SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'forms'::regclass AND attname = $1`, fmt.Sprintf("c%d", n))
		if !strings.Contains(typ, ".") && slices.Contains([]string{"d_code", "mood", "place", "citext", "textrange"}, typ) {
			typ = "public." + typ
		}
		f.rels[0].Columns = append(f.rels[0].Columns, wire.Column{Name: fmt.Sprintf("c%d", n), Type: typ})
	}
	row := func(id, version int) wire.Row {
		r := wire.Row{Values: [][]byte{fmt.Append(nil, id)}}
		for n, c := range types {
			values := strings.Split(c.values, "|")
			if k := (id + version + n) % (len(values) + 1); k < len(values) {
				r.Values = append(r.Values, []byte(values[k]))
			} else {
				r.Values = append(r.Values, nil)
			}
		}
		return r
	}
	f.start()
	f.send()
	for name, n := range forms {
		f.db.Exec("TRUNCATE forms")
		for version := range 2 {
			f.begin()
			for id := range n {
				c := wire.Change{Kind: wire.KindInsert, New: row(id, version)}
				if version > 0 {
					c.Kind = wire.KindUpdate
				}
				f.changes(c)
			}
			f.commit(0)
			f.wait()
			for c, k := range types {
				values := strings.Split(k.values, "|")
				wrong := f.column(fmt.Sprintf(`SELECT id || ': ' || coalesce(c%[1]d::text, 'NULL') FROM forms
					WHERE c%[1]d::text IS DISTINCT FROM (ARRAY[%[2]s]::text[])[(id + %[3]d + %[1]d) %% %[4]d + 1]::%[5]s::text ORDER BY id LIMIT 3`,
					c, literals(values), version, len(values)+1, f.rels[0].Columns[c+1].Type))
				if len(wrong) > 0 {
					t.Errorf("%s, %s, version %d: %v", name, k.typ, version, wrong)
				}
			}
		}
	}
}

// literals are the values as SQL, and NULL after them.
func literals(values []string) string {
	all := make([]string, 0, len(values)+1)
	for _, v := range values {
		all = append(all, "'"+strings.ReplaceAll(v, "'", "''")+"'")
	}
	return strings.Join(append(all, "NULL"), ", ")
}

// TestKeysOfOtherEquality: rows are found by what their key's index calls equal, one by one and as sets.
func TestKeysOfOtherEquality(t *testing.T) {
	for _, c := range []struct{ typ, stored, sent string }{
		{"public.citext", "Ab-", "aB-"}, {"numeric", "1.0", "1.00"}, {"text", "a-", "a-"},
	} {
		for form, n := range map[string]int{"few": 3, "set": 20} {
			t.Run(c.typ+" "+form, func(t *testing.T) {
				f := newFeed(t, `CREATE EXTENSION citext; CREATE TABLE keyed (id `+c.typ+` NOT NULL, v text); CREATE UNIQUE INDEX ON keyed (id`+
					map[bool]string{true: " text_pattern_ops"}[c.typ == "text"]+`)`, "keyed id:"+c.typ+" v:text")
				f.rels[0].Columns[0].Type = c.typ
				f.start()
				for _, step := range []string{"insert", "update", "delete"} {
					f.begin()
					for k := range n {
						at := fmt.Sprintf("%02d", k+1)
						switch step {
						case "insert":
							f.changes(ins(0, c.stored+at+",a"))
						case "update":
							f.changes(upd(0, key(c.typ, c.sent, c.stored, at)+",b"))
						case "delete":
							f.changes(del(0, key(c.typ, c.sent, c.stored, at)+",~"))
						}
					}
					f.commit(0)
					f.wait()
					want := map[string]string{"insert": "a", "update": "b"}[step]
					if got := f.column(`SELECT v FROM keyed`); step == "delete" != (len(got) == 0) || step != "delete" && (len(got) != n || got[0] != want) {
						t.Errorf("after %s: %v", step, got)
					}
				}
			})
		}
	}
}

// key is the same key, written otherwise: a number with one more zero at its end.
func key(typ, sent, stored, at string) string {
	if typ == "numeric" {
		return stored + at + "00"
	}
	return sent + at
}

// TestStageOfAnotherDescription: a table that is described anew gets a stage of its own; the old one would round.
func TestStageOfAnotherDescription(t *testing.T) {
	f := newFeed(t, `CREATE TABLE prices (id int PRIMARY KEY, price numeric(10,2))`, "prices id:integer price:numeric(10,2)")
	f.start()
	n := forms["stage"]
	for kind, price := range []string{"1.25", "2.25"} {
		f.begin()
		for id := range n {
			f.changes(wire.Change{Kind: []wire.Kind{wire.KindInsert, wire.KindUpdate}[kind], New: row(fmt.Sprintf("%d,%s", id, price))})
		}
		f.commit(0)
		f.wait()
	}
	f.db.Exec(`ALTER TABLE prices ALTER price TYPE numeric(10,4)`)
	f.rels[0].Columns[1].Type = "numeric(10,4)"
	f.b = wire.AppendRelation(f.b, f.rels[0])
	f.begin()
	for id := range n {
		f.changes(upd(0, fmt.Sprintf("%d,%s", id, "3.1234")))
	}
	f.commit(0)
	f.wait()
	if got := f.column(`SELECT DISTINCT price::text FROM prices`); !slices.Equal(got, []string{"3.1234"}) {
		t.Errorf("holds %v", got)
	}
}
