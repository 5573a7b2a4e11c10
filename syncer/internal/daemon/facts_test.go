package daemon_test

import (
	"context"
	"strings"
	"testing"

	"portal.example/shared/awaittest"
	"portal.example/shared/fault"
	"portal.example/syncer/internal/prepare"
)

// big is a value that PostgreSQL stores out of line, so that an UPDATE that leaves it alone does not log it.
const big = `(SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 400))`

// changes applies each statement on the source while a syncer runs, and compares at the end.
func (p *pair) changes(statements ...string) {
	p.t.Helper()
	stop := p.start()
	for _, sql := range statements {
		p.source.Exec(sql)
	}
	p.waitFor()
	if err := stop(); err != nil {
		p.t.Fatal(err)
	}
	p.equal()
}

func TestUnchangedLargeValues(t *testing.T) {
	t.Parallel()
	p := newPair(t, shop+`ALTER TABLE shop.items ALTER big SET STORAGE EXTERNAL;
		INSERT INTO shop.items SELECT n, 'big', 'canary', 1, n % 2 = 0, `+big+`, NULL FROM generate_series(3000, 3020) n`, shopTables)
	p.init()
	p.changes(
		`UPDATE shop.items SET name = 'u' WHERE id = 3000`, // unchanged alone
		`BEGIN; UPDATE shop.items SET big = `+big+` WHERE id = 3002; UPDATE shop.items SET name = 'after' WHERE id = 3002; COMMIT`,
		`UPDATE shop.items SET published = true WHERE id = 3001`, // enters the filter without its big value
		`BEGIN; UPDATE shop.items SET published = true WHERE id = 3003; UPDATE shop.items SET published = false WHERE id = 3003; COMMIT`,
		`BEGIN; UPDATE shop.items SET published = true WHERE id = 3005; DELETE FROM shop.items WHERE id = 3005; COMMIT`,
		`UPDATE shop.items SET id = 4000 WHERE id = 3004`, // key change, big value only the target knows
		`UPDATE shop.items SET id = 4001, name = 'x' WHERE id = 3006`,
		`BEGIN; UPDATE shop.items SET name = 'twice' WHERE id = 3008; UPDATE shop.items SET id = 4002 WHERE id = 3008;
		 UPDATE shop.items SET price = 7 WHERE id = 4002; COMMIT`,
		`BEGIN; INSERT INTO shop.items VALUES (5000, 'new', 'c', 1, true, `+big+`); UPDATE shop.items SET id = 5001 WHERE id = 5000; COMMIT`,
		`UPDATE shop.items SET published = NOT published WHERE id BETWEEN 3010 AND 3020`,
		`UPDATE shop.items SET published = NOT published WHERE id BETWEEN 3010 AND 3020`,
	)
}

func TestTruncateSavepointsAndSwaps(t *testing.T) {
	t.Parallel()
	p := newPair(t, shop+`
		CREATE TABLE shop.codes (id int PRIMARY KEY, code int UNIQUE DEFERRABLE INITIALLY DEFERRED);
		INSERT INTO shop.codes SELECT n, n FROM generate_series(1, 10) n`, shopTables+`
  - table: shop.codes
    columns: [id, code]
`)
	p.init()
	p.target.Exec(`ALTER TABLE shop.codes ADD UNIQUE (code)`)
	p.changes(
		`BEGIN; INSERT INTO shop.items (id, name, published) VALUES (6000, 'stays', true);
		 SAVEPOINT s; INSERT INTO shop.items (id, name, published) VALUES (6001, 'goes', true); ROLLBACK TO s;
		 INSERT INTO shop.items (id, name, published) VALUES (6002, 'stays', true); COMMIT`,
		// Each step is right in source order; as a set, in whatever order, it collides.
		`BEGIN; UPDATE shop.codes SET code = 100 WHERE id = 1; UPDATE shop.codes SET code = 1 WHERE id = 2;
		 UPDATE shop.codes SET code = 2 WHERE id = 1; COMMIT`,
		`BEGIN; INSERT INTO shop.items (id, name, published) VALUES (7000, 'x', true); TRUNCATE shop.items;
		 INSERT INTO shop.items (id, name, published) VALUES (7001, 'y', true); COMMIT`,
		`BEGIN; TRUNCATE shop.items, shop."Odd Table"; INSERT INTO shop.items (id, name, published) VALUES (7002, 'z', false); COMMIT`,
		`INSERT INTO shop."Odd Table" VALUES (1, 'a', '{x}')`,
	)
}

