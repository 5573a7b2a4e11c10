package daemon_test

import (
	"fmt"
	"strings"
	"testing"
)

// TRUNCATE that names each partition is not in the log of the table, though none of them keeps a row.
func TestTruncateOfAllPartitionsByName(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][]string{
		"at once":     {`TRUNCATE m_25, m_26_low, m_26_rest, m_rest, m_none`},
		"and written": {`BEGIN; TRUNCATE m_25, m_26, m_rest, m_none; INSERT INTO m VALUES (7, '2025-05-05', 'new'); COMMIT`},
		// The log tells of a TRUNCATE between the same two looks, but of another transaction's.
		"behind one of the table that writes": {`TRUNCATE m; INSERT INTO m VALUES (7, '2025-05-05', 'new')`, `TRUNCATE m_25, m_26, m_rest, m_none`},
		"behind one of the table":             {`TRUNCATE m`, `INSERT INTO m VALUES (7, '2025-05-05', 'new')`, `TRUNCATE m_25, m_26, m_rest, m_none`},
		"behind one of the table and written": {`TRUNCATE m`, `INSERT INTO m VALUES (7, '2025-05-05', 'new')`, `BEGIN; TRUNCATE m_25, m_26, m_rest, m_none; INSERT INTO m VALUES (8, '2025-05-05', 'new'); COMMIT`},
	} {
		for _, running := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/running=%t", name, running), func(t *testing.T) {
				t.Parallel()
				p := newReplica(t, measurements+old, measuredList)
				p.warm(running)
				p.all(statements)
				if !running {
					p.start()
				}
				p.stops("syncer table resync public.m")
				p.resynced("public.m")
			})
		}
	}
}

// A TRUNCATE of the whole table that was rolled back, or of which the look at the catalog is long over, is no excuse for a later one
// that names the partitions.
func TestTruncateThatExplainsNothing(t *testing.T) {
	t.Parallel()
	const byName = `TRUNCATE m_25, m_26, m_rest, m_none`
	for name, statements := range map[string][]string{
		"rolled back while it was streamed": {
			`BEGIN; INSERT INTO m SELECT n, '2024-01-01', repeat('x', 200) FROM generate_series(1000, 40000) n; SAVEPOINT s; TRUNCATE m; INSERT INTO m SELECT n, '2024-01-02', repeat('y', 200) FROM generate_series(1000, 40000) n; ROLLBACK TO s; COMMIT`,
		},
		"of an empty table": {`DELETE FROM m`, `TRUNCATE m`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, measurements+old, measuredList)
			p.start()
			p.waitFor()
			p.all(statements)
			p.waitFor()
			for range 2 { // looks
				p.source.Exec(`CREATE TABLE seen PARTITION OF m FOR VALUES FROM ('2019-01-01') TO ('2020-01-01')`)
				p.eventually("the partition is remembered", func() bool { return strings.Contains(p.leaves(), p.oid("seen")+".") })
				p.source.Exec(`DROP TABLE seen`)
			}
			p.source.Exec(`INSERT INTO m VALUES (1, '2025-09-09', 'x'), (2, '2026-09-09', 'x')`)
			p.waitFor()
			p.source.Exec(byName)
			p.stops("syncer table resync public.m")
		})
	}
}

// A partition that no look has known with rows, filled, truncated and rewritten, has lost rows that the stream had brought. The
// catalog shows the same of one that never held any.
func TestPartitionEmptiedAndRewrittenBetweenLooks(t *testing.T) {
	t.Parallel()
	const filled = `INSERT INTO m VALUES (1, '1900-02-02', 'x')`
	for name, c := range map[string]struct {
		statements []string
		lost       bool
	}{
		"filled, VACUUM FULL":       {[]string{filled, `TRUNCATE m_none`, `VACUUM FULL m_none`}, true},
		"filled, CLUSTER":           {[]string{filled, `BEGIN; TRUNCATE m_none; CLUSTER m_none USING m_none_pkey; COMMIT`}, true},
		"never filled, VACUUM FULL": {[]string{`VACUUM FULL m_none`}, false},
		"never filled, CLUSTER":     {[]string{`CLUSTER m_none USING m_none_pkey`}, false},
	} {
		for _, running := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/running=%t", name, running), func(t *testing.T) {
				t.Parallel()
				p := newReplica(t, measurements+old, measuredList)
				p.warm(running)
				p.all(c.statements)
				if !running {
					p.start()
				}
				if c.lost {
					p.stops("public.m", "syncer table resync public.m")
					p.resynced("public.m")
					return
				}
				p.source.Exec(lastMade)
				p.eventually("the last partition made is remembered", func() bool { return strings.Contains(p.leaves(), p.oid("m_seen")+".") })
				p.waitFor()
				p.equal()
			})
		}
	}
}
