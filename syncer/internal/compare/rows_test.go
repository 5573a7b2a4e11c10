package compare_test

import (
	"fmt"
	"strings"
	"testing"

	"portal.example/syncer/internal/compare"
)

func TestDamageIsNamedAndMended(t *testing.T) {
	t.Parallel()
	const table = `CREATE TABLE items (id bigint PRIMARY KEY, name text, price numeric(12,2), at timestamptz, tags text[])`
	p := newPair(t, table+`; INSERT INTO items SELECT n, 'item ' || n, n * 1.10, now(), ARRAY['a', NULL, 'b"c'] FROM generate_series(1, 5000) n`,
		table, "  - {table: items, columns: [id, name, price, at, tags]}\n")
	r := p.compare(p.options())
	p.want(r)
	if r.Tables[0].Rows != 5000 || r.Fenced {
		t.Errorf("report: %+v", r)
	}
	p.target.Exec(`DELETE FROM items WHERE id IN (7, 4999); UPDATE items SET name = 'ITEM 9' WHERE id = 9;
		UPDATE items SET tags = NULL WHERE id = 10; INSERT INTO items VALUES (-1, NULL, 0, now(), '{}')`)
	damage := []string{
		"public.items missing 7", "public.items missing 4999", "public.items different 9", "public.items different 10", "public.items extra -1",
	}
	p.want(p.compare(p.options()), damage...)

	dry := p.repair(p.options(), true)
	p.want(dry.Report, damage...)
	if dry.Mended != 0 || dry.Clean() {
		t.Errorf("dry run: %+v", dry)
	}
	p.want(p.compare(p.options()), damage...)

	out := p.repair(p.options(), false)
	if out.Mended != 5 || !out.Clean() {
		t.Errorf("repair: %+v", out)
	}
	p.want(p.compare(p.options()))
}

// Blocks, parts of blocks, segments and leaves are all cut small, so that every border is crossed. Rows lie in the order
// of their key (ranges), or anyhow (buckets; the target's role may not ask where, and reads in one go).
func TestLargeTableInSmallBlocks(t *testing.T) {
	t.Parallel()
	for key, of := range map[string]string{"bigint": "n", "uuid": "md5(n::text)::uuid"} {
		t.Run(key, func(t *testing.T) {
			table := fmt.Sprintf(`CREATE TABLE big (id %s PRIMARY KEY, n int, body text);`, key)
			p := newPair(t, fmt.Sprintf(`%s INSERT INTO big SELECT %s, n, repeat('x', n %% 50) FROM generate_series(1, 80000) n; ANALYZE big`, table, of),
				table, "  - {table: big, columns: [id, n, body]}\n")
			p.target.Exec(`ANALYZE big`)
			o := p.options()
			o.BlockBytes, o.LeafRows = 128<<10, 50
			p.want(p.compare(o))
			p.target.Exec(fmt.Sprintf(`DELETE FROM big WHERE n %% 16000 = 1; UPDATE big SET body = body || 'y' WHERE n %% 20000 = 2;
				INSERT INTO big SELECT %s, n, '' FROM generate_series(80001, 80004) n`, of))
			r := p.compare(o)
			if one := r.Tables[0]; one.Rows != 80000 || one.Missing != 5 || one.Different != 4 || one.Extra != 4 {
				t.Errorf("report: %+v", one)
			}
			p.target.Exec(`DELETE FROM big WHERE n BETWEEN 20000 AND 27999`) // more than a leaf or a group holds
			r = p.compare(o)
			if one := r.Tables[0]; one.Missing != 8005 || len(one.Keys) != 1000 || one.AtLeast {
				t.Errorf("report: missing %d, keys %d", one.Missing, len(one.Keys))
			}
			o.MaxRows = 1000
			r = p.compare(o)
			if one := r.Tables[0]; !one.AtLeast || one.Total() != 1000 {
				t.Errorf("limited: %d %t", one.Total(), one.AtLeast)
			}
			if out := p.repair(p.options(), false); !out.Clean() || out.Mended != 8012 {
				t.Errorf("repair: %d mended, %d not", out.Mended, len(out.Unmended))
			}
			p.want(p.compare(o))
		})
	}
}

