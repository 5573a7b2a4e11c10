package daemon_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/prepare"
)

// relist writes another whitelist and reads it.
func (p *pair) relist(tables string) {
	p.t.Helper()
	p.write("whitelist.yaml", "version: 1\ntables:\n"+tables)
	p.load()
}

// change runs what `syncer table` runs and, when a syncer is at work, waits until every table is ready.
func (p *pair) change(o prepare.Order) *prepare.Changed {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), awaittest.Guard)
	defer cancel()
	done, err := prepare.Change(ctx, p.cfg, p.list, o)
	if err != nil {
		p.t.Fatalf("table: %v", err)
	}
	if done.Running {
		p.ready()
	}
	return done
}

func (p *pair) ready() {
	p.t.Helper()
	p.eventually("all tables are ready", func() bool {
		var open int
		err := p.target.Pool.QueryRow(p.t.Context(), `SELECT count(*) FROM sync.tables WHERE state <> 'ready'`).Scan(&open)
		return err == nil && open == 0
	})
}

const twoTables = `
	CREATE TABLE a (id int PRIMARY KEY, v text, shown boolean NOT NULL DEFAULT true);
	CREATE TABLE b (id int PRIMARY KEY, v text, big text, shown boolean NOT NULL DEFAULT true, secret text);
	ALTER TABLE b ALTER big SET STORAGE EXTERNAL;
	INSERT INTO a SELECT n, 'a' || n FROM generate_series(1, 500) n;
	INSERT INTO b SELECT n, 'b' || n, repeat(n::text, 3000), n % 3 > 0, 'secret' FROM generate_series(1, 500) n;`

const (
	listA = `
  - {table: a, columns: [id, v]}
`
	listB = `
  - {table: b, columns: [id, v, big, shown], where: shown}
`
)

// busy changes both tables, large values and rows that enter and leave the filter among them, until stopped.
func (p *pair) busy() (stop func()) {
	return p.meanwhile(10*time.Millisecond, func(ctx context.Context, n int) error {
		_, err := p.source.Pool.Exec(ctx, fmt.Sprintf(`BEGIN;
			INSERT INTO a VALUES (%[1]d, 'new'); UPDATE a SET v = 'changed %[1]d' WHERE id = %[1]d %% 400;
			UPDATE b SET shown = NOT shown WHERE id = %[1]d %% 500; UPDATE b SET v = 'changed %[1]d' WHERE id = %[1]d %% 300;
			UPDATE b SET big = repeat('%[1]d', 2500) WHERE id = %[1]d %% 70; DELETE FROM a WHERE id = %[1]d - 50;
			INSERT INTO b VALUES (%[1]d, 'new', repeat('y', 5000)); UPDATE b SET id = -id WHERE id = %[1]d - 20; COMMIT`, n+1000))
		return err
	})
}

func TestTableAddedWhileStreaming(t *testing.T) {
	t.Parallel()
	p := newReplica(t, twoTables, listA)
	stop := p.start()
	calm := p.busy()
	p.waitFor()
	p.relist(listA + listB)
	p.change(prepare.Order{Add: []string{"public.b"}})
	p.waitFor()
	calm()
	p.waitFor()
	p.equal()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}

func TestTableDroppedWhileStreaming(t *testing.T) {
	t.Parallel()
	p := newReplica(t, twoTables, listA+listB)
	stop := p.start()
	calm := p.busy()
	p.waitFor()
	p.relist(listA)
	p.change(prepare.Order{Drop: []string{"public.b"}})
	p.waitFor()
	calm()
	p.waitFor()
	p.equal()
	var rows int
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT count(*) FROM b`).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows of the dropped table are left, %v", rows, err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.source.PoolAs("syncer_reader").Exec(t.Context(), `SELECT id FROM b`); err == nil {
		t.Error("the reader may still read the dropped table")
	}
}

// A dropped table whose changes are still in the log when the syncer comes back is no alarm, and nothing of it arrives.
func TestTableDroppedWhileNobodyRuns(t *testing.T) {
	t.Parallel()
	p := newReplica(t, twoTables, listA+listB)
	p.source.Exec(`UPDATE b SET v = 'late'; UPDATE a SET v = 'late'; TRUNCATE a, b; INSERT INTO a VALUES (1)`)
	p.relist(listA)
	if done := p.change(prepare.Order{Drop: []string{"public.b"}, KeepRows: true}); done.Running {
		t.Error("no syncer runs")
	}
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
	var rows int
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT count(*) FROM b WHERE v LIKE 'b%'`).Scan(&rows); err != nil || rows != 334 {
		t.Errorf("%d rows of the dropped table are as they were, %v", rows, err)
	}
}

