package daemon_test

import (
	"fmt"
	"strings"
	"testing"

	"portal.example/shared/fault"
)

// Whole rows that are inserted while the key is away need none; the stream goes on, in one transaction or in many.
func TestKeyDroppedForABulkLoad(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][]string{
		"one transaction": {`BEGIN; ALTER TABLE shop.t DROP CONSTRAINT t_pkey; INSERT INTO shop.t SELECT n, 'bulk' FROM generate_series(10, 500) n; ALTER TABLE shop.t ADD PRIMARY KEY (id); COMMIT`},
		"three":           {`ALTER TABLE shop.t DROP CONSTRAINT t_pkey`, `INSERT INTO shop.t SELECT n, 'bulk' FROM generate_series(10, 500) n`, `ALTER TABLE shop.t ADD PRIMARY KEY (id)`},
		"identity nothing and back": {
			`ALTER TABLE shop.t REPLICA IDENTITY NOTHING`, `INSERT INTO shop.t SELECT n, 'bulk' FROM generate_series(10, 500) n`, `ALTER TABLE shop.t REPLICA IDENTITY DEFAULT`,
		},
		"emptied and filled": {
			`BEGIN; TRUNCATE shop.t; ALTER TABLE shop.t DROP CONSTRAINT t_pkey; INSERT INTO shop.t SELECT n, 'bulk' FROM generate_series(1, 500) n; ALTER TABLE shop.t ADD PRIMARY KEY (id); COMMIT`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, `CREATE SCHEMA shop; CREATE TABLE shop.t (id int PRIMARY KEY, v text); INSERT INTO shop.t VALUES (1, 'a'), (2, 'b');
				GRANT USAGE ON SCHEMA shop TO syncer_reader`, "  - {table: shop.t, columns: [id, v]}\n")
			stop := p.start()
			p.waitFor()
			for _, sql := range statements {
				p.source.Exec(sql)
			}
			p.source.Exec(`UPDATE shop.t SET v = 'again' WHERE id < 50`)
			p.source.Exec(`DELETE FROM shop.t WHERE id > 400`)
			p.waitFor()
			p.equal()
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			p.source.Exec(`UPDATE shop.t SET v = 'once more' WHERE id < 5`)
			if err := p.catchUp(); err != nil {
				t.Fatal(err)
			}
			p.equal()
		})
	}
}

// keyType is a type of a key: what else must be made for it, and two values.
type keyType struct{ name, also, key, other string }

var keyTypes = []keyType{
	{"ltree", `CREATE EXTENSION ltree SCHEMA public`, "'a.b.c'", "'a.b.d'"},
	{"hstore", `CREATE EXTENSION hstore SCHEMA public`, `'a=>1, b=>"x y"'`, "'a=>2'"},
	{"citext", `CREATE EXTENSION citext SCHEMA public`, "'Ab'", "'c'"},
	{"isbn13", `CREATE EXTENSION isn SCHEMA public`, "'978-0-393-04002-9'", "'978-0-11-000533-1'"},
	{"cube", `CREATE EXTENSION cube SCHEMA public`, "'(1,2)'", "'(1,3)'"},
	{"seg", `CREATE EXTENSION seg SCHEMA public`, "'1 .. 2'", "'1 .. 3'"},
	{"shop.code", `CREATE DOMAIN shop.code AS text CHECK (value <> '')`, `'it''s "x\\y"'`, "'z'"},
	{"shop.mood", `CREATE TYPE shop.mood AS ENUM ('a "b', 'c')`, `'a "b'`, "'c'"},
	{"shop.pair", `CREATE TYPE shop.pair AS (x int, y text)`, `'(1,"a,b")'`, `'(2,c)'`},
	{"int4range", ``, "'[1,5)'", "'[7,8)'"},
	{"text[]", ``, `'{a,"b,c",NULL}'`, "'{d}'"},
	{"numeric", ``, "'1.50'", "'2'"},
	{"char(5)", ``, "'ab'", "'abc'"},
	{"timestamptz", ``, "'2026-01-02 10:00:00.123456+02'", "'infinity'"},
	{"float8", ``, "'0.1'", "'NaN'"},
	{"bytea", ``, `'\x00ff'`, `'\x01'`},
	{"inet", ``, "'10.0.0.1/8'", "'::1'"},
	{"jsonb", ``, `'{"a": "b\"c"}'`, `'[1]'`},
	{"interval", ``, "'1 mon'", "'31 days'"},
	{"bit(4)", ``, "'0101'", "'1111'"},
	{"uuid", ``, "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'"},
	{"varchar(4)", ``, `'a\b'`, "'c'"},
	{"name", ``, "'n'", "'m'"},
	{"int4multirange", ``, "'{[1,2),[4,5)}'", "'{}'"},
}

// column is how a column of the type is declared.
func (k keyType) column() string {
	if strings.HasPrefix(k.also, "CREATE EXTENSION") {
		return "public." + k.name
	}
	return k.name
}

