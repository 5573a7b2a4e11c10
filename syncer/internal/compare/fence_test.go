package compare_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
)

// player plays the writer of a replica of which the source stands still: it holds the claim and answers fences.
type player struct {
	p      *pair
	conn   *pgx.Conn // claims, answers
	pulse  *pgx.Conn // exports
	miss   atomic.Int32
	silent atomic.Bool
	onHold func() // once it is held, and before the compare can know
	onSet  func() // after the answer
	ready  func() // when the snapshot is exported, before anybody is told
	fences atomic.Int32
	done   chan error
}

func (p *pair) play() *player {
	p.t.Helper()
	w := &player{p: p, done: make(chan error, 1)}
	open := func() *pgx.Conn {
		conn, err := replica.Connect(p.t.Context(), p.cfg.Target.DSN, "player")
		if err != nil {
			p.t.Fatal(err)
		}
		return conn
	}
	w.conn, w.pulse = open(), open()
	if _, err := replica.Claim(p.t.Context(), w.conn, p.cfg.Source.Slot); err != nil {
		p.t.Fatal(err)
	}
	if _, err := w.conn.Exec(p.t.Context(), "LISTEN sync_control"); err != nil {
		p.t.Fatal(err)
	}
	return w
}

func (w *player) start() {
	ctx, cancel := context.WithCancel(w.p.t.Context())
	go func() { w.done <- w.run(ctx) }()
	w.p.t.Cleanup(func() {
		cancel()
		if err := <-w.done; err != nil && !errors.Is(err, context.Canceled) && ctx.Err() == nil {
			w.p.t.Errorf("player: %v", err)
		}
		link.Close(w.conn)
		link.Close(w.pulse)
	})
}

func (w *player) run(ctx context.Context) error {
	for {
		var id, state string
		err := w.conn.QueryRow(ctx, `SELECT id::text, state FROM sync.fences WHERE state IN ('asked', 'set') ORDER BY at LIMIT 1`).Scan(&id, &state)
		switch {
		case err == nil && !w.silent.Load():
			err = w.answer(ctx, id, state)
		case errors.Is(err, pgx.ErrNoRows) || err == nil:
			short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			_, err = w.conn.WaitForNotification(short)
			cancel()
			if err != nil && ctx.Err() == nil {
				err = nil
			}
		}
		if err != nil {
			return err
		}
	}
}

func (w *player) answer(ctx context.Context, id, state string) error {
	if state == "asked" {
		// In a transaction, because the compare also looks without being told.
		err := pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE sync.fences SET state = 'held', held_lsn = (SELECT applied_lsn FROM sync.progress) WHERE id = $1::text::uuid AND state = 'asked'`, id)
			if w.onHold != nil {
				w.onHold()
			}
			return err
		})
		return errors.Join(err, w.notify(ctx))
	}
	if w.onSet != nil {
		w.onSet()
	}
	if w.miss.Add(-1) >= 0 {
		_, err := w.conn.Exec(ctx, `UPDATE sync.fences SET state = 'missed' WHERE id = $1::text::uuid`, id)
		return errors.Join(err, w.notify(ctx))
	}
	w.fences.Add(1)
	if _, err := w.pulse.Exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ"); err != nil {
		return err
	}
	defer func() { _, _ = w.pulse.Exec(ctx, "COMMIT") }()
	var name string
	if err := w.pulse.QueryRow(ctx, "SELECT pg_export_snapshot()").Scan(&name); err != nil {
		return err
	}
	if w.ready != nil {
		w.ready()
	}
	if _, err := w.conn.Exec(ctx, `UPDATE sync.fences SET state = 'ready', exported = $2 WHERE id = $1::text::uuid AND state = 'set'`, id, name); err != nil {
		return err
	}
	if err := w.notify(ctx); err != nil {
		return err
	}
	for state = "ready"; state == "ready"; {
		if err := w.conn.QueryRow(ctx, `SELECT state FROM sync.fences WHERE id = $1::text::uuid`, id).Scan(&state); err != nil {
			return err
		}
	}
	return nil
}

func (w *player) notify(ctx context.Context) error {
	_, err := w.conn.Exec(ctx, "NOTIFY sync_control")
	return err
}

const plain = `CREATE TABLE items (id int PRIMARY KEY, name text)`

func plainPair(t *testing.T) *pair {
	return newPair(t, plain+`; INSERT INTO items SELECT n, 'n' || n FROM generate_series(1, 2000) n`, plain, "  - {table: items, columns: [id, name]}\n")
}

func TestFenceOfARunningWriter(t *testing.T) {
	t.Parallel()
	p := plainPair(t)
	w := p.play()
	w.miss.Store(3)
	w.start()
	r := p.compare(p.options())
	p.want(r)
	if !r.Fenced || w.fences.Load() != 1 {
		t.Errorf("fenced %t, %d fences", r.Fenced, w.fences.Load())
	}
	p.target.Exec(`DELETE FROM items WHERE id = 5`)
	p.want(p.compare(p.options()), "public.items missing 5")
	if n := w.fences.Load(); n != 3 {
		t.Errorf("%d fences, want a second one for what seems wrong", n)
	}
	if out := p.repair(p.options(), false); !out.Clean() || out.Mended != 1 {
		t.Errorf("repair: %+v", out)
	}
	p.want(p.compare(p.options()))
	var open int
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT count(*) FROM sync.fences WHERE state NOT IN ('taken', 'missed')`).Scan(&open); err != nil || open > 0 {
		t.Errorf("%d fences are left open (%v)", open, err)
	}
}

