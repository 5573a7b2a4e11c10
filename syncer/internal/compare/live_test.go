package compare_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/status"
)

// live makes the replica with the real syncer and lets it run until the test ends.
func live(t testing.TB, sourceSQL, tables string) *pair {
	t.Helper()
	p := emptyPair(t, sourceSQL, tables)
	if _, err := prepare.Init(t.Context(), p.cfg, p.list, false); err != nil {
		t.Fatalf("init: %v", err)
	}
	if err := p.daemon().Load(t.Context()); err != nil {
		t.Fatalf("load: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.daemon().Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the syncer ended: %v", err)
		}
	})
	p.waitUntil("the syncer streams", `SELECT state = 'streaming' FROM sync.progress`)
	return p
}

func (p *pair) daemon() *daemon.Daemon {
	log := slog.New(slog.NewTextHandler(testLog{p.t}, &slog.HandlerOptions{Level: slog.LevelInfo}))
	return &daemon.Daemon{Config: p.cfg, List: p.list, Log: log, Live: status.NewLive(p.cfg.StaleAfter)}
}

type testLog struct{ t testing.TB }

func (w testLog) Write(b []byte) (int, error) {
	defer func() { _ = recover() }() // a line that comes after the test's end
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// waitUntil asks the target until it answers yes.
func (p *pair) waitUntil(what, sql string, args ...any) {
	p.t.Helper()
	awaittest.Until(p.t, what, func() (ok bool) {
		err := p.target.Pool.QueryRow(p.t.Context(), sql, args...).Scan(&ok)
		return err == nil && ok
	})
}

// traffic writes to the source until stop is called: inserts, changes, key changes, deletions, savepoints that are rolled
// back, rows that enter and leave the filter; each statement of few rows, several sessions at a time.
func (p *pair) traffic(sessions int) (stop func() int64) {
	ctx, cancel := context.WithCancel(p.t.Context())
	var n atomic.Int64
	g, _ := errgroup.WithContext(ctx)
	for s := range sessions {
		r := rand.New(rand.NewPCG(uint64(s), 7)) //nolint:gosec // traffic, no secret
		g.Go(func() error {
			for range awaittest.Rounds(ctx, 2*time.Millisecond) {
				if err := p.transact(ctx, r); err != nil && ctx.Err() == nil {
					return err
				}
				n.Add(1)
			}
			return nil
		})
	}
	return func() int64 {
		p.t.Helper()
		cancel()
		if err := g.Wait(); err != nil {
			p.t.Errorf("traffic: %v", err)
		}
		return n.Load()
	}
}

func (p *pair) transact(ctx context.Context, r *rand.Rand) error {
	tx, err := p.source.Pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	id := 1_000_000 + r.IntN(5000)
	for range 1 + r.IntN(4) {
		sql := []string{
			`INSERT INTO cards VALUES (%d, true, 'new') ON CONFLICT (id) DO UPDATE SET title = cards.title || '+'`,
			`UPDATE cards SET title = title || 'x' WHERE id = %d`,
			`UPDATE cards SET published = NOT published WHERE id = %d`,
			`DELETE FROM cards WHERE id = %d`,
			`UPDATE cards SET id = id + 1000000 WHERE id = %d AND NOT EXISTS (SELECT FROM cards c WHERE c.id = cards.id + 1000000)`,
			`DELETE FROM cards WHERE id = 1000000 + %d`,
			`SAVEPOINT s; DELETE FROM cards WHERE id = %d; ROLLBACK TO s`,
		}[r.IntN(7)]
		if strings.Contains(sql, "%d") {
			sql = fmt.Sprintf(sql, id)
		}
		if _, err := tx.Exec(ctx, sql); err != nil {
			if strings.Contains(err.Error(), "40P01") || strings.Contains(err.Error(), "23505") {
				return nil
			}
			return err
		}
	}
	return tx.Commit(ctx)
}

const liveCards = `CREATE TABLE cards (id int PRIMARY KEY, published boolean NOT NULL, title text);
	CREATE UNIQUE INDEX cards_identity ON cards (id, published); ALTER TABLE cards REPLICA IDENTITY USING INDEX cards_identity;
	INSERT INTO cards SELECT n, n % 3 > 0, 'Card ' || n FROM generate_series(1, 20000) n; ANALYZE cards`

// Under constant writing there is no false alarm, damage is named exactly, repair mends it and undoes nothing newer.
func TestCompareAndRepairUnderTraffic(t *testing.T) {
	t.Parallel()
	p := live(t, liveCards, "  - {table: cards, columns: [id, published, title], where: published}\n")
	stop := p.traffic(3)
	for round := range 5 {
		r := p.compare(p.options())
		p.want(r)
		if !r.Fenced {
			t.Errorf("round %d: no fence", round)
		}
	}
	p.target.Exec(`DELETE FROM cards WHERE id IN (4, 5); UPDATE cards SET title = 'damaged' WHERE id IN (7, 8); INSERT INTO cards VALUES (-3, true, 'stray')`)
	damage := []string{"public.cards missing 4", "public.cards missing 5", "public.cards different 7", "public.cards different 8", "public.cards extra -3"}
	p.want(p.compare(p.options()), damage...)
	out := p.repair(p.options(), false)
	if !out.Clean() || out.Mended != 5 {
		t.Errorf("repair: %+v", out)
	}
	p.want(p.compare(p.options()))
	t.Logf("%d transactions meanwhile", stop())
	p.want(p.compare(p.options()))
}

// Rows that the stream changes all the time are damaged and mended meanwhile: whatever order things happen in, the
// replica is equal in the end. A repaired row that undid a newer change would stay wrong.
func TestRepairRacesTheStream(t *testing.T) {
	t.Parallel()
	p := live(t, liveCards+`; INSERT INTO cards SELECT n, true, '' FROM generate_series(1000000, 1004999) n`,
		"  - {table: cards, columns: [id, published, title], where: published}\n")
	stop := p.traffic(3)
	for range 3 {
		// Changed rows only: a missing one that the stream changes would stop it, as it should.
		p.target.Exec(`UPDATE cards SET title = 'damaged ' || id WHERE id % 50 = 3 AND id > 900000`)
		if out := p.repair(p.options(), false); !out.Clean() {
			t.Errorf("repair: %d unmended, first: %+v", len(out.Unmended), out.Unmended[0])
		}
	}
	t.Logf("%d transactions meanwhile", stop())
	p.want(p.compare(p.options()))
}

// A large transaction that is applied while it still runs is neither seen nor disturbed: compare goes past it, repair
// waits for its end. One of the rows to mend is deleted by it; that row must stay away.
func TestRepairBesideALargeTransaction(t *testing.T) {
	t.Parallel()
	p := live(t, liveCards, "  - {table: cards, columns: [id, published, title], where: published}\n")
	p.target.Exec(`DELETE FROM cards WHERE id = 4; UPDATE cards SET title = 'damaged' WHERE id = 7`)
	ctx := t.Context()
	tx, err := p.source.Pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := tx.Exec(ctx, `DELETE FROM cards WHERE id = 4; INSERT INTO cards SELECT n, true, repeat('x', 100) FROM generate_series(2000000, 2150000) n`); err != nil {
		t.Fatal(err)
	}
	p.source.Exec(`INSERT INTO cards VALUES (-1, true, 'meanwhile')`)
	p.waitUntil("the stream goes past the open transaction", `SELECT EXISTS (SELECT FROM cards WHERE id = -1)`)
	p.want(p.compare(p.options()), "public.cards missing 4", "public.cards different 7")

	done := make(chan *compare.Outcome, 1)
	go func() {
		out, err := compare.Repair(ctx, p.options(), false)
		if err != nil {
			t.Errorf("repair: %v", err)
		}
		done <- out
	}()
	p.waitUntil("repair has asked for its fence", `SELECT EXISTS (SELECT FROM sync.fences WHERE hold)`)
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if out := <-done; out == nil || !out.Clean() || out.Mended != 2 {
		t.Errorf("repair: %+v", out)
	}
	r := p.compare(p.options())
	p.want(r)
	if r.Tables[0].Rows < 150000 {
		t.Errorf("%d rows", r.Tables[0].Rows)
	}
}
