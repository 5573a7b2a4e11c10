package daemon_test

import (
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/prepare"
)

// shape is a pair of databases and what happens on the source. Each statement (or BEGIN … COMMIT) is one step.
type shape struct {
	name    string
	sql     string // source
	tables  string // whitelist
	target  string // run there before init
	after   string // run there after init
	changes []string
	check   func(p *pair)
}

// Each shape is run twice: with a syncer beside it, so that most transactions are a batch of their own (with -long
// each is, and is compared), and with the syncer away until the end, so that all of them are one. Both begin with a copy
// of the same loaded replica.
func (s shape) run(t *testing.T) {
	onTarget := []string{}
	if s.target != "" {
		onTarget = append(onTarget, s.target)
	}
	for name, together := range map[string]bool{"one by one": false, "all at once": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, s.sql, s.tables, onTarget...)
			p.equal()
			if s.after != "" {
				p.target.Exec(s.after)
			}
			if together {
				p.afterwards(s.changes)
			} else {
				p.oneByOne(s.changes)
			}
			p.equal()
			if s.check != nil {
				s.check(p)
			}
		})
	}
}

func (p *pair) afterwards(statements []string) {
	p.t.Helper()
	for _, sql := range statements {
		p.source.Exec(sql)
	}
	if err := p.catchUp(); err != nil {
		p.t.Fatal(err)
	}
}

// oneByOne runs the statements beside a syncer; with -long it names the one after which both sides differ.
func (p *pair) oneByOne(statements []string) {
	p.t.Helper()
	stop := p.start()
	for _, sql := range statements {
		p.source.Exec(sql)
		if !*long {
			continue
		}
		p.waitFor()
		if p.equal(); p.t.Failed() {
			p.t.Fatalf("after: %s", sql)
		}
	}
	p.waitFor()
	if err := stop(); err != nil {
		p.t.Fatal(err)
	}
}

// answer is the text of one value.
func (p *pair) answer(db *pgtest.Database, sql string) (text string) {
	p.t.Helper()
	if err := db.Pool.QueryRow(p.t.Context(), "SELECT coalesce(("+sql+")::text, 'NULL')").Scan(&text); err != nil {
		p.t.Fatal(err)
	}
	return text
}

func (p *pair) want(db *pgtest.Database, sql, want string) {
	p.t.Helper()
	if have := p.answer(db, sql); have != want {
		p.t.Errorf("%s: %s, want %s", sql, have, want)
	}
}

const measurements = `
	CREATE TABLE m (id int, day date, v text, hidden text DEFAULT 'canary', PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
	CREATE TABLE m_25 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
	CREATE TABLE m_26 PARTITION OF m FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (id);
	CREATE TABLE m_26_low (hidden text DEFAULT 'canary', v text, day date NOT NULL, id int NOT NULL); -- another order of columns
	ALTER TABLE m_26 ATTACH PARTITION m_26_low FOR VALUES IN (1, 2, 3);
	CREATE TABLE m_26_rest PARTITION OF m_26 DEFAULT; CREATE TABLE m_rest PARTITION OF m DEFAULT;
	INSERT INTO m SELECT n, '2024-12-30'::date + n * 7, 'v' || n FROM generate_series(1, 100) n; INSERT INTO m VALUES (1, '2026-02-02', 'low');`