func TestSchemaChangesBetweenRows(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	p.changes(
		`BEGIN; INSERT INTO shop.items (id, name, published) VALUES (8000, 'a', true);
		 ALTER TABLE shop.items ADD COLUMN leak text DEFAULT 'canary';
		 INSERT INTO shop.items (id, name, published, leak) VALUES (8001, 'b', true, 'canary');
		 ALTER TABLE shop.items DROP COLUMN note;
		 UPDATE shop.items SET name = 'c' WHERE id = 8000; COMMIT`,
		`ALTER TABLE shop.items ALTER COLUMN secret TYPE varchar(100)`,
		`INSERT INTO shop.items (id, name, published) VALUES (8002, 'd', true)`,
	)
	var leaked bool
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM information_schema.columns WHERE column_name = 'leak')`).Scan(&leaked); err != nil || leaked {
		t.Errorf("new column leaked: %v %v", leaked, err)
	}
}

func TestVanishedColumnStopsWithItsName(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	p.source.Exec(`ALTER TABLE shop.items RENAME COLUMN name TO title`)
	p.source.Exec(`UPDATE shop.items SET title = 'x'`)
	err := p.catchUp()
	if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), `"name"`) {
		t.Errorf("got %v", err)
	}
	p.source.Exec(`ALTER TABLE shop.items RENAME COLUMN title TO name`)
	p.source.Exec(`UPDATE shop.items SET name = 'y' WHERE id = 2`)
	err = p.catchUp() // the log still holds rows under the other name
	if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), `"title"`) {
		t.Errorf("got %v", err)
	}
}

func TestWidenedPublicationStops(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	for _, sql := range []string{
		`ALTER PUBLICATION portal SET TABLE shop.items (id, name, price, published, big, secret) WHERE (published), shop."Odd Table" ("Key One", k2, "Value")`,
		`ALTER PUBLICATION portal SET TABLE shop.items (id, name, price, published, big), shop."Odd Table" ("Key One", k2, "Value")`,
		`ALTER PUBLICATION portal SET TABLE shop.items (id, name, price, published, big) WHERE (published OR id > 5), shop."Odd Table" ("Key One", k2, "Value")`,
		`ALTER PUBLICATION portal SET TABLE shop.items (id, name, price, published, big) WHERE (published)`,
	} {
		p.source.Exec(sql)
		if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "publication") {
			t.Errorf("%s: got %v", sql, err)
		}
	}
}

// While the stream runs nobody asks the catalog for each row: the second wall must hold by itself.
func TestPublicationWidenedWhileStreaming(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"column": `ALTER PUBLICATION portal SET TABLE shop.items (id, name, price, published, big, secret) WHERE (published), shop."Odd Table" ("Key One", k2, "Value")`,
		"rows":   `ALTER PUBLICATION portal SET TABLE shop.items (id, name, price, published, big), shop."Odd Table" ("Key One", k2, "Value")`,
		"table":  `CREATE TABLE shop.leak AS SELECT 1 AS id, 'canary' AS v; ALTER PUBLICATION portal ADD TABLE shop.leak; INSERT INTO shop.leak VALUES (2, 'canary')`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, shop, shopTables)
			ctx, cancel := context.WithTimeout(t.Context(), awaittest.Guard)
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- p.daemon().Run(ctx) }()
			p.source.Exec(`UPDATE shop.items SET name = 'warm' WHERE id = 2`)
			p.waitFor()
			p.source.Exec(sql)
			p.source.Exec(`UPDATE shop.items SET name = 'canary' WHERE id IN (3, 4)`)
			if err := <-done; fault.ExitCode(err) != fault.ExitUnsafe {
				t.Errorf("got %v", err)
			}
			var leaked int
			if err := p.target.Pool.QueryRow(t.Context(), `SELECT count(*) FROM shop.items WHERE id = 3 OR name = 'canary' AND $1 <> 'table'`, name).Scan(&leaked); err != nil || leaked > 0 {
				t.Errorf("leaked %d rows, %v", leaked, err)
			}
			if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); err != nil {
				t.Fatal(err)
			}
			if name == "table" { // the others were as they should be all the time
				if err := p.catchUp(); err != nil {
					t.Fatal(err)
				}
				p.equal()
				return
			}
			p.resynced("shop.items")
		})
	}
}

func TestExistingTargetTables(t *testing.T) {
	t.Parallel()
	p := newPair(t, shop, shopTables)
	p.target.Exec(`CREATE SCHEMA shop; CREATE TABLE shop.items (
		words tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(name, ''))) STORED,
		published boolean NOT NULL, big text, name text, own int DEFAULT 5, price numeric(12,2), id bigint PRIMARY KEY)`)
	p.init()
	p.changes(`INSERT INTO shop.items (id, name, published) VALUES (9000, 'знайди мене', true)`)
	var found int
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT count(*) FROM shop.items WHERE words @@ 'знайди' AND own = 5`).Scan(&found); err != nil || found != 1 {
		t.Errorf("generated column: %d %v", found, err)
	}
	if _, err := p.target.PoolAs("external_site").Exec(t.Context(), `SELECT words FROM shop.items`); err != nil {
		t.Errorf("target.readers may not read: %v", err)
	}
	if _, err := p.target.PoolAs("syncer_writer").Exec(t.Context(), `UPDATE shop.items SET own = 6`); err == nil {
		t.Error("the writer's role may write a column that is not listed")
	}
}

func TestIncompatibleTargetIsRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ sql, want, mend string }{
		"missing column": {`CREATE TABLE shop.items (id bigint PRIMARY KEY, name text, published boolean, big text)`, "no column price", "ADD COLUMN"},
		"other type":     {`CREATE TABLE shop.items (id int PRIMARY KEY, name text, price numeric(12,2), published boolean, big text)`, "is integer here and bigint", "TYPE bigint"},
		"no key":         {`CREATE TABLE shop.items (id bigint, name text, price numeric(12,2), published boolean, big text)`, "no unique index", "CREATE UNIQUE INDEX"},
		"not null":       {`CREATE TABLE shop.items (id bigint PRIMARY KEY, name text NOT NULL, price numeric(12,2), published boolean, big text)`, "may be NULL", "DROP NOT NULL"},
		"extra not null": {`CREATE TABLE shop.items (id bigint PRIMARY KEY, name text, price numeric(12,2), published boolean, big text, x int NOT NULL)`, "no default", "DROP NOT NULL"},
		"a view":         {`CREATE VIEW shop.items AS SELECT 1 AS id`, "not a table", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, shop, shopTables)
			p.target.Exec("CREATE SCHEMA shop; " + c.sql)
			_, err := prepare.Init(t.Context(), p.cfg, p.list, false)
			if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.mend) {
				t.Errorf("got %v", err)
			}
			p.untouched()
		})
	}
}

// untouched fails if something was left half done.
func (p *pair) untouched() {
	p.t.Helper()
	var publications, slots int
	err := p.source.Pool.QueryRow(p.t.Context(), `SELECT (SELECT count(*) FROM pg_publication), (SELECT count(*) FROM pg_replication_slots WHERE slot_name = $1)`, p.source.Name).Scan(&publications, &slots)
	if err != nil || publications+slots > 0 {
		p.t.Errorf("%d publications and %d slots were left behind, %v", publications, slots, err)
	}
	var schema bool
	if err := p.target.Pool.QueryRow(p.t.Context(), `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'sync')`).Scan(&schema); err != nil || schema {
		p.t.Errorf("schema sync was left behind: %v %v", schema, err)
	}
}

func TestWrongWhitelistsAreRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ sql, tables, want string }{
		"no such table":      {"", "  - {table: shop.nothing, columns: [id]}", "no such table; correct the whitelist, line 3"},
		"no such column":     {"", "  - {table: shop.items, columns: [id, nam]}", `no column "nam"`},
		"key not listed":     {"", "  - {table: shop.items, columns: [name]}", "unique"},
		"a view":             {"CREATE VIEW shop.v AS SELECT 1 AS id", "  - {table: shop.v, columns: [id]}", "not a table"},
		"filter nonsense":    {"GRANT USAGE ON SCHEMA shop TO syncer_reader", "  - {table: shop.items, columns: [id, published], where: 'publishd'}", "row filter"},
		"filter not listed":  {"", "  - {table: shop.items, columns: [id, name], where: 'published'}", "not listed"},
		"filter nullable":    {"", "  - {table: shop.items, columns: [id, published, name], where: \"name = 'x'\"}", "must be NOT NULL"},
		"volatile filter":    {"", "  - {table: shop.items, columns: [id, published], where: 'published and random() > 0.5'}", "mutable functions are not allowed"},
		"generated column":   {"CREATE TABLE shop.g (id int PRIMARY KEY, g int GENERATED ALWAYS AS (id + 1) STORED)", "  - {table: shop.g, columns: [id, g]}", "generated"},
		"no key at all":      {"CREATE TABLE shop.n (a int, b int)", "  - {table: shop.n, columns: [a, b]}", "list its primary key"},
		"row level security": {"ALTER TABLE shop.items ENABLE ROW LEVEL SECURITY", "  - {table: shop.items, columns: [id, published]}", "row level security"},
		"unlogged":           {"CREATE UNLOGGED TABLE shop.u (id int PRIMARY KEY)", "  - {table: shop.u, columns: [id]}", "unlogged"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, shop+";"+c.sql, c.tables+"\n")
			_, err := prepare.Init(t.Context(), p.cfg, p.list, false)
			if err == nil || !strings.Contains(err.Error(), c.want) || fault.ExitCode(err) == 0 {
				t.Errorf("got %v, want %q", err, c.want)
			}
			p.untouched()
		})
	}
}

