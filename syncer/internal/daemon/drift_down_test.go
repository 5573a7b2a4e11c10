package daemon_test

import (
	"slices"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/relation"
)

func TestPartitionsThatComeAndGoMeanwhile(t *testing.T) {
	t.Parallel()
	for name, statements := range partitionsComeAndGo {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, measurements, measuredList)
			p.all(statements)
			p.source.Exec(`UPDATE m SET v = 'after' WHERE id = 1`)
			if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "syncer table resync public.m") {
				t.Fatalf("got %v", err)
			}
			p.resynced("public.m")
		})
	}
}

func TestPartitionsAreMaintainedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, statements := range partitionsMaintained {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, measurements+old, measuredList)
			p.all(statements)
			p.source.Exec(lastMade)
			for range 2 {
				if err := p.catchUp(); err != nil {
					t.Fatal(err)
				}
				p.equal()
			}
		})
	}
}

func TestTruncateOfTheOnlyPartitionMeanwhile(t *testing.T) {
	t.Parallel()
	p := newReplica(t, onlyPartition, "  - {table: m, columns: [id, v]}\n")
	before := p.leaves()
	p.source.Exec(`TRUNCATE m; INSERT INTO m VALUES (2, 'b')`)
	p.onlyPartitionTruncated(before, p.start())
}

func TestPartitionFilledAndDroppedMeanwhile(t *testing.T) {
	t.Parallel()
	p := newReplica(t, measurements+old, measuredList)
	p.all(filledAndDropped)
	p.start()
	p.stops("public.m", "syncer table resync public.m")
}

// A reader whose role was prepared by an older version may not see where rows come from: it says so.
func TestPartitionsWithoutRights(t *testing.T) {
	t.Parallel()
	p := newReplica(t, measurements, measuredList)
	p.source.Exec(`REVOKE SELECT (xmin) ON m FROM syncer_reader`)
	p.source.Exec(`VACUUM FULL m_25`)
	if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "may not see") {
		t.Fatalf("got %v", err)
	}
	p.init()
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}

// A table that was out of the publication for a while has lost what changed meanwhile, whoever put it back.
func TestPublicationWithoutATableForAWhile(t *testing.T) {
	t.Parallel()
	odd := `shop."Odd Table"`
	for name, c := range map[string]struct {
		statements []string
		init       bool
		names      []string
	}{
		"put back":              {[]string{`ALTER PUBLICATION portal DROP TABLE ` + odd, `DELETE FROM ` + odd, `ALTER PUBLICATION portal ADD TABLE ONLY ` + odd + ` ("Key One", k2, "Value")`}, false, []string{"shop.Odd Table"}},
		"put back by init":      {[]string{`ALTER PUBLICATION portal DROP TABLE ` + odd, `DELETE FROM ` + odd}, true, []string{"shop.Odd Table"}},
		"narrowed for a while":  {[]string{`ALTER PUBLICATION portal SET TABLE ONLY shop.items (id, name, price, published, big) WHERE (published AND id > 5), ONLY ` + odd + ` ("Key One", k2, "Value")`, `UPDATE shop.items SET name = 'x' WHERE id = 2`}, true, []string{"shop.items"}},
		"dropped, made by init": {[]string{`DROP PUBLICATION portal`}, true, []string{"shop.Odd Table", "shop.items"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, shop, shopTables)
			if err := p.catchUp(); err != nil {
				t.Fatal(err)
			}
			p.all(c.statements)
			if c.init {
				if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); err != nil {
					t.Fatal(err)
				}
			}
			err := p.catchUp()
			if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "syncer table resync "+strings.Join(c.names, " ")) {
				t.Fatalf("got %v", err)
			}
			p.resynced(c.names...)
		})
	}
}

// What init itself makes anew in the publication stops nothing.
func TestPublicationMendedByInit(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.source.Exec(`CREATE TABLE shop.leak (id int PRIMARY KEY); ALTER PUBLICATION portal ADD TABLE shop.leak`)
	p.source.Exec(`UPDATE shop.items SET name = 'meanwhile' WHERE id = 2`)
	p.init()
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}

// Changes while there was no publication: the slot cannot pass them, and says what helps.
func TestPublicationDroppedAndMadeAgain(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	p.source.Exec(`DROP PUBLICATION portal`)
	if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "syncer init --resync") {
		t.Fatalf("got %v", err)
	}
	p.source.Exec(`UPDATE shop.items SET name = 'lost' WHERE id = 2`)
	report, err := prepare.Examine(t.Context(), p.cfg, p.list)
	if err != nil || !slices.ContainsFunc(report.Findings, func(f relation.Finding) bool { return strings.Contains(f.Text, "syncer init --resync") }) {
		t.Errorf("check says nothing of it: %v", err)
	}
	if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); err != nil {
		t.Fatal(err)
	}
	if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe {
		t.Fatalf("got %v", err)
	}
	if _, err := prepare.Init(t.Context(), p.cfg, p.list, true); err != nil {
		t.Fatal(err)
	}
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}
