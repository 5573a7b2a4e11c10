package daemon_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestLatency measures commit-to-visible: from the moment COMMIT returned on the source until another
// session sees the row on the target. The bound is loose, as tests share their machine.
func TestLatency(t *testing.T) {
	p := newPair(t, shop, shopTables)
	p.init()
	stop := p.start()
	p.waitFor()
	listen, err := pgx.Connect(t.Context(), p.target.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listen.Close(t.Context()) }()
	var took []time.Duration
	for i := range 200 {
		p.source.Exec(`UPDATE shop.items SET price = $1 WHERE id = 2`, i+100)
		committed := time.Now()
		for {
			var price int
			if err := listen.QueryRow(t.Context(), `SELECT price::int FROM shop.items WHERE id = 2`).Scan(&price); err != nil {
				t.Fatal(err)
			}
			if price == i+100 {
				break
			}
		}
		took = append(took, time.Since(committed))
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(took)
	median, p99 := took[len(took)/2], took[len(took)*99/100]
	t.Logf("commit to visible: median %s, 99th percentile %s", median, p99)
	if median > 100*time.Millisecond {
		t.Errorf("median %s is not a few milliseconds", median)
	}
}

// A transaction larger than what may wait is applied while it still arrives, and is seen whole or not at all.
func TestLargeTransaction(t *testing.T) {
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
