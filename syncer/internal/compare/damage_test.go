package compare_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"portal.example/syncer/internal/compare"
)

// Random damage of k rows, however the table is cut: exactly those keys are named; after repair nothing is.
func TestRandomDamage(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test that can be replayed
	// One table in ranges, one in buckets (keys of another collation on each side), one with a key of several columns,
	// one partitioned on one side only; a unique column beside the key.
	from := `CREATE TABLE plain (id bigint PRIMARY KEY, v text UNIQUE);
		CREATE TABLE words (id text COLLATE "C" PRIMARY KEY, v text UNIQUE);
		CREATE TABLE pairs (a int, b uuid, c date, v text UNIQUE, PRIMARY KEY (a, b, c));
		CREATE TABLE parts (id bigint PRIMARY KEY, v text) PARTITION BY RANGE (id);
		CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (MINVALUE) TO (1000); CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (1000) TO (MAXVALUE);
		INSERT INTO plain SELECT n * 7, 'v' || n FROM generate_series(1, 3000) n;
		INSERT INTO words SELECT md5(n::text), 'v' || n FROM generate_series(1, 3000) n;
		INSERT INTO pairs SELECT n % 10, md5(n::text)::uuid, date '2000-01-01' + n % 7, 'v' || n FROM generate_series(1, 3000) n;
		INSERT INTO parts SELECT n, 'v' || n FROM generate_series(1, 3000) n; ANALYZE`
	to := `CREATE TABLE plain (id bigint PRIMARY KEY, v text UNIQUE);
		CREATE TABLE words (v text UNIQUE, id text PRIMARY KEY);
		CREATE TABLE pairs (a int, b uuid, c date, v text UNIQUE, PRIMARY KEY (c, b, a));
		CREATE TABLE parts (id bigint PRIMARY KEY, v text)`
	p := newPair(t, from, to, `  - {table: plain, columns: [id, v]}
  - {table: words, columns: [id, v]}
  - {table: pairs, columns: [a, b, c, v]}
  - {table: parts, columns: [id, v]}
`)
	keys := map[string]string{"plain": "id::text", "words": "id", "pairs": "concat_ws('|', a, b, c)", "parts": "id::text"}
	for round := range 4 {
		o := p.options()
		o.BlockBytes, o.LeafRows = int64(64<<10), int64(1+r.IntN(200))
		var want []string
		for table, key := range keys {
			want = append(want, p.damage(r, table, key)...)
		}
		p.want(p.compare(o), want...)
		out := p.repair(o, false)
		if !out.Clean() || out.Mended != int64(len(want)) {
			t.Errorf("round %d: %d of %d rows mended; %+v", round, out.Mended, len(want), out.Unmended)
		}
		p.want(p.compare(o))
	}
}

// damage deletes, changes and adds rows of a table on the target and lets unique values change places; it returns
// what must be found.
func (p *pair) damage(r *rand.Rand, table, key string) (want []string) {
	p.t.Helper()
	run := func(kind compare.Kind, sql string) {
		rows, err := p.target.Pool.Query(p.t.Context(), sql+" RETURNING "+key)
		if err != nil {
			p.t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var k string
			if err := rows.Scan(&k); err != nil {
				p.t.Fatal(err)
			}
			want = append(want, fmt.Sprintf("public.%s %s %s", table, kind, k))
		}
		if rows.Err() != nil {
			p.t.Fatal(rows.Err())
		}
	}
	some := func(n int) string { // n random rows that are still as they were
		return fmt.Sprintf("(SELECT v FROM %s WHERE v LIKE 'v%%' ORDER BY md5(v || '%d') LIMIT %d)", table, r.IntN(1e9), n)
	}
	run(compare.Changed, fmt.Sprintf("UPDATE %s SET v = 'changed ' || v WHERE v IN %s", table, some(1+r.IntN(20))))
	run(compare.Missing, fmt.Sprintf("DELETE FROM %s WHERE v IN %s", table, some(1+r.IntN(20))))
	switch table {
	case "plain", "parts":
		run(compare.Extra, fmt.Sprintf("INSERT INTO %s SELECT -n, 'extra ' || n FROM generate_series(1, %d) n", table, 1+r.IntN(20)))
	case "words":
		run(compare.Extra, "INSERT INTO words (id, v) SELECT 'Ї' || n, 'extra ' || n FROM generate_series(1, 3) n")
	case "pairs":
		run(compare.Extra, "INSERT INTO pairs SELECT -n, md5(n::text)::uuid, 'infinity', 'extra ' || n FROM generate_series(1, 3) n")
	}
	if table == "plain" {
		want = append(want, p.exchange()...)
	}
	slices.Sort(want)
	return want
}

// exchange gives the first and the last sound row of plain each other's unique value, which no order of single updates
// can undo.
func (p *pair) exchange() (want []string) {
	p.t.Helper()
	var a, b int64
	if err := p.target.Pool.QueryRow(p.t.Context(), `SELECT min(id), max(id) FROM plain WHERE v LIKE 'v%'`).Scan(&a, &b); err != nil {
		p.t.Fatal(err)
	}
	p.target.Exec(fmt.Sprintf(`UPDATE plain SET v = 'aside' WHERE id = %d; UPDATE plain SET v = 'v%d' WHERE id = %d; UPDATE plain SET v = 'v%d' WHERE id = %d`,
		a, a/7, b, b/7, a))
	return []string{fmt.Sprintf("public.plain different %d", a), fmt.Sprintf("public.plain different %d", b)}
}