var shapes = []shape{
	{
		name: "partitioned, the root is listed", sql: measurements, tables: "  - {table: m, columns: [v, day, id]}\n",
		changes: []string{
			`INSERT INTO m VALUES (2, '2026-03-03', 'a'), (900, '2030-01-01', 'rest'), (3, '2025-05-05', 'b')`,
			`UPDATE m SET v = 'all'`, `UPDATE m SET day = '2026-04-04' WHERE id = 3 AND day = '2025-05-05'`, // moves to another partition
			`UPDATE m SET id = 800 WHERE id = 2 AND day = '2026-03-03'`, `DELETE FROM m_25 WHERE id < 20`, `INSERT INTO m_26_low (id, day) VALUES (1, '2026-09-09')`,
			`BEGIN; CREATE TABLE m_27 PARTITION OF m FOR VALUES FROM ('2027-01-01') TO ('2028-01-01'); INSERT INTO m VALUES (1, '2027-07-07', 'new partition'); COMMIT`,
			`BEGIN; UPDATE m SET v = v || '!'; DELETE FROM m WHERE id % 2 = 0; COMMIT`, `TRUNCATE m`, `INSERT INTO m VALUES (1, '2026-01-01', 'x')`,
		},
	},
	{
		name: "partitioned on both sides", sql: measurements, tables: "  - {table: m, columns: [id, day, v]}\n",
		target: `CREATE TABLE m (v text, id int, day date, PRIMARY KEY (id, day)) PARTITION BY HASH (id);
			CREATE TABLE m_a PARTITION OF m FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE m_b PARTITION OF m FOR VALUES WITH (MODULUS 2, REMAINDER 1)`,
		changes: []string{
			`UPDATE m SET v = 'all'`, `UPDATE m SET id = id + 1001 WHERE id < 5`, `UPDATE m SET day = day + 400 WHERE id BETWEEN 10 AND 20`,
			`DELETE FROM m WHERE id > 90`, `TRUNCATE m`, `INSERT INTO m VALUES (1, '2026-01-01', 'x')`,
		},
	},
	{
		name: "one partition is listed", sql: measurements, tables: "  - {table: m_25, columns: [id, day, v]}\n",
		changes: []string{
			`UPDATE m SET v = 'all'`, `UPDATE m SET day = '2026-04-04' WHERE id = 3`, `UPDATE m SET day = '2025-04-04' WHERE id = 100`,
			`INSERT INTO m VALUES (1, '2025-03-03', 'a'), (2, '2026-03-03', 'b')`, `TRUNCATE m_26`, `DELETE FROM m WHERE id < 5`, `TRUNCATE m`, `INSERT INTO m VALUES (7, '2025-01-01', 'x')`,
		},
	},
	{
		name: "a filter over partitions",
		sql: strings.NewReplacer("hidden text DEFAULT 'canary'", "shown boolean NOT NULL DEFAULT true", "KEY (id, day)", "KEY (id, day, shown)").Replace(measurements) +
			`ALTER TABLE m_25 REPLICA IDENTITY FULL; ALTER TABLE m_26_low REPLICA IDENTITY NOTHING; ALTER TABLE m REPLICA IDENTITY FULL`,
		tables: "  - {table: m, columns: [id, day, v, shown], where: shown}\n",
		changes: []string{
			`UPDATE m SET shown = false WHERE id % 3 = 0`, `UPDATE m SET shown = NOT shown`, `UPDATE m SET day = day + 365 WHERE shown`, `DELETE FROM m WHERE NOT shown`,
			`CREATE TABLE m_30 PARTITION OF m FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')`, `INSERT INTO m VALUES (1, '2030-03-03', 'x', false), (2, '2030-03-03', 'y', true)`,
			`UPDATE m SET shown = NOT shown WHERE day > '2030-01-01'`,
		},
	},
	{
		name: "generated and identity columns", sql: `CREATE TABLE g (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, double_a int GENERATED ALWAYS AS (a * 2) STORED, s serial, d int GENERATED BY DEFAULT AS IDENTITY);
			INSERT INTO g (a) SELECT n FROM generate_series(1, 20) n`, tables: "  - {table: g, columns: [id, a, s, d]}\n",
		target: `CREATE TABLE g (words tsvector GENERATED ALWAYS AS (to_tsvector('simple', 'n' || a)) STORED, d int GENERATED BY DEFAULT AS IDENTITY, s serial, a int,
			id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, own bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL DEFAULT now())`,
		changes: []string{
			`INSERT INTO g (a) SELECT n FROM generate_series(100, 120) n`, `UPDATE g SET a = a + 1`, `INSERT INTO g (id, a) OVERRIDING SYSTEM VALUE VALUES (5000, 1)`,
			`UPDATE g SET s = -1, d = -2 WHERE id = 3`, `UPDATE g SET a = NULL WHERE id = 4`, `DELETE FROM g WHERE id = 5`, `UPDATE g SET id = DEFAULT WHERE id = 6`,
		},
		check: func(p *pair) {
			p.want(p.target, `SELECT count(*) FROM g WHERE words @@ to_tsquery('simple', 'n' || a)`, p.answer(p.source, `SELECT count(*) FROM g WHERE a IS NOT NULL`))
			p.want(p.target, `SELECT count(DISTINCT own) = count(*) FROM g`, "true")
		},
	},
	{
		name: "unique values swapped in one statement", sql: `CREATE TABLE u (id int PRIMARY KEY, n int UNIQUE DEFERRABLE, m int UNIQUE DEFERRABLE INITIALLY DEFERRED);
			INSERT INTO u SELECT n, n, n FROM generate_series(1, 30) n`, tables: "  - {table: u, columns: [id, n, m]}\n",
		target: `CREATE TABLE u (id int PRIMARY KEY, n int UNIQUE DEFERRABLE, m int UNIQUE)`,
		changes: []string{
			`UPDATE u SET n = 31 - n`, `UPDATE u SET n = n + 1`,
			`BEGIN; UPDATE u SET m = 1000 WHERE id = 1; UPDATE u SET m = 1 WHERE id = 2; UPDATE u SET m = 2 WHERE id = 1; COMMIT`,
			`BEGIN; DELETE FROM u WHERE id = 5; INSERT INTO u VALUES (105, 5000, 5000); INSERT INTO u VALUES (5, 500, 500); COMMIT`,
			`BEGIN; UPDATE u SET id = id + 300, n = n + 200 WHERE id < 10; INSERT INTO u SELECT i, 2000 + i, 2000 + i FROM generate_series(1, 4) i; COMMIT`,
		},
	},
	{
		name: "foreign keys in every direction", sql: `CREATE TABLE child (id int PRIMARY KEY, parent int, boss int); CREATE TABLE parent (id int PRIMARY KEY, favourite int);
			ALTER TABLE child ADD FOREIGN KEY (parent) REFERENCES parent ON UPDATE CASCADE ON DELETE CASCADE, ADD FOREIGN KEY (boss) REFERENCES child ON DELETE SET NULL;
			INSERT INTO parent SELECT n, NULL FROM generate_series(1, 10) n; INSERT INTO child SELECT n, 1 + n % 10, NULL FROM generate_series(1, 40) n; UPDATE child SET boss = 41 - id;
			ALTER TABLE parent ADD FOREIGN KEY (favourite) REFERENCES child DEFERRABLE INITIALLY DEFERRED; UPDATE parent SET favourite = id`,
		tables: "  - {table: child, columns: [id, parent, boss]}\n  - {table: parent, columns: [id, favourite]}\n",
		after: `ALTER TABLE child ADD FOREIGN KEY (parent) REFERENCES parent, ADD FOREIGN KEY (boss) REFERENCES child;
			ALTER TABLE parent ADD FOREIGN KEY (favourite) REFERENCES child`,
		changes: []string{
			`BEGIN; INSERT INTO parent VALUES (100, 100); INSERT INTO child VALUES (100, 100, 100); COMMIT`,
			`UPDATE parent SET id = id + 1000 WHERE id < 5`, `BEGIN; UPDATE parent SET favourite = NULL WHERE favourite IN (SELECT id FROM child WHERE parent = 6); DELETE FROM parent WHERE id = 6; COMMIT`,
			`BEGIN; DELETE FROM child WHERE id = 100; DELETE FROM parent WHERE id = 100; COMMIT`, `DELETE FROM child WHERE id = 39 AND NOT EXISTS (SELECT FROM parent WHERE favourite = 39)`,
			`TRUNCATE parent CASCADE`, `BEGIN; INSERT INTO parent VALUES (1, 1); INSERT INTO child VALUES (1, 1, 1); COMMIT`,
		},
		check: func(p *pair) {
			p.want(p.target, `SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid IN ('child'::regclass, 'parent'::regclass)`, "3")
		},
	},
	{
		name: "triggers on the target are silent", sql: `CREATE TABLE a (id int PRIMARY KEY, v text); INSERT INTO a VALUES (1, 'a')`, tables: "  - {table: a, columns: [id, v]}\n",
		after: `CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN RETURN NULL; END IF; NEW.v = 'shouted'; RETURN NEW; END $$;
			CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE ON a FOR EACH ROW EXECUTE FUNCTION shout();
			CREATE TABLE seen (n int); CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
			CREATE TRIGGER s AFTER TRUNCATE OR INSERT OR UPDATE ON a EXECUTE FUNCTION refuse(); CREATE RULE r AS ON INSERT TO a DO ALSO INSERT INTO seen VALUES (1)`,
		changes: []string{`INSERT INTO a VALUES (2, 'b')`, `UPDATE a SET v = 'c'`, `DELETE FROM a WHERE id = 1`, `TRUNCATE a`, `INSERT INTO a VALUES (3, 'd')`},
		check:   func(p *pair) { p.want(p.target, `SELECT count(*) FROM seen`, "0") },
	},
	{
		name: "truncate", sql: `CREATE TABLE a (id serial PRIMARY KEY, v text); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY, a int REFERENCES a); CREATE TABLE unlisted (id int PRIMARY KEY, a int REFERENCES a);
			INSERT INTO a (v) SELECT 'x' FROM generate_series(1, 10); INSERT INTO b SELECT generate_series(1, 10); INSERT INTO c SELECT n, n FROM generate_series(1, 5) n; INSERT INTO unlisted VALUES (1, 1)`,
		tables: "  - {table: a, columns: [id, v]}\n  - {table: b, columns: [id]}\n  - {table: c, columns: [id, a]}\n",
		changes: []string{
			`TRUNCATE b`, `INSERT INTO b VALUES (1), (2)`, `BEGIN; INSERT INTO b VALUES (3); TRUNCATE b; INSERT INTO b VALUES (1), (4); COMMIT`,
			`BEGIN; TRUNCATE b; ROLLBACK`, `BEGIN; SAVEPOINT s; TRUNCATE b; ROLLBACK TO s; INSERT INTO b VALUES (5); COMMIT`, `TRUNCATE unlisted`,
			`TRUNCATE a RESTART IDENTITY CASCADE`, `BEGIN; INSERT INTO a (v) VALUES ('first'), ('second'); INSERT INTO c VALUES (1, 1); COMMIT`, `TRUNCATE a, b, c, unlisted`,
			`BEGIN; INSERT INTO a (v) VALUES ('y'); TRUNCATE a, b, c, unlisted; INSERT INTO b VALUES (9); TRUNCATE c; INSERT INTO c VALUES (1, NULL); COMMIT`,
			`BEGIN; DELETE FROM b; INSERT INTO b VALUES (9), (10); TRUNCATE b; TRUNCATE b; COMMIT`,
		},
	},
	{
		name: "keys that move", sql: `CREATE TABLE k (a int, b text, v text, big text, PRIMARY KEY (a, b)); ALTER TABLE k ALTER big SET STORAGE EXTERNAL;
			INSERT INTO k SELECT n, 'b', 'v' || n, repeat(md5(n::text), 100) FROM generate_series(1, 20) n`, tables: "  - {table: k, columns: [big, v, b, a]}\n",
		changes: []string{
			`UPDATE k SET a = 101 WHERE a = 1`, `BEGIN; UPDATE k SET a = 102 WHERE a = 2; UPDATE k SET a = 103 WHERE a = 102; UPDATE k SET a = 104, v = 'x' WHERE a = 103; COMMIT`,
			`BEGIN; UPDATE k SET a = 0 WHERE a = 3; UPDATE k SET a = 3 WHERE a = 4; UPDATE k SET a = 4 WHERE a = 0; COMMIT`, // a swap
			`BEGIN; UPDATE k SET a = 0 WHERE a = 5; UPDATE k SET a = 5 WHERE a = 6; UPDATE k SET a = 6 WHERE a = 7; UPDATE k SET a = 7 WHERE a = 0; COMMIT`,
			`BEGIN; DELETE FROM k WHERE a = 8; UPDATE k SET a = 8 WHERE a = 9; COMMIT`, `BEGIN; UPDATE k SET a = 110 WHERE a = 10; INSERT INTO k VALUES (10, 'b', 'new', 'small'); COMMIT`,
			`BEGIN; UPDATE k SET a = 111 WHERE a = 11; DELETE FROM k WHERE a = 111; INSERT INTO k VALUES (111, 'b', 'again', NULL); UPDATE k SET a = 11 WHERE a = 111; COMMIT`,
			`BEGIN; INSERT INTO k VALUES (500, 'x', '1', repeat('z', 9000)); UPDATE k SET a = a + 501; ROLLBACK`,
			`BEGIN; INSERT INTO k VALUES (500, 'x', '1', repeat('z', 9000)); UPDATE k SET a = 501 WHERE a = 500; UPDATE k SET b = 'y' WHERE a = 501; COMMIT`,
			`UPDATE k SET b = b || a`, `UPDATE k SET a = a + 10000`, `BEGIN; UPDATE k SET a = a - 10000; UPDATE k SET v = 'back'; UPDATE k SET a = -a; COMMIT`,
			`BEGIN; UPDATE k SET a = 12345 WHERE a = -12; UPDATE k SET a = -12 WHERE a = 12345; COMMIT`,
		},
	},
	{
		name: "large values that the log leaves out", sql: `CREATE TABLE l (id int PRIMARY KEY, v text, b1 text, b2 bytea, shown boolean NOT NULL);
			ALTER TABLE l ALTER b1 SET STORAGE EXTERNAL, ALTER b2 SET STORAGE EXTERNAL; CREATE UNIQUE INDEX l_i ON l (id, shown); ALTER TABLE l REPLICA IDENTITY USING INDEX l_i;
			INSERT INTO l SELECT n, 'v', repeat(md5(n::text), 100), convert_to(repeat(md5(n::text), 200), 'UTF8'), n % 2 = 0 FROM generate_series(1, 60) n`,
		tables: "  - {table: l, columns: [id, v, b1, b2, shown], where: shown}\n",
		changes: []string{
			`UPDATE l SET v = 'a' WHERE id < 10`, `BEGIN; UPDATE l SET b1 = repeat('1', 9000) WHERE id = 2; UPDATE l SET b2 = '\x01' WHERE id = 2; UPDATE l SET v = 'last' WHERE id = 2; COMMIT`,
			`BEGIN; INSERT INTO l VALUES (100, 'n', repeat('n', 9000), decode(repeat('00', 9000), 'hex'), true); UPDATE l SET v = 'm' WHERE id = 100; UPDATE l SET b1 = NULL WHERE id = 100; UPDATE l SET v = 'o' WHERE id = 100; COMMIT`,
			`UPDATE l SET shown = true WHERE id = 1`, `UPDATE l SET shown = true, b1 = 'now small' WHERE id = 3`,
			`BEGIN; UPDATE l SET shown = true WHERE id = 5; UPDATE l SET b1 = repeat('5', 9000) WHERE id = 5; COMMIT`,
			`BEGIN; UPDATE l SET b1 = repeat('7', 9000) WHERE id = 7; UPDATE l SET shown = true WHERE id = 7; UPDATE l SET v = 'x' WHERE id = 7; COMMIT`,
			`BEGIN; UPDATE l SET shown = true WHERE id = 9; UPDATE l SET id = 1009 WHERE id = 9; UPDATE l SET v = 'moved' WHERE id = 1009; COMMIT`,
			`BEGIN; UPDATE l SET id = 1011, shown = true WHERE id = 11; COMMIT`, `BEGIN; UPDATE l SET id = 1012 WHERE id = 12; UPDATE l SET id = 2012 WHERE id = 1012; COMMIT`,
			`BEGIN; UPDATE l SET shown = true WHERE id = 13; UPDATE l SET shown = false WHERE id = 13; UPDATE l SET shown = true WHERE id = 13; COMMIT`,
			`BEGIN; SAVEPOINT s; UPDATE l SET shown = true WHERE id = 15; ROLLBACK TO s; UPDATE l SET v = 'kept' WHERE id = 16; COMMIT`,
			`UPDATE l SET shown = true WHERE id = 17`, `UPDATE l SET b1 = repeat('x', 9000) WHERE id = 17`, `UPDATE l SET shown = false WHERE id = 17`, `UPDATE l SET shown = true WHERE id = 17`, `DELETE FROM l WHERE id = 17`,
			`BEGIN; UPDATE l SET shown = true WHERE id = 19; COMMIT`, `BEGIN; UPDATE l SET id = 1019 WHERE id = 19; INSERT INTO l VALUES (19, 'other', 'o', NULL, true); COMMIT`,
			`BEGIN; DELETE FROM l WHERE id = 20; INSERT INTO l VALUES (20, 'again', repeat('2', 9000), NULL, false); UPDATE l SET shown = true WHERE id = 20; COMMIT`,
			`BEGIN; UPDATE l SET shown = true WHERE id = 21; ROLLBACK`, `UPDATE l SET shown = NOT shown`, `UPDATE l SET shown = NOT shown, id = id + 5000`,
			`BEGIN; UPDATE l SET shown = true; UPDATE l SET v = 'all'; COMMIT`, `BEGIN; TRUNCATE l; INSERT INTO l VALUES (1, 'r', repeat('r', 9000), NULL, false); UPDATE l SET shown = true; COMMIT`,
		},
	},
	{
		name: "changed tables between rows", sql: `CREATE TABLE d (id int PRIMARY KEY, v text, gone text, other int); INSERT INTO d SELECT n, 'v' || n, 'canary', n FROM generate_series(1, 50) n`,
		tables: "  - {table: d, columns: [id, v]}\n",
		changes: []string{
			`BEGIN; UPDATE d SET v = 'a' WHERE id = 1; ALTER TABLE d ADD COLUMN added int DEFAULT 7; UPDATE d SET v = 'b' WHERE id = 2; ALTER TABLE d DROP COLUMN gone; INSERT INTO d VALUES (100, 'c', 1, 2); COMMIT`,
			`ALTER TABLE d ALTER other TYPE bigint`, `UPDATE d SET v = 'rewritten' WHERE id = 3`, // the whole table is written anew
			`VACUUM FULL d`, `UPDATE d SET v = 'vacuumed' WHERE id = 4`, `CLUSTER d USING d_pkey`, `UPDATE d SET id = id + 1000 WHERE id < 10`, `REINDEX TABLE d`,
			`BEGIN; ALTER TABLE d ADD COLUMN x text NOT NULL DEFAULT gen_random_uuid()::text; DELETE FROM d WHERE id > 1005; ALTER TABLE d RENAME COLUMN x TO y; UPDATE d SET v = 'z' WHERE id < 30; COMMIT`,
			`BEGIN; ALTER TABLE d ALTER v SET DEFAULT 'fresh'; INSERT INTO d (id, other) VALUES (300, 1); ROLLBACK`, `ALTER TABLE d ALTER v SET DEFAULT 'fresh', ALTER v SET NOT NULL`, `INSERT INTO d (id, other) VALUES (301, 1)`,
			`CREATE INDEX CONCURRENTLY ON d (v)`, `ANALYZE d`, `ALTER TABLE d SET (fillfactor = 50)`, `ALTER TABLE d SET TABLESPACE pg_default`, `UPDATE d SET v = v || '!'`,
			`BEGIN; CREATE TABLE later (id int PRIMARY KEY, v text); INSERT INTO later VALUES (1, 'canary'); DROP TABLE later; COMMIT`, `DELETE FROM d WHERE id % 2 = 0`,
		},
		check: func(p *pair) {
			p.want(p.target, `SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = 'd'::regclass AND attnum > 0`, "id,v")
		},
	},
	{
		name: "filters", sql: `CREATE TABLE f (id int PRIMARY KEY, kind text NOT NULL, n numeric NOT NULL, at date NOT NULL, v text);
			CREATE UNIQUE INDEX f_i ON f (id, kind, n, at); ALTER TABLE f REPLICA IDENTITY USING INDEX f_i; CREATE TABLE g (LIKE f INCLUDING ALL); ALTER TABLE g REPLICA IDENTITY USING INDEX g_id_kind_n_at_idx;
			CREATE TABLE h (LIKE f INCLUDING ALL); ALTER TABLE h REPLICA IDENTITY USING INDEX h_id_kind_n_at_idx;
			INSERT INTO f SELECT n, (ARRAY['public', 'none', 'it''s'])[1 + n % 3], n, '2026-01-01'::date + n, 'v' FROM generate_series(1, 60) n; INSERT INTO g SELECT * FROM f; INSERT INTO h SELECT * FROM f`,
		tables: `
  - {table: f, columns: [id, kind, n, at, v], where: "nullif(kind, 'none') = 'public'"}
  - {table: g, columns: [id, kind, n, at, v], where: "kind IN ('public', 'it''s')"}
  - {table: h, columns: [id, kind, n, at, v], where: "CASE WHEN n > 30 THEN lower(kind) = 'public' WHEN n = 7 THEN NULL ELSE at < '2026-01-20' END"}
`,
		changes: []string{
			`UPDATE f SET kind = 'none' WHERE id < 20`, `UPDATE f SET kind = 'public' WHERE id % 2 = 0`, `UPDATE f SET v = 'x', kind = CASE WHEN kind = 'public' THEN 'none' ELSE 'public' END`,
			`BEGIN; UPDATE f SET kind = 'public' WHERE id = 1; UPDATE f SET kind = 'none' WHERE id = 1; DELETE FROM f WHERE id = 2; INSERT INTO f VALUES (2, 'none', 1, '2026-01-01', 'y'); COMMIT`,
			`UPDATE f SET id = id + 100, kind = 'public' WHERE id < 30`, `UPDATE g SET kind = 'none' WHERE id < 10`, `UPDATE g SET kind = 'it''s', id = -id`, `UPDATE g SET kind = ' public' WHERE id = -3`,
			`UPDATE h SET n = 7 WHERE id < 20`, `UPDATE h SET n = n + 30`, `UPDATE h SET kind = 'PUBLIC'`, `UPDATE h SET at = '2026-01-10', n = 'NaN'`, `UPDATE h SET n = -1`, `DELETE FROM h WHERE id % 3 = 0`,
		},
	},
	{
		name: "savepoints and exceptions", sql: `CREATE TABLE s (id int PRIMARY KEY, v text)`, tables: "  - {table: s, columns: [id, v]}\n",
		changes: []string{
			`BEGIN; INSERT INTO s VALUES (1, 'a'); SAVEPOINT x; INSERT INTO s VALUES (2, 'b'); SAVEPOINT y; DELETE FROM s; ROLLBACK TO y; INSERT INTO s VALUES (3, 'c'); RELEASE x; SAVEPOINT x; UPDATE s SET v = 'never'; ROLLBACK TO x; COMMIT`,
			`DO $$ BEGIN FOR i IN 10..60 LOOP BEGIN INSERT INTO s VALUES (i, 'loop'); IF i % 3 = 0 THEN RAISE EXCEPTION 'no'; END IF; EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$`,
			`BEGIN; SAVEPOINT a; INSERT INTO s VALUES (100, 'x'); ROLLBACK TO a; SAVEPOINT a; INSERT INTO s VALUES (100, 'y'); ROLLBACK TO a; INSERT INTO s VALUES (100, 'z'); COMMIT`,
			`BEGIN; SAVEPOINT a; DELETE FROM s; RELEASE a; ROLLBACK`, `BEGIN; SAVEPOINT a; UPDATE s SET id = id + 1000 WHERE id < 5; RELEASE a; SAVEPOINT b; UPDATE s SET v = 'no'; ROLLBACK TO b; COMMIT`,
			`BEGIN; COMMIT`, `BEGIN; SAVEPOINT a; INSERT INTO s VALUES (999, 'no'); ROLLBACK TO a; COMMIT`,
		},
	},
	{
		name: "what is of no concern", sql: `CREATE TABLE a (id int PRIMARY KEY, v text, blob oid, hidden text); CREATE TABLE unlisted (id serial PRIMARY KEY, secret text); INSERT INTO a VALUES (1, 'a', lo_create(0), 'h');
			CREATE TABLE kid (extra text) INHERITS (a); INSERT INTO kid VALUES (50, 'canary', NULL, NULL, 'canary')`, tables: "  - {table: a, columns: [id, v, blob]}\n",
		changes: []string{
			`UPDATE a SET blob = lo_from_bytea(0, decode(repeat('00', 5000), 'hex')) WHERE id = 1`, `BEGIN; SELECT lo_put(blob, 10, 'xyz') FROM ONLY a WHERE id = 1; SELECT lo_unlink(blob) FROM ONLY a WHERE id = 1; COMMIT`,
			`INSERT INTO unlisted (secret) SELECT 'canary' FROM generate_series(1, 500)`, `UPDATE a SET hidden = 'x' WHERE id = 1`, `SELECT pg_logical_emit_message(false, 'x', 'y'), pg_logical_emit_message(true, 'x', 'y')`,
			`SELECT nextval('unlisted_id_seq') FROM generate_series(1, 100)`, `BEGIN; CREATE TEMP TABLE t AS SELECT 1 AS n; INSERT INTO t VALUES (2); DROP TABLE t; COMMIT`, `UPDATE kid SET v = 'canary'`, `DELETE FROM kid`,
			`INSERT INTO a VALUES (2, 'b', NULL, NULL) ON CONFLICT (id) DO UPDATE SET v = 'no'`, `INSERT INTO a VALUES (2, 'c', NULL, NULL) ON CONFLICT (id) DO UPDATE SET v = 'yes'`,
			`MERGE INTO a USING (VALUES (2, 'm'), (3, 'n')) AS s (id, v) ON a.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v, NULL, NULL)`,
			`WITH gone AS (DELETE FROM a WHERE id = 3 RETURNING *) INSERT INTO a SELECT id + 1, v, blob, hidden FROM gone`,
		},
		check: func(p *pair) {
			p.want(p.target, `SELECT count(*) FROM pg_class WHERE relname IN ('unlisted', 'kid')`, "0")
		},
	},
	{
		name: "a table that is all key", sql: `CREATE TABLE a (x int, y text, PRIMARY KEY (y, x)); CREATE TABLE w (id int PRIMARY KEY, only_key text NOT NULL UNIQUE, hidden int); ALTER TABLE w REPLICA IDENTITY USING INDEX w_only_key_key;
			INSERT INTO a SELECT n, 'a' FROM generate_series(1, 10) n; INSERT INTO w SELECT n, 'k' || n, n FROM generate_series(1, 10) n`,
		tables:  "  - {table: a, columns: [x, y]}\n  - {table: w, columns: [only_key]}\n",
		changes: []string{`UPDATE a SET y = 'b' WHERE x < 5`, `UPDATE a SET x = x + 100`, `DELETE FROM a WHERE x = 105`, `INSERT INTO a VALUES (1, '')`, `UPDATE a SET x = x`, `UPDATE w SET hidden = 5`, `UPDATE w SET id = id + 100`, `UPDATE w SET only_key = 'z' || id`, `DELETE FROM w WHERE hidden = 5 AND id < 105`},
	},
	{
		name: "without a primary key, by a unique index", sql: `CREATE TABLE i (a int NOT NULL, b text NOT NULL, v text, UNIQUE (b, a)); ALTER TABLE i REPLICA IDENTITY USING INDEX i_b_a_key; INSERT INTO i SELECT n, 'b', 'v' FROM generate_series(1, 10) n`,
		tables:  "  - {table: i, columns: [v, a, b]}\n",
		changes: []string{`UPDATE i SET v = 'w'`, `UPDATE i SET a = a + 50 WHERE a < 4`, `DELETE FROM i WHERE a = 5`, `INSERT INTO i VALUES (5, 'b', 'again'), (5, 'c', NULL)`, `UPDATE i SET v = NULL`},
	},
}