// A row that begins to pass the filter without all of its values is read again by its key, whatever the key's type is and
// wherever the operator lives that compares it. Each type has a table of its own in one replica; only a type that two schemas have is
// in another database.
func TestRereadByEveryKeyType(t *testing.T) {
	t.Parallel()
	t.Run("in one database", func(t *testing.T) {
		t.Parallel()
		rereadByKeys(t, keyTypes)
	})
	t.Run("in another schema", func(t *testing.T) {
		t.Parallel()
		rereadByKeys(t, []keyType{{"ext.ltree", `CREATE SCHEMA ext; GRANT USAGE ON SCHEMA ext TO PUBLIC; CREATE EXTENSION ltree SCHEMA ext`, "'a.b'", "'a.c'"}})
	})
}

func rereadByKeys(t *testing.T, types []keyType) {
	t.Helper()
	list := ""
	for i := range types {
		list += fmt.Sprintf("  - {table: shop.t%d, columns: [k, n, shown, big], where: shown}\n", i)
	}
	p := newPair(t, `CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO syncer_reader`, list)
	p.target.Exec(`CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO syncer_writer`)
	for i, k := range types {
		p.makeKeyed(fmt.Sprintf("shop.t%d", i), k)
	}
	p.init()
	stop := p.start()
	p.waitFor()
	changeEach := func(statements ...string) {
		for i := range types {
			for _, sql := range statements {
				p.source.Exec(strings.ReplaceAll(sql, "shop.t", fmt.Sprintf("shop.t%d", i)))
			}
		}
		p.waitFor()
		p.equal()
	}
	changeEach(`UPDATE shop.t SET shown = true`)
	changeEach(`UPDATE shop.t SET shown = NOT shown WHERE n = 1`, `BEGIN; UPDATE shop.t SET shown = true; UPDATE shop.t SET shown = false WHERE n = 2; COMMIT`)
	for i, k := range types {
		if n := p.count(p.target, fmt.Sprintf(`SELECT count(*) FROM shop.t%d`, i)); n != 2 {
			t.Errorf("%s: %d rows", k.name, n)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// makeKeyed makes a table whose key is of the type, and on both sides what the type needs.
func (p *pair) makeKeyed(table string, k keyType) {
	p.t.Helper()
	switch {
	case strings.Contains(k.also, "EXTENSION"):
		p.asAdmin(k.also)
	case k.also != "":
		p.source.Exec(k.also)
		p.target.Exec(k.also)
	}
	p.source.Exec(`CREATE TABLE ` + table + ` (k ` + k.column() + `, n int, shown boolean NOT NULL, big text, PRIMARY KEY (k, n)); ALTER TABLE ` + table + ` ALTER big SET STORAGE EXTERNAL;
		INSERT INTO ` + table + ` VALUES (` + k.key + `, 1, false, repeat('x', 5000)), (` + k.other + `, 1, false, repeat('y', 5000)), (` + k.key + `, 2, false, 'small')`)
}

// A key that is equal by its type and written in another way is one row, not two.
func TestRereadOfAKeyThatIsWrittenAnew(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO syncer_reader`, "  - {table: shop.t, columns: [k, shown, big], where: shown}\n")
	p.asAdmin(`CREATE EXTENSION citext SCHEMA public`)
	p.source.Exec(`CREATE TABLE shop.t (k public.citext PRIMARY KEY, shown boolean NOT NULL, big text); ALTER TABLE shop.t ALTER big SET STORAGE EXTERNAL;
		INSERT INTO shop.t VALUES ('ab', false, repeat('x', 5000)), ('cd', true, repeat('y', 5000))`)
	p.init()
	p.source.Exec(`BEGIN; UPDATE shop.t SET shown = true; UPDATE shop.t SET k = 'AB' WHERE k = 'ab'; UPDATE shop.t SET k = 'CD' WHERE k = 'cd'; COMMIT`)
	p.source.Exec(`BEGIN; UPDATE shop.t SET shown = false; UPDATE shop.t SET shown = true; UPDATE shop.t SET k = 'Ab' WHERE k = 'ab'; COMMIT`)
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
	p.source.Exec(`UPDATE shop.t SET k = upper(k)`)
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}

// A row whose key is written in another way by the time it is read again, because a value of the key's type was renamed meanwhile, is
// neither left out nor taken for gone: the stream stops, and says by what it goes on.
func TestRereadAfterAValueOfTheKeysTypeWasRenamed(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TYPE mood AS ENUM ('calm', 'sad'); CREATE TABLE t (k mood PRIMARY KEY, shown boolean NOT NULL, big text); ALTER TABLE t ALTER big SET STORAGE EXTERNAL;
		INSERT INTO t VALUES ('calm', false, repeat('x', 5000)), ('sad', true, repeat('y', 5000))`, "  - {table: t, columns: [k, shown, big], where: shown}\n")
	p.target.Exec(`CREATE TYPE mood AS ENUM ('calm', 'sad')`)
	p.init()
	p.source.Exec(`UPDATE t SET shown = true WHERE k = 'calm'`)
	p.source.Exec(`ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet'`)
	if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "syncer table resync public.t") {
		t.Fatalf("got %v", err)
	}
	p.target.Exec(`ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet'`)
	p.resynced("public.t")
	if n := p.count(p.target, `SELECT count(*) FROM t WHERE k = 'quiet'`); n != 1 {
		t.Errorf("%d rows of the renamed value", n)
	}
}
