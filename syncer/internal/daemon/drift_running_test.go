package daemon_test

import (
	"strings"
	"testing"

	"portal.example/shared/fault"
)

const measuredList = "  - {table: m, columns: [id, day, v]}\n"

// follows starts a syncer on the table m and returns once it follows.
func (p *pair) follows() (stop func() error) {
	p.t.Helper()
	stop = p.start()
	p.source.Exec(`UPDATE m SET v = 'warm' WHERE id = 1`)
	p.waitFor()
	return stop
}

// Whatever is done to a listed table that the stream cannot follow stops it, with the table's name and what to do;
// it never goes on as if nothing had happened.
func TestDriftStops(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		sql   []string
		words []string
	}{
		"listed column dropped": {[]string{`ALTER TABLE shop.items DROP COLUMN price CASCADE`, `UPDATE shop.items SET name = 'x' WHERE id = 2`}, []string{"portal", "shop.items"}},
		"listed column renamed": {[]string{`ALTER TABLE shop.items RENAME COLUMN price TO cost`, `UPDATE shop.items SET name = 'x' WHERE id = 2`}, []string{"cost", "shop.items"}},
		"table renamed":         {[]string{`ALTER TABLE shop."Odd Table" RENAME TO other`, `INSERT INTO shop.other VALUES (5000, 'x')`}, []string{"other"}},
		"table moved":           {[]string{`CREATE SCHEMA away`, `ALTER TABLE shop."Odd Table" SET SCHEMA away`, `INSERT INTO away."Odd Table" VALUES (5000, 'x')`}, []string{"away.Odd Table"}},
		"table dropped":         {[]string{`DROP TABLE shop."Odd Table"`}, []string{"shop.Odd Table"}},
		"table made anew": {
			[]string{`DROP TABLE shop."Odd Table"`, `CREATE TABLE shop."Odd Table" ("Key One" int, k2 text, "Value" text[], PRIMARY KEY ("Key One", k2))`, `INSERT INTO shop."Odd Table" VALUES (1, 'x')`},
			[]string{"shop.Odd Table"},
		},
		"table taken out of the publication":   {[]string{`ALTER PUBLICATION portal DROP TABLE shop."Odd Table"`, `INSERT INTO shop."Odd Table" VALUES (5000, 'x')`}, []string{"portal"}},
		"publication dropped":                  {[]string{`DROP PUBLICATION portal`, `INSERT INTO shop."Odd Table" VALUES (5000, 'x')`}, []string{"portal", "RESYNC REQUIRED", "syncer init --resync"}},
		"publication dropped, nothing changed": {[]string{`DROP PUBLICATION portal`}, []string{"portal", "RESYNC REQUIRED", "syncer init --resync"}},
		"publication without deletes":          {[]string{`ALTER PUBLICATION portal SET (publish = 'insert, update')`, `DELETE FROM shop.items WHERE id = 2`}, []string{"portal"}},
		"publication by partition":             {[]string{`ALTER PUBLICATION portal SET (publish_via_partition_root = false)`, `UPDATE shop.items SET name = 'x' WHERE id = 2`}, []string{"portal"}},
		"rows narrowed":                        {[]string{`ALTER PUBLICATION portal SET TABLE shop.items (id, name, price, published, big) WHERE (published AND id > 5), shop."Odd Table" ("Key One", k2, "Value")`, `UPDATE shop.items SET name = 'x' WHERE id = 2`}, []string{"portal"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, shop, shopTables)
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

func TestPartitionsThatComeAndGo(t *testing.T) {
	t.Parallel()
	for name, statements := range partitionsComeAndGo {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, measurements, measuredList)
			p.follows()
			p.all(statements)
			p.source.Exec(`UPDATE m SET v = 'after' WHERE id = 1`)
			p.stops("public.m", "syncer table resync public.m")
			if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "syncer table resync public.m") {
				t.Fatalf("started again it must say so, not: %v", err)
			}
			p.resynced("public.m")
		})
	}
}

func TestPartitionsAreMaintained(t *testing.T) {
	t.Parallel()
	for name, statements := range partitionsMaintained {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, measurements+old, measuredList)
			stop := p.follows()
			p.all(statements)
			p.source.Exec(lastMade)
			p.eventually("the last partition made is remembered", func() bool { return strings.Contains(p.leaves(), p.oid("m_seen")+".") })
			p.waitFor()
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := p.catchUp(); err != nil {
					t.Fatal(err)
				}
				p.equal()
			}
		})
	}
}

// lastMade is the last change of a partitionsMaintained: what the catalog shows of it is remembered only after all else was judged.
const lastMade = `UPDATE m SET v = 'after' WHERE id = 1; CREATE TABLE m_seen PARTITION OF m FOR VALUES FROM ('2019-01-01') TO ('2020-01-01')`

// A partition that came after init is watched like the others, also over a restart.
func TestPartitionThatCameLaterIsRemembered(t *testing.T) {
	t.Parallel()
	p := newReplica(t, measurements, measuredList)
	stop := p.start()
	p.source.Exec(`CREATE TABLE m_20 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); INSERT INTO m VALUES (1, '2020-02-02', 'x')`)
	p.waitFor()
	p.eventually("the partition is remembered", func() bool { return strings.Contains(p.leaves(), p.oid("m_20")+".") })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	p.source.Exec(`DROP TABLE m_20`)
	if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "syncer table resync public.m") {
		t.Fatalf("got %v", err)
	}
	p.resynced("public.m")
}

func TestTruncateOfTheOnlyPartition(t *testing.T) {
	t.Parallel()
	p := newReplica(t, onlyPartition, "  - {table: m, columns: [id, v]}\n")
	stop := p.follows()
	before := p.leaves()
	p.source.Exec(`TRUNCATE m; INSERT INTO m VALUES (2, 'b')`)
	p.onlyPartitionTruncated(before, stop)
}

// onlyPartitionTruncated is what follows a TRUNCATE of the whole table with a syncer at work: it goes on, and stops at one of the partition.
func (p *pair) onlyPartitionTruncated(before string, stop func() error) {
	p.t.Helper()
	p.eventually("the partition's other file is remembered", func() bool { return p.leaves() != before })
	p.waitFor()
	if err := stop(); err != nil {
		p.t.Fatal(err)
	}
	p.equal()
	p.start()
	p.source.Exec(`INSERT INTO m VALUES (3, 'c')`)
	p.waitFor()
	p.source.Exec(`TRUNCATE m_all`)
	p.stops("m_all", "syncer table resync public.m")
}

// filledAndDropped fills a partition that was empty at the last look and drops it with its rows: that took rows away all the same.
var filledAndDropped = []string{`INSERT INTO m VALUES (1, '1900-02-02', 'x')`, `DROP TABLE m_none`}

func TestPartitionFilledBetweenLooks(t *testing.T) {
	t.Parallel()
	p := newReplica(t, measurements+old, measuredList)
	p.follows()
	p.all(filledAndDropped)
	p.stops("public.m", "syncer table resync public.m")
}
