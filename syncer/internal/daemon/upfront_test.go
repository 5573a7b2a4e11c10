package daemon_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/relation"
)

// What would let the replica differ without a word is refused before anything is made.
func TestSilentDifferencesAreRefusedUpFront(t *testing.T) {
	t.Parallel()
	const root = `CREATE TABLE m (id int, day date NOT NULL, v text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day); `
	const listed = "  - {table: m, columns: [id, day, v]}\n"
	const plain = `CREATE TABLE d (id int PRIMARY KEY, at timestamptz NOT NULL, state text NOT NULL); CREATE UNIQUE INDEX d_all ON d (id, at, state); ALTER TABLE d REPLICA IDENTITY USING INDEX d_all`
	of := func(where string) string {
		return fmt.Sprintf("  - {table: d, columns: [id, at, state], where: %q}\n", where)
	}
	for name, c := range map[string]struct{ source, target, list, refused, mend string }{
		"an unlogged partition":     {source: root + `CREATE UNLOGGED TABLE m1 PARTITION OF m DEFAULT`, list: listed, refused: "unlogged", mend: `ALTER TABLE public.m1 SET LOGGED;`},
		"one deep in the tree":      {source: root + `CREATE TABLE m1 PARTITION OF m DEFAULT PARTITION BY LIST (id); CREATE UNLOGGED TABLE "M 2" PARTITION OF m1 DEFAULT`, list: listed, refused: "unlogged", mend: `ALTER TABLE public."M 2" SET LOGGED;`},
		"a table":                   {source: `CREATE UNLOGGED TABLE m (id int PRIMARY KEY, day date, v text)`, list: listed, refused: "unlogged", mend: `ALTER TABLE "public"."m" SET LOGGED;`},
		"a table on the target":     {source: root, target: `CREATE UNLOGGED TABLE m (id int, day date NOT NULL, v text, PRIMARY KEY (id, day))`, list: listed, refused: "unlogged", mend: `ALTER TABLE "public"."m" SET LOGGED;`},
		"a partition on the target": {source: root, target: root + `CREATE UNLOGGED TABLE m1 PARTITION OF m DEFAULT`, list: listed, refused: "unlogged", mend: `ALTER TABLE public.m1 SET LOGGED;`},
		"root and leaf":             {source: root + `CREATE TABLE m1 PARTITION OF m DEFAULT`, list: listed + "  - {table: m1, columns: [id, day, v]}\n", refused: "is a partition of public.m"},
		"root and leaf of a leaf":   {source: root + `CREATE TABLE m1 PARTITION OF m DEFAULT PARTITION BY LIST (id); CREATE TABLE m2 PARTITION OF m1 DEFAULT`, list: "  - {table: m2, columns: [id, day, v]}\n" + listed, refused: "is a partition of public.m"},
		"a moment":                  {source: plain, list: of("at < 'today'"), refused: "'today'"},
		"a moment with a time":      {source: plain, list: of("at < 'tomorrow 10:00 UTC'"), refused: "'tomorrow 10:00 UTC'"},
		"a moment by cast":          {source: plain, list: of("at < timestamptz 'now'"), refused: "'now'"},
		"the word beside a date":    {source: plain, list: of("state in ('now', 'today') and at > '2026-01-01'")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, c.source, c.list)
			p.target.Exec(c.target)
			report, err := prepare.Examine(t.Context(), p.cfg, p.list)
			if err != nil {
				t.Fatal(err)
			}
			refused := report.Refused()
			if (c.refused == "") != (len(refused) == 0) {
				t.Fatalf("refused: %v", refused)
			}
			if c.refused == "" {
				return
			}
			i := slices.IndexFunc(refused, func(f relation.Finding) bool { return strings.Contains(f.Text, c.refused) })
			if i < 0 || c.mend != "" && !slices.Contains(refused[i].Mend, c.mend) {
				t.Errorf("refused: %v", refused)
			}
			if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); fault.ExitCode(err) != fault.ExitUnsafe {
				t.Errorf("init: %v", err)
			}
		})
	}
}

// A parent and a child by INHERITS have rows of their own: both may be listed.
func TestInheritanceListedOnBothSides(t *testing.T) {
	t.Parallel()
	shape{
		sql: `CREATE TABLE a (id int PRIMARY KEY, v text); CREATE TABLE b (w text, PRIMARY KEY (id)) INHERITS (a);
			INSERT INTO a SELECT n, 'a' FROM generate_series(1, 20) n; INSERT INTO b SELECT n, 'b', 'w' FROM generate_series(11, 30) n`,
		tables: "  - {table: a, columns: [id, v]}\n  - {table: b, columns: [id, v, w]}\n",
		changes: []string{
			`UPDATE a SET v = 'both' WHERE id = 15`, `DELETE FROM a WHERE id = 16`, `UPDATE ONLY a SET v = 'parent' WHERE id = 17`, `DELETE FROM b WHERE id = 18`,
			`INSERT INTO b VALUES (31, 'b', 'new')`, `ALTER TABLE b NO INHERIT a`, `UPDATE a SET v = 'x' WHERE id = 19`, `ALTER TABLE b INHERIT a`, `UPDATE a SET v = 'y' WHERE id = 20`,
			`TRUNCATE ONLY a`, `INSERT INTO a VALUES (1, 'again')`, `TRUNCATE a`,
		},
	}.run(t)
}

