package daemon_test

import (
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/relation"
)

// Whatever happens to a listed table behind the stream's back is tried twice: while a syncer runs (drift_running_test.go) and while
// none does (drift_down_test.go).

// stops waits until the running syncer has ended by itself and looks at its last words.
func (p *pair) stops(words ...string) {
	p.t.Helper()
	p.eventuallyEnded()
	err := *p.ended.Load()
	if fault.ExitCode(err) != fault.ExitUnsafe {
		p.t.Errorf("exit code %d of: %v", fault.ExitCode(err), err)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			p.t.Errorf("%q is not in: %v", w, err)
		}
	}
}

// leaves is what the target remembers of the partitions of m.
func (p *pair) leaves() (text string) {
	p.t.Helper()
	if err := p.target.Pool.QueryRow(p.t.Context(), `SELECT leaves FROM sync.tables WHERE name = 'public.m'`).Scan(&text); err != nil {
		p.t.Fatal(err)
	}
	return text
}

func (p *pair) all(statements []string) {
	p.t.Helper()
	for _, sql := range statements {
		p.source.Exec(sql)
	}
}

func (p *pair) oid(table string) (oid string) {
	p.t.Helper()
	if err := p.source.Pool.QueryRow(p.t.Context(), `SELECT $1::text::regclass::oid::text`, table).Scan(&oid); err != nil {
		p.t.Fatal(err)
	}
	return oid
}

// resynced does what the message advises, and looks whether that helps for good.
func (p *pair) resynced(names ...string) {
	p.t.Helper()
	if _, err := prepare.Change(p.t.Context(), p.cfg, p.list, prepare.Order{Resync: names}); err != nil {
		p.t.Fatal(err)
	}
	for range 2 {
		if err := p.catchUp(); err != nil {
			p.t.Fatal(err)
		}
		p.equal()
	}
}

// partitionsComeAndGo is what the log of m does not tell: a TRUNCATE of one partition, or one attached or detached (manual, CREATE
// PUBLICATION, publish_via_partition_root). The replica would go astray without a word.
var partitionsComeAndGo = map[string][]string{
	"truncated":                   {`TRUNCATE m_25`},
	"truncated and analyzed":      {`TRUNCATE m_25`, `ANALYZE m_25`},
	"truncated and written":       {`TRUNCATE m_25`, `INSERT INTO m VALUES (7000, '2025-05-05', 'new')`, `ANALYZE m`},
	"truncated and written anew":  {`BEGIN; TRUNCATE m_25; INSERT INTO m_25 SELECT n, '2025-05-05', 'new' FROM generate_series(7000, 7100) n; COMMIT`, `VACUUM ANALYZE m_25`},
	"partitions of one truncated": {`TRUNCATE m_26`},
	"detached":                    {`ALTER TABLE m DETACH PARTITION m_25`},
	"detached and put back":       {`ALTER TABLE m DETACH PARTITION m_25; DELETE FROM m_25 WHERE id < 20; ALTER TABLE m ATTACH PARTITION m_25 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')`},
	"dropped":                     {`DROP TABLE m_25`},
	"attached":                    {made20 + "; " + attach20},
	"attached later":              {made20, attach20},
	"attached and written":        {made20, attach20 + `; INSERT INTO m VALUES (2, '2020-03-03', 'after')`, `VACUUM FULL m_20`},
	"a tree of them attached":     {`CREATE TABLE m_20 (LIKE m INCLUDING ALL) PARTITION BY LIST (id)`, `CREATE TABLE m_20_x PARTITION OF m_20 DEFAULT; INSERT INTO m_20 VALUES (40, '2020-02-02', 'x')`, attach20},
}

// made20 is a table with a row that becomes a partition of m by attach20.
const (
	made20   = `CREATE TABLE m_20 (LIKE m INCLUDING ALL); INSERT INTO m_20 VALUES (40, '2020-02-02', 'x')`
	attach20 = `ALTER TABLE m ATTACH PARTITION m_20 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')`
)

