package daemon_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Transactions beyond this many rows do not fit what the source keeps to itself, and arrive while they still run.
const streamedRows = 40_000

const streamed = shop + `
	ALTER TABLE shop.items ALTER big SET STORAGE EXTERNAL;
	INSERT INTO shop.items SELECT n, 'hidden', 'canary', 1, false, repeat(md5(n::text), 80), NULL FROM generate_series(10001, 14000) n;`

// fill inserts rows into the second table: enough for a transaction to be streamed.
func fill(mark string) string {
	return fmt.Sprintf(`INSERT INTO shop."Odd Table" SELECT n, '%s', ARRAY['x', n::text] FROM generate_series(1, %d) n`, mark, streamedRows)
}

// wasStreamed fails unless the source sent transactions while they ran.
func (p *pair) wasStreamed() {
	p.t.Helper()
	p.eventually("the source counts streamed transactions", func() bool {
		var n int64
		err := p.source.Pool.QueryRow(p.t.Context(), `SELECT stream_txns FROM pg_stat_replication_slots WHERE slot_name = $1`, p.cfg.Source.Slot).Scan(&n)
		return err == nil && n > 0
	})
}

func TestStreamedSavepoints(t *testing.T) {
	t.Parallel()
	p := newReplica(t, streamed, shopTables)
	p.changes(
		`BEGIN; `+fill("a")+`; SAVEPOINT one; UPDATE shop."Odd Table" SET "Value" = '{one}' WHERE k2 = 'a' AND "Key One" < 30000;
		 SAVEPOINT two; `+fill("b")+`; ROLLBACK TO two; `+fill("c")+`; RELEASE one; SAVEPOINT three; DELETE FROM shop."Odd Table"; ROLLBACK TO three;
		 UPDATE shop."Odd Table" SET "Value" = '{last}' WHERE k2 = 'c' AND "Key One" % 7 = 0; COMMIT`,
		`BEGIN; `+fill("never")+`; SAVEPOINT s; `+fill("ever")+`; ROLLBACK`,
		`BEGIN; `+fill("d")+`; TRUNCATE shop."Odd Table"; INSERT INTO shop."Odd Table" VALUES (1, 'after', NULL); COMMIT`,
		`BEGIN; `+fill("e")+`; UPDATE shop."Odd Table" SET k2 = 'moved' WHERE k2 = 'e' AND "Key One" > 20000; DELETE FROM shop."Odd Table" WHERE "Key One" % 3 = 0; COMMIT`,
	)
	p.wasStreamed()
}

// Rows enter the filter without their large values in the middle of a large transaction, are changed again, moved,
// taken back; and other transactions touch the same rows before and after.
func TestStreamedRowsThatEnterTheFilter(t *testing.T) {
	t.Parallel()
	p := newReplica(t, streamed, shopTables)
	p.changes(
		`UPDATE shop.items SET published = true WHERE id BETWEEN 10001 AND 10100`,
		`BEGIN; `+fill("a")+`; UPDATE shop.items SET published = true WHERE id BETWEEN 10050 AND 12000; UPDATE shop.items SET name = 'again' WHERE id BETWEEN 10090 AND 10300;
		 UPDATE shop.items SET id = id + 10000 WHERE id BETWEEN 11000 AND 11100; DELETE FROM shop.items WHERE id BETWEEN 11200 AND 11250;
		 UPDATE shop.items SET published = false WHERE id BETWEEN 11300 AND 11350; UPDATE shop.items SET big = 'small' WHERE id BETWEEN 11400 AND 11450;
		 SAVEPOINT s; UPDATE shop.items SET published = true WHERE id BETWEEN 12001 AND 13000; UPDATE shop.items SET id = -id WHERE id BETWEEN 11500 AND 12500; ROLLBACK TO s;
		 UPDATE shop.items SET published = true WHERE id BETWEEN 13001 AND 13100; `+fill("b")+`; COMMIT`,
		`UPDATE shop.items SET name = 'after' WHERE id BETWEEN 10000 AND 14000`,
		`UPDATE shop.items SET id = id + 100000 WHERE id BETWEEN 13050 AND 13150`,
	)
	p.wasStreamed()
}

func TestStreamedSchemaChanges(t *testing.T) {
	t.Parallel()
	p := newReplica(t, streamed, shopTables)
	p.changes(
		`BEGIN; `+fill("a")+`; UPDATE shop.items SET name = 'a' WHERE id < 100; ALTER TABLE shop.items ADD COLUMN leak text DEFAULT 'canary';
		 UPDATE shop.items SET name = 'b' WHERE id < 200; SAVEPOINT s; ALTER TABLE shop.items ADD COLUMN leak2 text DEFAULT 'canary'; UPDATE shop.items SET name = 'c' WHERE id < 300;
		 `+fill("b")+`; ROLLBACK TO s; UPDATE shop.items SET name = 'd' WHERE id < 50; ALTER TABLE shop.items DROP COLUMN note; `+fill("c")+`;
		 UPDATE shop.items SET name = 'e' WHERE id < 25; COMMIT`,
		`UPDATE shop.items SET name = 'f' WHERE id < 10`,
	)
	p.wasStreamed()
}

// Two large transactions take turns, small ones come between them, and one of the two is taken back.
func TestStreamedSideBySide(t *testing.T) {
	t.Parallel()
	p := newReplica(t, streamed, shopTables)
	stop := p.start()
	open := func() pgx.Tx {
		tx, err := p.source.Pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return tx
	}
	do := func(tx pgx.Tx, sql string) {
		t.Helper()
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	one, two, three := open(), open(), open()
	do(one, fill("one"))
	do(two, fill("two"))
	p.source.Exec(`UPDATE shop.items SET name = 'between' WHERE id < 100`)
	do(one, `UPDATE shop."Odd Table" SET "Value" = '{one}' WHERE k2 = 'one'`)
	do(three, fill("three"))
	do(two, `SAVEPOINT s`)
	do(two, `UPDATE shop."Odd Table" SET "Value" = '{gone}' WHERE k2 = 'two'`)
	do(two, `ROLLBACK TO s`)
	do(one, `INSERT INTO shop.items (id, name, published) VALUES (20000, 'one', true)`)
	if err := one.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.source.Exec(`UPDATE shop.items SET name = 'late' WHERE id IN (2, 20000)`)
	do(two, `UPDATE shop."Odd Table" SET "Value" = '{two}' WHERE k2 = 'two'`)
	if err := three.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := two.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.waitFor()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	p.equal()
	p.wasStreamed()
}