// What differs at the first fence and no longer at the second is no finding.
func TestDifferenceThatPasses(t *testing.T) {
	t.Parallel()
	p := plainPair(t)
	p.target.Exec(`UPDATE items SET name = 'late' WHERE id IN (3, 4)`)
	w := p.play()
	w.onHold = func() {
		if w.fences.Load() == 1 {
			p.target.Exec(`UPDATE items SET name = 'n3' WHERE id = 3`)
		}
	}
	w.start()
	p.want(p.compare(p.options()), "public.items different 4")
}

// The writer goes on while repair writes, because it was too slow or another writer took over: nothing is changed
// at the wrong moment; the next fence mends.
func TestRepairNeverWritesElsewhere(t *testing.T) {
	t.Parallel()
	for name, move := range map[string]string{
		"position": `UPDATE sync.progress SET applied_lsn = applied_lsn + 8::numeric`,
		"epoch":    `UPDATE sync.progress SET epoch = epoch + 1`,
	} {
		t.Run(name, func(t *testing.T) {
			p := plainPair(t)
			p.target.Exec(`UPDATE items SET name = 'wrong' WHERE id = 3`)
			w := p.play()
			moved := 0
			w.ready = func() {
				if w.fences.Load() >= 3 && moved < 2 { // the first two only compare
					moved++
					p.target.Exec(move)
				}
			}
			w.start()
			out := p.repair(p.options(), false)
			if !out.Clean() || out.Mended != 1 {
				t.Errorf("repair: %+v", out)
			}
			if n := w.fences.Load(); n != 6 { // two to compare, three to mend, one to look once more
				t.Errorf("%d fences: repair did not notice that the replica moved", n)
			}
		})
	}
}

// A transaction that changes the table keeps repair waiting, not failing.
func TestRepairWaitsForOthers(t *testing.T) {
	t.Parallel()
	p := plainPair(t)
	p.target.Exec(`UPDATE items SET name = 'wrong' WHERE id = 3`)
	tx, err := p.target.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `DELETE FROM items WHERE id = -1`); err != nil {
		t.Fatal(err)
	}
	w := p.play()
	w.ready = func() {
		if w.fences.Load() == 4 {
			_ = tx.Rollback(context.Background())
		}
	}
	w.start()
	if out := p.repair(p.options(), false); !out.Clean() || out.Mended != 1 {
		t.Errorf("repair: %+v", out)
	}
	if n := w.fences.Load(); n != 5 { // two to compare, two to mend, one to look once more
		t.Errorf("%d fences: repair did not wait for the other session", n)
	}
}

// A snapshot sees nothing of a table that was truncated after it; that is no difference.
func TestTruncatedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, at := range []int32{1, 2} { // the first fence, the second
		p := plainPair(t)
		p.target.Exec(`DELETE FROM items WHERE id = 5`)
		w := p.play()
		w.ready = func() {
			if w.fences.Load() == at {
				p.source.Exec(`TRUNCATE items`)
			}
		}
		w.start()
		r := p.compare(p.options())
		if one := r.Tables[0]; one.State != compare.Skipped || one.Total() != 0 || !strings.Contains(one.Reason, "truncated") || r.Complete {
			t.Errorf("fence %d: %+v", at, one)
		}
	}
}