func TestShapes(t *testing.T) {
	t.Parallel()
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}

// Two-phase transactions appear once: at COMMIT PREPARED, and never when they are rolled back.
func TestTwoPhaseTransactions(t *testing.T) {
	t.Parallel()
	c := pgtest.New(t, pgtest.Options{Settings: map[string]string{"max_prepared_transactions": "10"}})
	p := newPairOn(t, c.Database(t), pgtest.EmptyApart(t), `CREATE TABLE a (id int PRIMARY KEY, v text); INSERT INTO a VALUES (1, 'a')`, "  - {table: a, columns: [id, v]}\n")
	p.init()
	stop := p.start()
	p.source.Exec(`BEGIN; INSERT INTO a VALUES (2, 'two'); SAVEPOINT s; INSERT INTO a VALUES (3, 'no'); ROLLBACK TO s; PREPARE TRANSACTION 'commits'`)
	p.source.Exec(`BEGIN; INSERT INTO a SELECT n, 'rolled back' FROM generate_series(100, 200) n; PREPARE TRANSACTION 'rolls back'`)
	p.source.Exec(`INSERT INTO a VALUES (4, 'between')`)
	p.waitFor()
	p.equal()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if err := p.catchUp(); err != nil { // a syncer that starts while both are prepared
		t.Fatal(err)
	}
	p.want(p.target, `SELECT string_agg(id::text, ',' ORDER BY id) FROM a`, "1,4")
	stop = p.start()
	p.source.Exec(`COMMIT PREPARED 'commits'`)
	p.source.Exec(`ROLLBACK PREPARED 'rolls back'`)
	p.source.Exec(`UPDATE a SET v = v || '!'`)
	p.waitFor()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
	p.want(p.target, `SELECT string_agg(id::text, ',' ORDER BY id) FROM a`, "1,2,4")
}

