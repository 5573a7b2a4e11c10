package daemon_test

import (
	"fmt"
	"strings"
	"testing"

	"portal.example/syncer/internal/prepare"
)

const shop = `
	CREATE SCHEMA shop;
	CREATE TABLE shop.items (
		id bigint PRIMARY KEY, name text, secret text DEFAULT 'canary', price numeric(12,2), published boolean NOT NULL, big text,
		note text);
	CREATE UNIQUE INDEX items_published ON shop.items (id, published);
	ALTER TABLE shop.items REPLICA IDENTITY USING INDEX items_published;
	CREATE TABLE shop."Odd Table" ("Key One" int, k2 text, "Value" text[], PRIMARY KEY ("Key One", k2));
	INSERT INTO shop.items SELECT n, 'item ' || n, 'canary', n / 3.0, n % 2 = 0, NULL, NULL FROM generate_series(1, 1000) n;
	INSERT INTO shop."Odd Table" SELECT n, 'k' || n, ARRAY['a,b', NULL, 'c"' || n] FROM generate_series(1, 100) n;`

const shopTables = `
  - table: shop.items
    columns: [id, name, price, published, big]
    where: "published"
  - table: "shop.Odd Table"
    columns: [Key One, k2, Value]
`

func TestSnapshotAndStream(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	p.equal()
	for _, sql := range []string{
		`INSERT INTO shop.items (id, name, published) VALUES (2001, 'in', true), (2002, 'out', false)`,
		`UPDATE shop.items SET name = 'changed' WHERE id <= 10`,
		`UPDATE shop.items SET published = NOT published WHERE id BETWEEN 20 AND 40`,
		`DELETE FROM shop.items WHERE id BETWEEN 50 AND 60`,
		`UPDATE shop.items SET id = id + 10000 WHERE id BETWEEN 100 AND 110`,
		`UPDATE shop."Odd Table" SET "Value" = '{}', k2 = 'moved' || k2 WHERE "Key One" < 10`,
		`UPDATE shop."Odd Table" SET "Value" = NULL WHERE "Key One" = 11`,
		`UPDATE shop."Odd Table" SET "Value" = '{NULL,"",NaN}' WHERE "Key One" = 12`,
		`BEGIN; DELETE FROM shop.items WHERE id = 2; INSERT INTO shop.items (id, name, published) VALUES (2, 'again', true); COMMIT`,
	} {
		p.source.Exec(sql)
	}
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
	var columns string
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT string_agg(column_name, ',') FROM information_schema.columns WHERE table_schema = 'shop'`).Scan(&columns); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(columns, "secret") || strings.Contains(columns, "note") {
		t.Errorf("a column that is not listed exists on the target: %s", columns)
	}
}

// Tables with nothing in them are loaded before all lanes have come; those that come late hear that nothing is left.
func TestManyEmptyTables(t *testing.T) {
	t.Parallel()
	const tables = 30
	var sql, list strings.Builder
	for n := range tables {
		fmt.Fprintf(&sql, "CREATE TABLE t%d (id int PRIMARY KEY, v text);", n)
		fmt.Fprintf(&list, "  - {table: t%d, columns: [id, v]}\n", n)
	}
	p := newPair(t, sql.String(), list.String())
	p.init()
	rounds := 8 // each number of lanes once
	if *long {
		rounds = 24
	}
	for round := range rounds {
		p.cfg.Target.CopyWorkers = 1 + round%8
		if _, err := prepare.InitEmpty(t.Context(), p.cfg, p.list); err != nil {
			t.Fatal(err)
		}
		if err := p.daemon().Load(t.Context()); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if n := p.count(p.target, `SELECT count(*) FROM sync.tables WHERE state = 'ready'`); n != tables {
			t.Errorf("round %d: %d tables are ready", round, n)
		}
	}
}

// What a lane fails of is what `init` says, not that the reader ended.
func TestLoadTellsWhyItFailed(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE a (id int PRIMARY KEY, v int); CREATE TABLE b (id int PRIMARY KEY, v int);
		INSERT INTO a SELECT n, n FROM generate_series(1, 10) n`, `
  - {table: a, columns: [id, v], where: "1 / (id - 5) >= 0"}
  - {table: b, columns: [id, v]}
`)
	if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); err != nil {
		t.Fatal(err)
	}
	for round := range 20 {
		if err := p.daemon().Load(t.Context()); err == nil || !strings.Contains(err.Error(), "22012") {
			t.Fatalf("round %d: %v", round, err)
		}
	}
}