// The filter's rows only; other order of columns on the target, columns of its own, generated ones.
func TestProjectionOnly(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE cards (id int PRIMARY KEY, secret text NOT NULL DEFAULT 's', published boolean NOT NULL, title text);
			CREATE UNIQUE INDEX cards_identity ON cards (id, published); ALTER TABLE cards REPLICA IDENTITY USING INDEX cards_identity;
			INSERT INTO cards (id, published, title) SELECT n, n % 3 = 0, 'Картка ' || n FROM generate_series(1, 300) n`,
		`CREATE TABLE cards (note text DEFAULT 'ours', title text, published boolean, words tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED, id int PRIMARY KEY)`,
		"  - {table: cards, columns: [id, published, title], where: published}\n")
	p.want(p.compare(p.options()))
	p.target.Exec(`UPDATE cards SET note = 'other'; UPDATE cards SET title = 'x' WHERE id = 30; INSERT INTO cards VALUES (DEFAULT, 'Картка 1', false, DEFAULT, 1)`)
	p.want(p.compare(p.options()), "public.cards different 30", "public.cards extra 1")
	if out := p.repair(p.options(), false); !out.Clean() {
		t.Errorf("repair: %+v", out)
	}
	p.want(p.compare(p.options()))
	var note string
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT note FROM cards WHERE id = 30`).Scan(&note); err != nil || note != "other" {
		t.Errorf("the target's own column holds %q (%v)", note, err)
	}
}