// partitionsMaintained is what is done to partitions day by day.
var partitionsMaintained = map[string][]string{
	"one made":                  {`CREATE TABLE m_20 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')`},
	"one made and written":      {`BEGIN; CREATE TABLE m_20 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); INSERT INTO m VALUES (1, '2020-07-07', 'new'); COMMIT`},
	"one attached empty":        {`CREATE TABLE m_20 (LIKE m INCLUDING ALL)`, `ALTER TABLE m ATTACH PARTITION m_20 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')`, `INSERT INTO m VALUES (1, '2020-07-07', 'new')`, `VACUUM FULL m_20`},
	"attached empty, at once":   {`CREATE TABLE m_20 (LIKE m INCLUDING ALL); ALTER TABLE m ATTACH PARTITION m_20 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); INSERT INTO m VALUES (1, '2020-07-07', 'new')`},
	"a tree of them made":       {`CREATE TABLE m_20 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (id)`, `CREATE TABLE m_20_x PARTITION OF m_20 DEFAULT`, `INSERT INTO m VALUES (1, '2020-07-07', 'new')`},
	"VACUUM FULL":               {`VACUUM FULL m_25`},
	"VACUUM FULL of all":        {`VACUUM FULL m`, `INSERT INTO m VALUES (900, '2026-09-09', 'rest')`, `VACUUM FULL ANALYZE m`, `VACUUM FREEZE m`},
	"VACUUM FULL and written":   {`VACUUM FULL m_25`, `DELETE FROM m_25 WHERE id < 30`, `INSERT INTO m VALUES (901, '2025-09-09', 'x')`},
	"CLUSTER":                   {`CLUSTER m_25 USING m_25_pkey`},
	"ANALYZE":                   {`ANALYZE m`, `VACUUM m`},
	"REINDEX":                   {`REINDEX TABLE m`},
	"one never filled dropped":  {`DROP TABLE m_none`},
	"one never filled detached": {`ALTER TABLE m DETACH PARTITION m_none`},
	"TRUNCATE of all":           {`TRUNCATE m`, `INSERT INTO m VALUES (1, '2025-09-09', 'x')`, `ANALYZE m`},
	"TRUNCATE of all, twice":    {`TRUNCATE m`, `INSERT INTO m VALUES (1, '2025-09-09', 'x')`, `TRUNCATE m`, `INSERT INTO m VALUES (1, '2026-09-09', 'x')`},
	"TRUNCATE and maintained":   {`TRUNCATE m; INSERT INTO m VALUES (1, '2025-09-09', 'x'), (2, '2025-09-09', 'x')`, `VACUUM FULL m_25`, `ALTER TABLE m ADD CHECK (id > 0)`},
	"TRUNCATE in a function":    {`DO $$ BEGIN BEGIN TRUNCATE m; EXCEPTION WHEN division_by_zero THEN NULL; END; INSERT INTO m VALUES (1, '2025-09-09', 'x'), (2, '2025-09-09', 'x'); END $$`, `UPDATE m SET v = 'y' WHERE id = 1`},
	"rewritten by ALTER":        {`ALTER TABLE m ALTER hidden DROP DEFAULT, ALTER hidden TYPE bytea USING NULL`, `ALTER TABLE m ADD COLUMN more uuid DEFAULT gen_random_uuid()`},
}

// old is a row in each partition that nothing changes afterwards.
const old = `; CREATE TABLE m_none PARTITION OF m FOR VALUES FROM ('1900-01-01') TO ('1901-01-01'); INSERT INTO m VALUES (2, '2026-02-02', 'old'), (41, '2025-02-02', 'old')`

// onlyPartition is a table whose one partition has all of its rows. TRUNCATE of the table is in the log, one that names the partition is
// not, and the catalog shows the same of both.
const onlyPartition = `CREATE TABLE m (id int PRIMARY KEY, v text) PARTITION BY RANGE (id); CREATE TABLE m_all PARTITION OF m DEFAULT; INSERT INTO m VALUES (1, 'a')`

// Columns and rows that nobody listed come and go on the source without a word.
func TestDriftOfWhatIsNotListed(t *testing.T) {
	t.Parallel()
	shape{
		sql: shop, tables: shopTables,
		changes: []string{
			`ALTER TABLE shop.items ADD COLUMN leak text DEFAULT 'canary', DROP COLUMN note`, `UPDATE shop.items SET leak = 'canary' || id, name = 'a' WHERE id < 30`,
			`ALTER TABLE shop.items ALTER secret DROP DEFAULT, ALTER secret TYPE bytea USING convert_to(secret, 'UTF8')`, `UPDATE shop.items SET published = NOT published WHERE id < 10`,
			`ALTER TABLE shop.items RENAME COLUMN secret TO more_secret`, `INSERT INTO shop.items (id, name, published) VALUES (9001, 'x', true)`,
			`CREATE TABLE shop.canary (id int PRIMARY KEY); INSERT INTO shop.canary VALUES (1)`, `ALTER TABLE shop.items DROP COLUMN leak`, `UPDATE shop.items SET name = 'b' WHERE id = 9001`,
		},
	}.run(t)
}

