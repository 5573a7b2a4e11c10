package daemon_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/config"
)

// BenchmarkCommitToVisible measures from the moment COMMIT returned on the source until another session sees the row on
// the target. It is a benchmark and no test: a time says nothing on a machine that does something else, too.
func BenchmarkCommitToVisible(b *testing.B) {
	p := newPair(b, shop, shopTables)
	p.init()
	stop := p.start()
	p.waitFor()
	look, err := pgx.Connect(b.Context(), p.target.DSN)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = look.Close(b.Context()) }()
	var took []time.Duration
	for price := 100; b.Loop(); price++ {
		p.source.Exec(`UPDATE shop.items SET price = $1 WHERE id = 2`, price)
		committed := time.Now()
		for seen := 0; seen != price; {
			if err := look.QueryRow(b.Context(), `SELECT price::int FROM shop.items WHERE id = 2`).Scan(&seen); err != nil {
				b.Fatal(err)
			}
		}
		took = append(took, time.Since(committed))
	}
	if err := stop(); err != nil {
		b.Fatal(err)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
}

// BenchmarkCommitToVisibleBesideCompare measures the same of two replicas by turns: one that is compared all the time, a pass
// as often as its rests allow, which is thousands of times what a day's pass asks for, and one that is not.
func BenchmarkCommitToVisibleBesideCompare(b *testing.B) {
	replicas := make([]*pair, 2)
	took := make([][]time.Duration, 2)
	looks := make([]*pgx.Conn, 2)
	for n := range replicas {
		p := newPair(b, shop+`; INSERT INTO shop.items (id, name, published, big) SELECT n, 'large', true, repeat(md5(n::text), 5) FROM generate_series(1001, 21000) n`, shopTables)
		p.cfg.Compare.Every = config.Off
		if n == 0 {
			p.cfg.Compare.Every = config.Interval(time.Second)
		}
		p.init()
		stop := p.start()
		defer func() { _ = stop() }()
		p.waitFor()
		look, err := pgx.Connect(b.Context(), p.target.DSN)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = look.Close(b.Context()) }()
		replicas[n], looks[n] = p, look
	}
	for price := 100; b.Loop(); price++ {
		for n, p := range replicas {
			p.source.Exec(`UPDATE shop.items SET price = $1 WHERE id = 2`, price)
			committed := time.Now()
			for seen := 0; seen != price; {
				if err := looks[n].QueryRow(b.Context(), `SELECT price::int FROM shop.items WHERE id = 2`).Scan(&seen); err != nil {
					b.Fatal(err)
				}
			}
			took[n] = append(took[n], time.Since(committed))
		}
	}
	for n, name := range []string{"beside", "alone"} {
		slices.Sort(took[n])
		b.ReportMetric(float64(took[n][len(took[n])/2].Microseconds())/1000, "ms-median-"+name)
		b.ReportMetric(float64(took[n][len(took[n])*99/100].Microseconds())/1000, "ms-p99-"+name)
	}
	b.ReportMetric(float64(replicas[0].count(replicas[0].target, `SELECT pass FROM sync.compared`)), "passes")
}

// A transaction larger than what may wait is applied while it still arrives, and is seen whole or not at all.
func TestLargeTransaction(t *testing.T) {
	t.Parallel()
	p := newPair(t, shop, shopTables)
	p.init()
	stop := p.start()
	p.waitFor()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.source.Exec(`INSERT INTO shop.items (id, name, published, big) SELECT n, 'large', true, repeat(md5(n::text), 20) FROM generate_series(100001, 160000) n`)
	}()
	seen := map[int]bool{}
	p.eventually("the transaction is visible", func() bool {
		n := 0
		if err := p.target.Pool.QueryRow(t.Context(), `SELECT count(*) FROM shop.items WHERE name = 'large'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		seen[n] = true
		return n == 60000
	})
	<-done
	if len(seen) > 2 {
		t.Errorf("parts of a transaction were visible: %v", seen)
	}
	p.source.Exec(`DELETE FROM shop.items WHERE name = 'large'; UPDATE shop.items SET name = 'rest'`)
	p.waitFor()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}