// Init gives tables the identity they need before it publishes them, so that the application never fails.
func TestIdentityIsPlannedAndApplicationUnharmed(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE full_one (id int PRIMARY KEY, v text, shown boolean NOT NULL); ALTER TABLE full_one REPLICA IDENTITY FULL;
		CREATE TABLE plain_one (id int PRIMARY KEY, v text, shown boolean NOT NULL, hidden text);
		CREATE TABLE nothing_one (id int PRIMARY KEY, v text); ALTER TABLE nothing_one REPLICA IDENTITY NOTHING;
		INSERT INTO plain_one SELECT n, 'v', n % 2 = 0, 'h' FROM generate_series(1, 10) n`, `
  - {table: full_one, columns: [id, v]}
  - {table: plain_one, columns: [id, v, shown], where: shown}
  - {table: nothing_one, columns: [id, v]}
`)
	report, err := prepare.Examine(t.Context(), p.cfg, p.list)
	if err != nil || len(report.Refused()) > 0 {
		t.Fatalf("%v %v", err, report)
	}
	p.init()
	p.changes(
		`INSERT INTO full_one VALUES (1, 'a', true)`, `UPDATE full_one SET v = 'b'`,
		`INSERT INTO nothing_one VALUES (1, 'a'), (2, 'b')`, `UPDATE nothing_one SET v = 'c' WHERE id = 1`, `DELETE FROM nothing_one WHERE id = 2`,
		`UPDATE plain_one SET shown = NOT shown`, `DELETE FROM plain_one WHERE id < 5`, `UPDATE plain_one SET hidden = 'x'`,
	)
}

func TestTypesSurvive(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE place AS (x int, y text); CREATE DOMAIN code AS text CHECK (value <> '');
		CREATE TABLE types (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), m mood, p place, c code, n numeric, f float8, f4 real, d date, ts timestamptz,
			tm time, iv interval, b bytea, j json, jb jsonb, a int[], aa text[][], r int4range, i inet, bt bit varying(8), ch char(5), mn money, x xml, tv tsvector, o "char", nm name);
		INSERT INTO types (m, p, c, n, f, f4, d, ts, tm, iv, b, j, jb, a, aa, r, i, bt, ch, mn, x, tv, o, nm) VALUES
			('ok', '(1,"a,b")', 'c', 'NaN', 'infinity', 0.1, '0044-03-15 BC', 'infinity', '24:00:00', '-1 year 3 days 00:00:01.5', '\x00ff5c', '{"a": 1 }', '{"b": [1, null]}',
			 '{1,NULL}', '{{a,"b\\c"},{"",NULL}}', '[1,5)', '::1', '101', 'ab', '12.34', '<a>б</a>', 'a:1 b', 'z', 'nm'),
			('sad', NULL, E'tab\tnew\nline\\', '-Infinity', 1e-300, '-0', '-infinity', '2026-03-29 01:30+00', '00:00', '0', '', 'null', 'null', '{}', '{}', 'empty', '10.0.0.0/8', '', '', '-1', NULL, '', '', '')`, `
  - {table: types, columns: [id, m, p, c, n, f, f4, d, ts, tm, iv, b, j, jb, a, aa, r, i, bt, ch, mn, x, tv, o, nm]}
`)
	p.target.Exec(`CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE place AS (x int, y text); CREATE DOMAIN code AS text CHECK (value <> '')`)
	p.init()
	p.equal()
	p.changes(`CREATE TEMP TABLE copies AS SELECT * FROM types; UPDATE copies SET id = gen_random_uuid(); INSERT INTO types SELECT * FROM copies`,
		`UPDATE types SET m = 'sad', p = '(,)', c = 'x y', d = 'infinity', a = '[0:1]={1,2}'`)
}

func TestSecondSyncerIsRefused(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	stop := p.start()
	p.source.Exec(`UPDATE shop.items SET name = 'first' WHERE id = 2`)
	p.waitFor()
	err := p.catchUp()
	if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "another syncer") {
		t.Errorf("second syncer: %v", err)
	}
	p.source.Exec(`UPDATE shop.items SET name = 'still' WHERE id = 4`)
	p.waitFor()
	if err := stop(); err != nil {
		t.Errorf("the first must go on: %v", err)
	}
	p.equal()
}

