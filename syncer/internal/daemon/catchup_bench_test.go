package daemon_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"portal.example/shared/pgtest"
)

// BenchmarkCatchUp measures what a syncer that was away costs each process when it comes back, from the source's log
// to the target's rows: what scripts/bench measures, without the contenders, for profiling.
func BenchmarkCatchUp(b *testing.B) {
	const transactions = 200000
	p := newPair(b, `
		CREATE TABLE items (id bigint PRIMARY KEY, code uuid NOT NULL, title text NOT NULL, body text NOT NULL, amount numeric(12,2) NOT NULL,
			published boolean NOT NULL, version integer NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL);
		CREATE UNIQUE INDEX items_published ON items (id, published);
		ALTER TABLE items REPLICA IDENTITY USING INDEX items_published;
		INSERT INTO items SELECT n, md5(n::text)::uuid, 'Service number ' || n, repeat(md5((n * 7)::text), 4), (n % 100000) / 100.0, n % 10 <> 0, 1, now(), now()
		  FROM generate_series(1, 200000) n;
		CREATE PROCEDURE changes(transactions int) LANGUAGE plpgsql AS $$
		DECLARE picked bigint;
		BEGIN
			FOR n IN 1..transactions LOOP
				picked := 1 + floor(random() * 200000);
				UPDATE items SET title = 'Service number ' || picked || ', change ' || n, amount = amount + 0.01, version = version + 1, updated_at = clock_timestamp() WHERE id = picked;
				COMMIT;
			END LOOP;
		END $$`, `
  - {table: items, columns: [id, code, title, body, amount, published, version, created_at, updated_at], where: published}
`)
	p.init()
	for b.Loop() {
		b.StopTimer()
		p.source.Exec("SET synchronous_commit = off") // a pool's connection: no harm done, no use relied on
		p.source.Exec(fmt.Sprintf("CALL changes(%d)", transactions))
		b.StartTimer()
		commits := p.commits()
		own, began := ownCPU(b), time.Now()
		watch := p.watchServer(p.target, "syncer writer")
		walsender := p.watchServer(p.source, "syncer reader")
		d := p.daemon()
		d.UntilCurrent = true
		if err := d.Run(b.Context()); err != nil {
			b.Fatal(err)
		}
		took := time.Since(began)
		b.ReportMetric(took.Seconds(), "s")
		b.ReportMetric((ownCPU(b) - own).Seconds(), "own-s")
		b.ReportMetric(watch().Seconds(), "writer-s")
		b.ReportMetric(walsender().Seconds(), "walsender-s")
		b.ReportMetric(float64(p.commits()-commits), "commits")
	}
}

// commits is how many transactions the target has committed.
func (p *pair) commits() (n int64) {
	p.t.Helper()
	if err := p.target.Pool.QueryRow(p.t.Context(), `SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()`).Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

func ownCPU(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchServer follows the busiest server process of an application; the function it returns says what it has used.
func (p *pair) watchServer(db *pgtest.Database, application string) func() time.Duration {
	done, used := make(chan struct{}), make(chan time.Duration)
	go func() {
		pids := map[int]time.Duration{}
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			rows, err := db.Pool.Query(p.t.Context(), `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`, application)
			if err == nil {
				for rows.Next() {
					var pid int
					if rows.Scan(&pid) == nil {
						pids[pid] = max(pids[pid], processCPU(pid))
					}
				}
				rows.Close()
			}
			select {
			case <-done:
				var most time.Duration
				for _, d := range pids {
					most = max(most, d)
				}
				used <- most
				return
			case <-tick.C:
			}
		}
	}()
	return func() time.Duration { close(done); return <-used }
}

func processCPU(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	var user, system int64
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}