// What cannot be replicated without hurting the application is refused with the SQL that mends it, before anything
// is changed.
func TestRefusedWithTheSQLThatMends(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ sql, tables, want, mend string }{
		"no identity":     {`CREATE TABLE a (id int, v text)`, "  - {table: a, columns: [id, v]}\n", "no replica identity", "primary key"},
		"nullable unique": {`CREATE TABLE a (id int UNIQUE, v text)`, "  - {table: a, columns: [id, v]}\n", "no replica identity", "NOT NULL"},
		"identity full":   {`CREATE TABLE a (id int, v text); ALTER TABLE a REPLICA IDENTITY FULL`, "  - {table: a, columns: [id, v]}\n", "REPLICA IDENTITY FULL", "NOT NULL"},
		"identity nothing": {
			`CREATE TABLE a (id int, v text); ALTER TABLE a REPLICA IDENTITY NOTHING`, "  - {table: a, columns: [id, v]}\n", "no replica identity", "primary key",
		},
		"deferrable key": {`CREATE TABLE a (id int PRIMARY KEY DEFERRABLE, v text)`, "  - {table: a, columns: [id, v]}\n", "no replica identity", "unique"},
		"partial index":  {`CREATE TABLE a (id int NOT NULL, v text); CREATE UNIQUE INDEX ON a (id) WHERE v <> ''`, "  - {table: a, columns: [id, v]}\n", "no replica identity", "unique"},
		"expression":     {`CREATE TABLE a (id text NOT NULL, v text); CREATE UNIQUE INDEX ON a (lower(id))`, "  - {table: a, columns: [id, v]}\n", "no replica identity", "unique"},
		"filter over partitions": {
			`CREATE TABLE a (id int PRIMARY KEY, v text NOT NULL) PARTITION BY HASH (id); CREATE TABLE a_1 PARTITION OF a FOR VALUES WITH (MODULUS 1, REMAINDER 0)`,
			"  - {table: a, columns: [id, v], where: \"v = 'x'\"}\n", "partition would fail", "one by one",
		},
		"hidden identity": {
			`CREATE TABLE a (id int PRIMARY KEY, v text NOT NULL)`, "  - {table: a, columns: [v]}\n", "not listed", "unique",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, c.sql, c.tables)
			_, err := prepare.Init(t.Context(), p.cfg, p.list, false)
			if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.mend) {
				t.Errorf("got %v", err)
			}
			p.untouched()
			p.source.Exec(`INSERT INTO a (v) SELECT 'x' WHERE false; DELETE FROM a WHERE v = 'y'; UPDATE a SET v = 'z'`) // the application goes on
		})
	}
}