// Partitions whose changes are not in the log, and listed tables that become partitions of others, stop the stream.
func TestPartitionsBesideTheLog(t *testing.T) {
	t.Parallel()
	const lone = `; CREATE TABLE m_20 (LIKE m INCLUDING ALL)`
	for name, c := range map[string]struct {
		statements, mend []string
		words            []string
	}{
		"a partition set unlogged": {[]string{`ALTER TABLE m_25 SET UNLOGGED`}, []string{`ALTER TABLE m_25 SET LOGGED`}, []string{"public.m_25", "is unlogged", "ALTER TABLE public.m_25 SET LOGGED;", "syncer table resync public.m"}},
		"one deep in the tree":     {[]string{`ALTER TABLE m_26_low SET UNLOGGED`}, []string{`ALTER TABLE m_26_low SET LOGGED`}, []string{"public.m_26_low", "is unlogged"}},
		"made unlogged":            {[]string{`CREATE UNLOGGED TABLE m_21 PARTITION OF m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')`}, []string{`ALTER TABLE m_21 SET LOGGED`}, []string{"public.m_21", "is unlogged"}},
		"attached unlogged":        {[]string{`CREATE UNLOGGED TABLE m_21 (LIKE m INCLUDING ALL); ALTER TABLE m ATTACH PARTITION m_21 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')`}, []string{`ALTER TABLE m_21 SET LOGGED`}, []string{"public.m_21", "is unlogged"}},
		"a listed table attached":  {[]string{`ALTER TABLE m ATTACH PARTITION m_20 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')`, `INSERT INTO m VALUES (1, '2020-02-02', 'x')`}, []string{`ALTER TABLE m DETACH PARTITION m_20`}, []string{"public.m_20 is a partition of public.m", "whitelist"}},
	} {
		for _, running := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/running=%t", name, running), func(t *testing.T) {
				t.Parallel()
				p := newReplica(t, measurements+lone, "  - {table: m, columns: [id, day, v]}\n  - {table: m_20, columns: [id, day, v]}\n")
				p.warm(running)
				p.all(c.statements)
				p.source.Exec(`INSERT INTO m VALUES (77, '2021-02-02', 'after'), (77, '2025-02-02', 'after'), (2, '2026-02-03', 'after')`)
				if running {
					p.stops(c.words...)
				}
				if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe {
					t.Fatalf("got %v", err)
				}
				p.all(c.mend)
				p.resynced("public.m", "public.m_20")
			})
		}
	}
}

// What was not logged for a while, when nobody looked, is noticed when it is logged again.
func TestUnloggedForAWhile(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][]string{
		"an old partition":   {`ALTER TABLE m_25 SET UNLOGGED`, `UPDATE m SET v = 'lost' WHERE day < '2026-01-01'`, `ALTER TABLE m_25 SET LOGGED`},
		"in one transaction": {`BEGIN; ALTER TABLE m_25 SET UNLOGGED; UPDATE m SET v = 'lost' WHERE day < '2026-01-01'; ALTER TABLE m_25 SET LOGGED; COMMIT`},
		"a new partition":    {`CREATE UNLOGGED TABLE m_21 PARTITION OF m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')`, `INSERT INTO m VALUES (1, '2021-02-02', 'lost')`, `ALTER TABLE m_21 SET LOGGED`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, measurements+old, "  - {table: m, columns: [id, day, v]}\n")
			p.warm(false)
			p.all(statements)
			p.source.Exec(`INSERT INTO m VALUES (77, '2021-03-02', 'after')`)
			if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "syncer table resync public.m") {
				t.Fatalf("got %v", err)
			}
			p.resynced("public.m")
		})
	}
}

// A partition that is made, filled and taken away while nobody looks has brought rows that the table no longer has.
func TestPartitionThatCameAndWentUnseen(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][]string{
		"dropped":            {`CREATE TABLE m_20 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')`, `INSERT INTO m VALUES (5, '2020-02-02', 'x')`, `DROP TABLE m_20`},
		"attached, detached": {`CREATE TABLE m_20 (LIKE m INCLUDING ALL); ALTER TABLE m ATTACH PARTITION m_20 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')`, `INSERT INTO m VALUES (5, '2020-02-02', 'x')`, `ALTER TABLE m DETACH PARTITION m_20`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, measurements+old, "  - {table: m, columns: [id, day, v]}\n")
			p.warm(false)
			p.all(statements)
			p.start()
			p.stops("public.m_20", "syncer table resync public.m")
			p.resynced("public.m")
		})
	}
}

// The target's table is set unlogged while nobody looks: it is not written to before it is logged again.
func TestTargetSetUnlogged(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	p.target.Exec(`ALTER TABLE shop.items SET UNLOGGED`)
	p.source.Exec(`UPDATE shop.items SET name = 'x' WHERE id = 2`)
	if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), `ALTER TABLE "shop"."items" SET LOGGED;`) {
		t.Fatalf("got %v", err)
	}
	p.target.Exec(`ALTER TABLE shop.items SET LOGGED`)
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}