// A writer whose lock was lost but that still has a session is stopped by the epoch.
func TestOldEpochCannotWrite(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	ctx, cancel := context.WithTimeout(t.Context(), awaittest.Guard)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- p.daemon().Run(ctx) }()
	p.source.Exec(`UPDATE shop.items SET name = 'first' WHERE id = 2`)
	p.waitFor()
	p.target.Exec(`UPDATE sync.progress SET epoch = epoch + 1`)
	p.source.Exec(`UPDATE shop.items SET name = 'late' WHERE id = 4`)
	if err := <-done; fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "taken over") {
		t.Errorf("got %v", err)
	}
	var late int
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT count(*) FROM shop.items WHERE name = 'late'`).Scan(&late); err != nil || late > 0 {
		t.Errorf("a fenced writer wrote %d rows, %v", late, err)
	}
}

func TestResyncRequired(t *testing.T) {
	t.Parallel()
	cases := map[string]func(p *pair){
		"slot dropped": func(p *pair) {
			p.dropSlot()
		},
		"slot recreated": func(p *pair) {
			p.dropSlot()
			p.source.Exec(`UPDATE shop.items SET name = 'lost'`)
			p.asReader(`SELECT pg_create_logical_replication_slot($1, 'pgoutput')`, p.source.Name)
		},
		"target restored": func(p *pair) {
			p.target.Exec(`UPDATE sync.progress SET applied_lsn = applied_lsn - 1000`)
		},
		"source restored": func(p *pair) {
			p.target.Exec(`UPDATE sync.progress SET applied_lsn = 'FF/0'`)
		},
		"another source": func(p *pair) {
			p.target.Exec(`UPDATE sync.progress SET system_id = '1'`)
		},
		"timeline": func(p *pair) {
			p.target.Exec(`UPDATE sync.progress SET timeline = 99`)
		},
	}
	for name, harm := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, shop, shopTables)
			harm(p)
			err := p.catchUp()
			if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "RESYNC REQUIRED") {
				t.Fatalf("got %v", err)
			}
			if _, err := prepare.Init(t.Context(), p.cfg, p.list, true); err != nil {
				t.Fatalf("init --resync: %v", err)
			}
			if err := p.daemon().Load(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.source.Exec(`UPDATE shop.items SET name = 'after' WHERE id < 100`)
			if err := p.catchUp(); err != nil {
				t.Fatal(err)
			}
			p.equal()
		})
	}
}

// asReader runs SQL as the role that may replicate.
func (p *pair) asReader(sql string, args ...any) {
	p.t.Helper()
	if _, err := p.source.PoolAs("syncer_reader").Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatal(err)
	}
}

// A narrower whitelist must not leave behind what the wider one let out.
func TestChangedWhitelistNeedsResync(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	p.write("whitelist.yaml", "version: 1\ntables:\n  - table: shop.items\n    columns: [id, name, published]\n    where: published and name is not null\n")
	p.load()
	if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "whitelist was changed") {
		t.Errorf("run: %v", err)
	}
	if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); fault.ExitCode(err) != fault.ExitUnsafe {
		t.Errorf("init: %v", err)
	}
	p.write("whitelist.yaml", "version: 1\ntables:\n  - table: shop.items\n    columns: [id, name, published]\n    where: published\n")
	p.load()
	if _, err := prepare.Init(t.Context(), p.cfg, p.list, true); err != nil {
		t.Fatalf("init --resync: %v", err)
	}
	if err := p.daemon().Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.changes(`UPDATE shop.items SET name = 'narrow', price = 5 WHERE id < 50`, `INSERT INTO shop."Odd Table" VALUES (1000, 'x', NULL)`)
	var left int
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM shop."Odd Table") + (SELECT count(price) FROM shop.items)`).Scan(&left); err != nil || left > 0 {
		t.Errorf("%d values that may no longer leave are still outside, %v", left, err)
	}
}

// Before a resumed snapshot is one moment, rows of different moments may collide: the table is loaded again.
func TestCollisionInAResumedSnapshot(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE codes (id int PRIMARY KEY, code int UNIQUE); INSERT INTO codes SELECT n, n FROM generate_series(1, 10) n`, `
  - {table: codes, columns: [id, code]}
`)
	p.init()
	p.target.Exec(`ALTER TABLE codes ADD UNIQUE (code)`)
	p.source.Exec(`INSERT INTO codes VALUES (11, 5000)`)
	harm := func(settled string) {
		p.target.Exec(`DELETE FROM codes WHERE id = 999; INSERT INTO codes VALUES (999, 5000); UPDATE sync.progress SET settled_lsn = ` + settled)
	}
	harm(`applied_lsn`)
	if err := p.catchUp(); err == nil || !strings.Contains(err.Error(), "unique violation") || strings.Contains(err.Error(), "5000") {
		t.Errorf("a settled replica must stop, and say nothing of the row: %v", err)
	}
	var behindTheRow string // other tests write to the same log
	if err := p.source.Pool.QueryRow(t.Context(), `SELECT pg_current_wal_insert_lsn()::text`).Scan(&behindTheRow); err != nil {
		t.Fatal(err)
	}
	harm(`'` + behindTheRow + `'`)
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}
