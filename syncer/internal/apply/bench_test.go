package apply_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cpu is what this process and a server process have used so far.
func (f *feed) cpu(application string) (own, server time.Duration) {
	f.tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		f.tb.Fatal(err)
	}
	own = time.Duration(u.Utime.Nano() + u.Stime.Nano())
	rows, err := f.db.Pool.Query(f.tb.Context(), `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE $1`, application)
	if err != nil {
		f.tb.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err != nil {
			f.tb.Fatal(err)
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			f.tb.Fatal(err)
		}
		var user, system int64
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
			f.tb.Fatal(err)
		}
		server += time.Duration(user+system) * 10 * time.Millisecond
	}
	return own, server
}

// BenchmarkCatchUp applies 200,000 transactions of one update each, as fast as the writer takes them, and tells what
// each costs this process and the target's.
func BenchmarkCatchUp(b *testing.B) {
	const rows, transactions = 200000, 200000
	f := newFeed(b, `CREATE TABLE items (id bigint PRIMARY KEY, title text, body text, amount numeric(12,2), version int, updated_at timestamptz);
		INSERT INTO items SELECT n, 'Service number ' || n, repeat('x', 120), n, 1, now() FROM generate_series(1, 200000) n`,
		"items id:bigint title:text body:text amount:numeric(12,2) version:integer updated_at:timestamp_with_time_zone")
	f.db.Exec("VACUUM ANALYZE items")
	body := strings.Repeat("x", 120)
	for b.Loop() {
		f.start()
		f.progress()
		f.wait()
		for n := range transactions {
			f.tx(upd(0, fmt.Sprintf("%d,Service number %d; change %d,%s,%d.01,%d,2026-11-22 05:36:38.06316+00", 1+rand.IntN(rows), n, n, body, n, n)))
		}
		own, server := f.cpu("syncer writer%")
		began := time.Now()
		f.wait()
		took := time.Since(began)
		ownAfter, serverAfter := f.cpu("syncer writer%")
		b.ReportMetric(float64(took.Nanoseconds())/transactions, "ns/tx")
		b.ReportMetric(float64((ownAfter-own).Nanoseconds())/transactions, "own-ns/tx")
		b.ReportMetric(float64((serverAfter-server).Nanoseconds())/transactions, "server-ns/tx")
		if err := f.stop(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLargeTransaction applies 500,000 inserts in chunks, as of a transaction that still runs.
func BenchmarkLargeTransaction(b *testing.B) {
	const rows = 500000
	f := newFeed(b, items, itemsRel)
	for b.Loop() {
		f.db.Exec("TRUNCATE items")
		f.start()
		f.progress()
		f.wait()
		own, server := f.cpu("syncer writer%")
		began := time.Now()
		for n := range rows {
			f.changes(ins(0, fmt.Sprintf("%d,n%d,%040d", n, n, n)))
			if n%5000 == 4999 {
				chunk := f.b
				f.b = nil
				f.chunk(900, 900)
				f.b = append(append(append([]byte(nil), f.b[:13]...), chunk...), f.b[13:]...)
				f.send()
			}
		}
		sent := time.Since(began)
		f.streamCommit(900, 0)
		f.wait()
		took := time.Since(began)
		ownAfter, serverAfter := f.cpu("syncer writer%")
		b.ReportMetric(float64(took.Nanoseconds())/rows, "ns/row")
		b.ReportMetric(float64((took - sent).Milliseconds()), "ms-after-end")
		b.ReportMetric(float64((ownAfter-own).Nanoseconds())/rows, "own-ns/row")
		b.ReportMetric(float64((serverAfter-server).Nanoseconds())/rows, "server-ns/row")
		if err := f.stop(); err != nil {
			b.Fatal(err)
		}
	}
}