// Every odd type of key, with odd values; one row of each is removed, changed and added.
func TestKeysOfEveryType(t *testing.T) {
	t.Parallel()
	keys := []struct{ name, typ, values string }{
		{"k_int2", "smallint", "-32768, 0, 5, 32767"},
		{"k_num", "numeric", "1.0, 2.50, 'NaN', -0.001"},
		{"k_float", "double precision", "0.1, 'NaN', 'Infinity', 1e-300"},
		{"k_bool", "boolean", "true, false"},
		{"k_date", "date", "'infinity', '0044-03-15 BC', '2024-02-29', '-infinity'"},
		{"k_ts", "timestamptz", "'infinity', '2024-02-29 12:00:00.000001+02', '1970-01-01', '0001-01-01 BC'"},
		{"k_time", "time", "'24:00:00', '00:00', '12:34:56.789', '01:00'"},
		{"k_interval", "interval", "'1 day', '25 hours', '-1 mon', '1 year 2 days 03:04:05.6'"},
		{"k_bytea", "bytea", `'\x', '\x00ff', '\x27', '\xdeadbeef'`},
		{"k_text", "text", `'', 'ї', '''; drop', 'a"b,c\d'`},
		{"k_c", `text COLLATE "C"`, "'a', 'B', 'Ґ', ' '"},
		{"k_vc", "varchar(5)", "'a', 'B', 'ab', ' '"},
		{"k_char", "char(6)", "'a', 'b', 'cd', ''"},
		{"k_qchar", `"char"`, "'a', 'b', 'c', 'd'"},
		{"k_name", "name", "'a', 'B', 'c', 'd e'"},
		{"k_inet", "inet", "'10.0.0.1', '::1', '10.0.0.0/8', '10.1.2.3/8'"},
		{"k_bit", "bit varying(9)", "B'1', B'01', B'', B'111'"},
		{"k_jsonb", "jsonb", `'{"b":1,"a":[null]}', '"x"', 'null', '[]'`},
		{"k_arr", "text[]", `'{}', '{a,NULL}', '{"a b"}', '{{a},{b}}'`},
		{"k_range", "int4range", "'empty', '[1,5)', '(,3]', '[7,)'"},
		{"k_money", "money", "'$1.00', '$-2.50', '$1000.00', '$0.01'"},
		{"k_enum", "mood", "'happy', 'sad', 'so so', 'Щасливий'"},
		{"k_domain", "code", "'a', 'B', 'c', 'd'"},
		{"k_row", "spot", "'(1,a)', '(2,)', '(1,b)', '(-1,\"x y\")'"},
		{"k_citext", "extra.citext", "'Kyiv', 'lviv', 'ODESA', 'ї'"},
		{"k_ltree", "extra.hstore", `'a=>1', 'a=>NULL', '', '"b c"=>2'`},
	}
	types := `CREATE SCHEMA extra; CREATE EXTENSION citext SCHEMA extra; CREATE EXTENSION hstore SCHEMA extra; GRANT USAGE ON SCHEMA extra TO syncer_reader, syncer_writer;
		CREATE TYPE mood AS ENUM (%s); CREATE DOMAIN code AS varchar(10) CHECK (VALUE <> ''); CREATE TYPE spot AS (x int, y text);`
	var from, to, list strings.Builder
	fmt.Fprintf(&from, types, "'sad', 'so so', 'happy', 'Щасливий'")
	fmt.Fprintf(&to, types, "'Щасливий', 'happy', 'so so', 'sad'") // sorts the other way round
	for _, k := range keys {
		table := fmt.Sprintf(`CREATE TABLE %s (k %s PRIMARY KEY, v int);`, k.name, k.typ)
		from.WriteString(table)
		to.WriteString(table)
		fmt.Fprintf(&list, "  - {table: %s, columns: [k, v]}\n", k.name)
		for i, v := range strings.Split(k.values, ", ") {
			fmt.Fprintf(&from, "INSERT INTO %s VALUES (%s, %d);", k.name, v, i)
		}
	}
	p := newPair(t, from.String(), to.String(), list.String())
	p.want(p.compare(p.options()))
	p.missAndMend(func(name string) {
		p.target.Exec("DELETE FROM " + name + " WHERE v = 0; UPDATE " + name + " SET v = v + 100 WHERE v = 1")
	}, compare.Missing, compare.Changed)
	p.missAndMend(func(name string) { p.source.Exec("DELETE FROM " + name + " WHERE v = 1"); p.settle() }, compare.Extra)
}

// missAndMend damages every table, expects exactly one finding of each kind in each, and mends them.
func (p *pair) missAndMend(damage func(table string), kinds ...compare.Kind) {
	p.t.Helper()
	for _, w := range p.list.Tables {
		damage(w.Name)
	}
	r := p.compare(p.options())
	for _, t := range r.Tables {
		counts := map[compare.Kind]int64{compare.Missing: t.Missing, compare.Extra: t.Extra, compare.Changed: t.Different}
		for _, k := range kinds {
			if counts[k] != 1 {
				p.t.Errorf("%s: %d %s %+v", t.Name, counts[k], k, t)
			}
		}
		if t.Total() != int64(len(kinds)) {
			p.t.Errorf("%s: %+v", t.Name, t)
		}
	}
	if out := p.repair(p.options(), false); !out.Clean() {
		p.t.Errorf("repair: %+v", out.Unmended)
	}
	p.want(p.compare(p.options()))
}

// settle pretends that everything so far was applied: the damage is then on the target.
func (p *pair) settle() {
	p.t.Helper()
	var lsn string
	if err := p.source.Pool.QueryRow(p.t.Context(), `SELECT pg_logical_emit_message(true, 'test', '')::text`).Scan(&lsn); err != nil {
		p.t.Fatal(err)
	}
	p.target.Exec(`UPDATE sync.progress SET applied_lsn = pg_lsn '0/0' + (($1::text::pg_lsn - '0/0') + 100)`, lsn)
}
