package daemon_test

import (
	"flag"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/relation"
)

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

var runOwed = flag.Bool("owed", false, "run what is known to be wrong, too")

// owed skips what is known to be wrong, with the room that has to mend it.
func owed(t *testing.T, why string) {
	t.Helper()
	if why != "" && !*runOwed {
		t.Skip("owed by " + why)
	}
}

// Whatever is done to a listed table that the stream cannot follow stops it, with the table's name and what to do;
// it never goes on as if nothing had happened.
func TestDriftStops(t *testing.T) {
	cases := map[string]struct {
		sql   []string
		words []string
		owed  string
	}{
		"listed column dropped": {[]string{`ALTER TABLE shop.items DROP COLUMN price CASCADE`, `UPDATE shop.items SET name = 'x' WHERE id = 2`}, []string{"portal", "shop.items"}, ""},
		"listed column renamed": {[]string{`ALTER TABLE shop.items RENAME COLUMN price TO cost`, `UPDATE shop.items SET name = 'x' WHERE id = 2`}, []string{"cost", "shop.items"}, ""},
		"table renamed":         {[]string{`ALTER TABLE shop."Odd Table" RENAME TO other`, `INSERT INTO shop.other VALUES (5000, 'x')`}, []string{"other"}, ""},
		"table moved":           {[]string{`CREATE SCHEMA away`, `ALTER TABLE shop."Odd Table" SET SCHEMA away`, `INSERT INTO away."Odd Table" VALUES (5000, 'x')`}, []string{"away.Odd Table"}, ""},
		"table dropped":         {[]string{`DROP TABLE shop."Odd Table"`}, []string{"shop.Odd Table"}, ""},
		"table made anew": {
			[]string{`DROP TABLE shop."Odd Table"`, `CREATE TABLE shop."Odd Table" ("Key One" int, k2 text, "Value" text[], PRIMARY KEY ("Key One", k2))`, `INSERT INTO shop."Odd Table" VALUES (1, 'x')`},
			[]string{"shop.Odd Table"},
			"",
		},
		"table taken out of the publication": {[]string{`ALTER PUBLICATION portal DROP TABLE shop."Odd Table"`, `INSERT INTO shop."Odd Table" VALUES (5000, 'x')`}, []string{"portal"}, ""},
		"publication dropped":                {[]string{`DROP PUBLICATION portal`, `INSERT INTO shop."Odd Table" VALUES (5000, 'x')`}, []string{"portal"}, "internal/source: a publication that is gone ends with exit code 1, not with what to do"},
		"publication without deletes":        {[]string{`ALTER PUBLICATION portal SET (publish = 'insert, update')`, `DELETE FROM shop.items WHERE id = 2`}, []string{"portal"}, ""},
		"publication by partition":           {[]string{`ALTER PUBLICATION portal SET (publish_via_partition_root = false)`, `UPDATE shop.items SET name = 'x' WHERE id = 2`}, []string{"portal"}, ""},
		"rows narrowed":                      {[]string{`ALTER PUBLICATION portal SET TABLE shop.items (id, name, price, published, big) WHERE (published AND id > 5), shop."Odd Table" ("Key One", k2, "Value")`, `UPDATE shop.items SET name = 'x' WHERE id = 2`}, []string{"portal"}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			owed(t, c.owed)
			t.Parallel()
			p := newPair(t, shop, shopTables)
			p.init()
			p.start()
			p.source.Exec(`UPDATE shop.items SET name = 'warm' WHERE id = 2`)
			p.waitFor()
			for _, sql := range c.sql {
				p.source.Exec(sql)
			}
			p.stops(c.words...)
			if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe {
				t.Errorf("started again it must say the same, not: %v", err)
			}
		})
	}
}

// Columns and rows that nobody listed come and go on the source without a word.
func TestDriftOfWhatIsNotListed(t *testing.T) {
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
	for name, c := range map[string]struct{ target, mend string }{
		"identity":  {`CREATE TABLE a (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)`, `ALTER TABLE "public"."a" ALTER COLUMN "id" SET GENERATED BY DEFAULT;`},
		"generated": {`CREATE TABLE a (id bigint PRIMARY KEY, v text GENERATED ALWAYS AS ('x') STORED)`, `ALTER TABLE "public"."a" ALTER COLUMN "v" DROP EXPRESSION;`},
		"a view":    {`CREATE VIEW a AS SELECT 1::bigint AS id, 'x'::text AS v`, `ALTER TABLE "public"."a" RENAME TO "a_before_syncer";`},
	} {
		t.Run(name, func(t *testing.T) {
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
	for name, c := range map[string]struct{ source, target string }{
		"row level security":      {source: `ALTER TABLE a ENABLE ROW LEVEL SECURITY`},
		"unique, but may be NULL": {source: `ALTER TABLE a DROP CONSTRAINT a_pkey, ALTER id DROP NOT NULL, ADD UNIQUE (id)`},
		"no temporary tables":     {target: `DO $$BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM public, syncer_writer', current_database()); END$$`},
	} {
		t.Run(name, func(t *testing.T) {
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

// A TRUNCATE of one partition, or one attached or detached, is not in the log of the table it belongs to
// (manual, CREATE PUBLICATION, publish_via_partition_root): the replica would go astray without a word.
func TestPartitionsThatComeAndGo(t *testing.T) {
	for name, sql := range map[string]string{
		"truncated": `TRUNCATE m_25`, "detached": `ALTER TABLE m DETACH PARTITION m_25`, "dropped": `DROP TABLE m_25`,
		"attached": `CREATE TABLE m_20 (LIKE m INCLUDING ALL); INSERT INTO m_20 VALUES (1, '2020-02-02', 'x'); ALTER TABLE m ATTACH PARTITION m_20 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')`,
	} {
		t.Run(name, func(t *testing.T) {
			owed(t, "internal/source: the partitions of a listed table are not watched")
			p := newPair(t, measurements, "  - {table: m, columns: [id, day, v]}\n")
			p.init()
			p.start()
			p.source.Exec(`UPDATE m SET v = 'warm' WHERE id = 1`)
			p.waitFor()
			p.source.Exec(sql)
			p.source.Exec(`UPDATE m SET v = 'after' WHERE id = 1`)
			p.stops("m", "table resync")
		})
	}
}