// While a table is loaded anew, readers see all of its rows at every moment, those of one moment of the source, and
// damage goes in one step.
func TestTableResyncedWhileStreaming(t *testing.T) {
	t.Parallel()
	for _, freeze := range []bool{false, true} {
		t.Run(fmt.Sprintf("freeze=%v", freeze), func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, `CREATE TABLE r (id int PRIMARY KEY, v int NOT NULL, round int NOT NULL);
				INSERT INTO r SELECT n, n, 0 FROM generate_series(1, 600) n`, "\n  - {table: r, columns: [id, v, round]}\n")
			stop := p.start()
			p.waitFor()
			// Each transaction gives every row the same round; a reader that sees two has seen a mix.
			calm := p.meanwhile(30*time.Millisecond, func(ctx context.Context, _ int) error {
				_, err := p.source.Pool.Exec(ctx, `UPDATE r SET round = round + 1 WHERE id % 10 > 1`)
				return err
			})
			p.target.Exec(`UPDATE r SET v = -1 WHERE id % 10 = 0; DELETE FROM r WHERE id % 10 = 1; INSERT INTO r SELECT n, 0, 0 FROM generate_series(5001, 5010) n`)
			seen, finish := p.watch(`SELECT count(*) || ' ' || count(*) FILTER (WHERE v <> id) || ' ' || count(DISTINCT round) FILTER (WHERE id % 10 > 1 AND id <= 600) FROM r`)
			p.change(prepare.Order{Resync: []string{"public.r"}, Freeze: freeze})
			p.waitFor()
			finish()
			calm()
			p.waitFor()
			p.equal()
			if want := []string{"550 70 1", "600 0 1"}; !slices.Equal(*seen, want) {
				t.Errorf("a reader saw %q (rows, damaged ones, rounds), want %q", *seen, want)
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Columns and filter change by resync; nothing of a column that was taken off stays, nothing new leaks before.
func TestTableRedefined(t *testing.T) {
	t.Parallel()
	p := newReplica(t, twoTables, listA+listB)
	p.target.Exec(`ALTER TABLE b ADD COLUMN secret text; ALTER TABLE b ALTER shown DROP NOT NULL`)
	stop := p.start()
	calm := p.busy()
	p.waitFor()
	p.relist(listA + `
  - {table: b, columns: [id, big, secret]}
`)
	p.change(prepare.Order{Resync: []string{"public.b"}})
	p.waitFor()
	calm()
	p.waitFor()
	p.equal()
	var left int
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT count(*) FROM b WHERE v IS NOT NULL OR shown IS NOT NULL`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows hold values that may no longer leave, %v", left, err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

// Nothing happens that the whitelist does not say.
func TestTableOrdersAreExact(t *testing.T) {
	t.Parallel()
	p := newReplica(t, twoTables, listA)
	for _, c := range []struct {
		list  string
		order prepare.Order
		says  string
	}{
		{listA, prepare.Order{Add: []string{"public.b"}}, "the whitelist does not list it"},
		{listA, prepare.Order{Drop: []string{"public.a"}}, "still lists it"},
		{listA, prepare.Order{Resync: []string{"public.b"}}, "not in the replica"},
		{listA + listB, prepare.Order{Resync: []string{"public.a"}}, "table apply"},
		{listB, prepare.Order{Add: []string{"public.b"}}, "table apply"},
	} {
		p.relist(c.list)
		if _, err := prepare.Change(t.Context(), p.cfg, p.list, c.order); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c.order, err)
		}
	}
	p.relist(listB)
	if err := p.catchUp(); err == nil || !strings.Contains(err.Error(), "syncer table apply") {
		t.Errorf("a changed list: %v", err)
	}
	p.change(prepare.Order{All: true})
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
	// Who is not sure whether a command was interrupted may say it again.
	done, err := prepare.Change(t.Context(), p.cfg, p.list, prepare.Order{Add: []string{"public.b"}})
	if err != nil || len(done.Loading) > 0 {
		t.Errorf("added again: %+v, %v", done, err)
	}
}

// While everything is loaded anew, readers see the old replica, then the new one, of all tables at once.
func TestWholeReplicaResynced(t *testing.T) {
	t.Parallel()
	p := newReplica(t, twoTables, listA+listB)
	p.source.Exec(`UPDATE a SET v = 'new'; DELETE FROM b WHERE id > 100`)
	p.target.Exec(`UPDATE a SET v = 'damaged'`)
	seen, finish := p.watch(`SELECT (SELECT min(v) || count(*) FROM a) || ' ' || (SELECT count(*) FROM b)`)
	if _, err := prepare.Init(t.Context(), p.cfg, p.list, true); err != nil {
		t.Fatal(err)
	}
	if err := p.daemon().Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	finish()
	p.equal()
	if want := []string{"damaged500 334", "new500 67"}; !slices.Equal(*seen, want) {
		t.Errorf("a reader saw %q, want %q", *seen, want)
	}
	p.source.Exec(`INSERT INTO a VALUES (7000)`)
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
	if _, err := prepare.InitEmpty(t.Context(), p.cfg, p.list); err != nil {
		t.Fatal(err)
	}
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	p.equal()
}

// check says what ought to be mended, with the SQL; an index that fits is used whatever its name.
func TestCheckFindsWhatOughtToBeMended(t *testing.T) {
	t.Parallel()
	p := newPair(t, twoTables+`CREATE UNIQUE INDEX odd_name ON b (shown, id)`, listB)
	p.cfg.Target.DSN = p.target.AdminDSN()
	report, err := prepare.Examine(t.Context(), p.cfg, p.list)
	if err != nil {
		t.Fatal(err)
	}
	var said, sql []string
	for _, f := range report.Findings {
		said, sql = append(said, f.String()), append(sql, f.Mend...)
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"is a superuser", "keeps log without limit"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing is said of %q in:\n%s", want, all)
		}
	}
	if mend := strings.Join(sql, "\n"); !strings.Contains(mend, `REPLICA IDENTITY USING INDEX odd_name`) || strings.Contains(mend, "CREATE UNIQUE INDEX") {
		t.Errorf("the index that is there is not used:\n%s", mend)
	}
}