// Repair never takes emptiness that a truncation feigns for the truth.
func TestTruncatedBeforeRepair(t *testing.T) {
	t.Parallel()
	p := plainPair(t)
	p.target.Exec(`UPDATE items SET name = 'wrong' WHERE id = 3`)
	w := p.play()
	p.source.Exec(`CREATE TABLE copy AS TABLE items`)
	var tx pgx.Tx
	w.onHold = func() { // the third fence is repair's: its reading waits for this transaction
		if w.fences.Load() == 2 && tx == nil {
			var err error
			if tx, err = p.source.Pool.Begin(context.Background()); err == nil {
				_, err = tx.Exec(context.Background(), `TRUNCATE items; INSERT INTO items TABLE copy`)
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	committed := false
	w.onSet = func() {
		if tx != nil && !committed {
			committed = true
			if err := tx.Commit(context.Background()); err != nil {
				t.Error(err)
			}
		}
	}
	w.start()
	if out := p.repair(p.options(), false); !out.Clean() || out.Mended != 1 {
		t.Errorf("repair: %+v", out)
	}
	var rows int
	if err := p.target.Pool.QueryRow(t.Context(), `SELECT count(*) FROM items`).Scan(&rows); err != nil || rows != 2000 {
		t.Errorf("%d rows are left (%v)", rows, err)
	}
}

func TestWhyNoFence(t *testing.T) {
	t.Parallel()
	p := plainPair(t)
	fails := func(want string) {
		t.Helper()
		o := p.options()
		o.Wait = 3 * time.Second
		_, err := compare.Compare(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %q, want one line with %q", err, want)
		}
	}
	p.source.Exec(`INSERT INTO items VALUES (0, 'new')`)
	fails("no syncer is running and the source has changed")
	p.source.Exec(`DELETE FROM items WHERE id = 0`)
	p.settle()
	p.want(p.compare(p.options()))

	p.target.Exec(`UPDATE sync.progress SET system_id = '1'`)
	fails("not the one that the replica follows")
	p.target.Exec(`UPDATE sync.progress SET whitelist = 'x'`)
	fails("is not the one that the replica was made by")
	p.target.Exec(`UPDATE sync.progress SET whitelist = $1, applied_lsn = NULL`, p.list.Digest())
	fails("still being loaded")
	p.target.Exec(`UPDATE sync.progress SET applied_lsn = settled_lsn`)
	w := p.play()
	w.miss.Store(1000)
	w.start()
	fails("no common moment")
	p.target.Exec(`UPDATE sync.progress SET paused = true`)
	w.miss.Store(0)
	w.silent.Store(true)
	fails("paused")
	p.target.Exec(`DELETE FROM sync.progress`)
	fails("syncer init")
}

func TestTablesThatCannotBeCompared(t *testing.T) {
	t.Parallel()
	p := newPair(t, `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY); CREATE TABLE d (id int PRIMARY KEY, x int); INSERT INTO a VALUES (1)`,
		`CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE c (id int PRIMARY KEY); CREATE TABLE d (id int PRIMARY KEY, x int)`,
		"  - {table: a, columns: [id]}\n  - {table: b, columns: [id]}\n  - {table: c, columns: [id]}\n  - {table: d, columns: [id, x]}\n")
	p.target.Exec(`UPDATE sync.tables SET state = 'joining' WHERE name = 'public.b'; ALTER TABLE c DROP CONSTRAINT c_pkey; REVOKE ALL ON d FROM syncer_writer`)
	r := p.compare(p.options())
	states := map[string]compare.State{}
	for _, one := range r.Tables {
		states[one.Name] = one.State
	}
	if states["public.a"] != compare.Equal || states["public.b"] != compare.Skipped || states["public.c"] != compare.Failed || states["public.d"] != compare.Failed {
		t.Errorf("states: %+v", r.Tables)
	}
	if !r.Equal || r.Complete {
		t.Errorf("equal %t, complete %t", r.Equal, r.Complete)
	}
	o := p.options()
	o.Tables = []string{"public.a"}
	if r := p.compare(o); !r.Complete || len(r.Tables) != 1 {
		t.Errorf("one table: %+v", r)
	}
	o.Tables = []string{"public.nothing"}
	if _, err := compare.Compare(t.Context(), o); err == nil || !strings.Contains(err.Error(), "not on the whitelist") {
		t.Errorf("error %v", err)
	}
}