// What would fail with the first row is found before anything is changed.
func TestTargetIdentityColumnIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ target, mend string }{
		"identity":  {`CREATE TABLE a (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)`, `ALTER TABLE "public"."a" ALTER COLUMN "id" SET GENERATED BY DEFAULT;`},
		"generated": {`CREATE TABLE a (id bigint PRIMARY KEY, v text GENERATED ALWAYS AS ('x') STORED)`, `ALTER TABLE "public"."a" ALTER COLUMN "v" DROP EXPRESSION;`},
		"a view":    {`CREATE VIEW a AS SELECT 1::bigint AS id, 'x'::text AS v`, `ALTER TABLE "public"."a" RENAME TO "a_before_syncer";`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, `CREATE TABLE a (id bigint PRIMARY KEY, v text); INSERT INTO a VALUES (1, 'a')`, "  - {table: a, columns: [id, v]}\n")
			p.target.Exec(c.target)
			_, err := prepare.Init(t.Context(), p.cfg, p.list, false)
			if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), c.mend) {
				t.Fatalf("got %v", err)
			}
			p.untouched()
			p.target.Exec(c.mend)
			p.init()
			p.source.Exec(`UPDATE a SET id = 2`)
			if err := p.catchUp(); err != nil {
				t.Fatal(err)
			}
			p.equal()
		})
	}
}

// Whatever SQL can put right is said as SQL, and it does put it right.
func TestFindingsComeWithTheirSQL(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, target string }{
		"row level security":      {source: `ALTER TABLE a ENABLE ROW LEVEL SECURITY`},
		"unique, but may be NULL": {source: `ALTER TABLE a DROP CONSTRAINT a_pkey, ALTER id DROP NOT NULL, ADD UNIQUE (id)`},
		"no temporary tables":     {target: `DO $$BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM public, syncer_writer', current_database()); END$$`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, `CREATE TABLE a (id bigint PRIMARY KEY, v text); `+c.source, "  - {table: a, columns: [id, v]}\n")
			p.target.Exec(c.target)
			report, err := prepare.Examine(t.Context(), p.cfg, p.list)
			if err != nil {
				t.Fatal(err)
			}
			mended := 0
			for _, f := range report.Findings {
				if f.Level == relation.Refuse || strings.Contains(f.Text, "temporary") {
					mended++
					for _, sql := range f.Mend {
						map[string]*pgtest.Database{"source": p.source, "target": p.target}[f.Side].Exec(sql)
					}
				}
			}
			if report, err = prepare.Examine(t.Context(), p.cfg, p.list); err != nil || report.Err() != nil || mended != 1 {
				t.Fatalf("%d findings mended, then: %v, %v", mended, err, report.Err())
			}
			for _, f := range report.Findings {
				if strings.Contains(f.Text, "temporary") {
					t.Errorf("still: %s", f)
				}
			}
		})
	}
}

// A table command that was killed after it had published leaves a trace that check tells of.
func TestUnrecordedFilterIsToldOf(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	told := func() (text string) {
		report, err := prepare.Examine(t.Context(), p.cfg, p.list)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			if strings.Contains(f.Text, "syncer table apply") {
				text += f.String()
			}
		}
		return text
	}
	if text := told(); text != "" {
		t.Errorf("told without cause: %s", text)
	}
	p.target.Exec(`UPDATE sync.tables SET filter = '' WHERE name = 'shop.items'`) // what `table` records before it publishes
	if text := told(); !strings.Contains(text, "shop.items") {
		t.Errorf("not told: %q", text)
	}
	if err := p.catchUp(); err != nil { // it is not compared
		t.Fatal(err)
	}
	if _, err := prepare.Change(t.Context(), p.cfg, p.list, prepare.Order{All: true}); err != nil {
		t.Fatal(err)
	}
	if text := told(); text != "" {
		t.Errorf("still told: %s", text)
	}
}
