package daemon_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"portal.example/shared/awaittest"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/status"
)

// loseSlot writes so much log that the source lets go of what the slot needs.
func loseSlot(t *testing.T, p *pair) {
	t.Helper()
	admin := p.source.Open(p.source.AdminDSN())
	for _, sql := range []string{
		`ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'`, `SELECT pg_reload_conf()`, `CREATE TABLE IF NOT EXISTS ballast (v text)`,
		`INSERT INTO ballast SELECT repeat(n::text, 100) FROM generate_series(1, 100000) n`, `SELECT pg_switch_wal()`,
		`INSERT INTO ballast SELECT repeat(n::text, 100) FROM generate_series(1, 100000) n`, `SELECT pg_switch_wal()`, `CHECKPOINT`,
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// A slot that is lost is answered by a new load of everything, during which readers see the old rows; but not again and again.
func TestLostSlotHealsByItself(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*testing.T, *pair){"fell behind": loseSlot, "dropped": func(_ *testing.T, p *pair) { p.dropSlot() }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster := pgtest.New(t, pgtest.Options{Settings: map[string]string{"wal_level": "logical"}})
			p := newPairOn(t, cluster.Database(t), pgtest.EmptyApart(t), shop, shopTables)
			p.setting("on_lost: resync")
			p.init()
			for n := range 4 {
				p.source.Exec(`UPDATE shop.items SET name = $1 WHERE id < 50`, fmt.Sprint("lost ", n))
				lose(t, p)
				seen := p.neverEmpty()
				err := p.catchUp()
				if empty := seen(); empty > 0 {
					t.Errorf("readers saw an empty table %d times", empty)
				}
				if n == 3 {
					if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "RESYNC REQUIRED") || !strings.Contains(err.Error(), "within a day") {
						t.Fatalf("the fourth time within a day: %v", err)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				p.equal()
				if r := status.Ask(t.Context(), p.cfg, status.Options{}); !strings.Contains(strings.Join(r.Warnings, " "), "loaded anew by itself") {
					t.Errorf("status warns of %q", r.Warnings)
				}
			}
		})
	}
}

// A slot that is lost while a table is being loaded anew is answered by a load of everything, that table included, and nothing of the
// load that it interrupted is left.
func TestLostSlotHealsDuringAResync(t *testing.T) {
	t.Parallel()
	j := newJoining(t)
	j.setting("on_lost: resync")
	j.init()
	stop := j.start()
	j.waitFor()
	j.target.Exec(`UPDATE r SET v = -1 WHERE id % 10 = 0`)
	release := j.locked()
	if _, err := prepare.Change(t.Context(), j.cfg, j.list, prepare.Order{Resync: []string{"public.r"}}); err != nil {
		t.Fatal(err)
	}
	j.loaded()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	j.dropSlot()
	j.source.Exec(`UPDATE r SET v = v + 1 WHERE id % 3 = 0; DELETE FROM r WHERE id % 11 = 0`)
	release()
	stop = j.start()
	j.eventually("everything is loaded anew", func() bool {
		return j.count(j.target, `SELECT coalesce(max(cardinality(healed)), 0) FROM sync.progress`) == 1
	})
	j.ready()
	j.waitFor()
	j.equal()
	j.source.Exec(`UPDATE r SET v = v + 1 WHERE id % 5 = 0`)
	j.waitFor()
	j.equal()
	j.eventually("nothing is left of the load that was interrupted", func() bool {
		return j.count(j.source, `SELECT count(*) `+joinSlots) == 0 &&
			j.count(j.target, `SELECT count(*) FROM pg_class WHERE relnamespace = 'sync_shadow'::regnamespace AND relkind = 'r'`) == 0
	})
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

// The same while everything is loaded anew as an operator asked for: killed in the middle, and the slot gone by the next start.
func TestLostSlotHealsDuringAResyncOfEverything(t *testing.T) {
	t.Parallel()
	p := newPair(t, shop, shopTables)
	p.setting("on_lost: resync")
	p.completes("init")
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	if _, err := prepare.Init(t.Context(), p.cfg, p.list, true); err != nil {
		t.Fatal(err)
	}
	seen := p.neverEmpty()
	p.dies("snapshot.after_piece", p.doomed("snapshot.after_piece=kill", "run"), nil)
	p.source.Exec(`UPDATE shop.items SET name = 'meanwhile' WHERE id < 50`)
	p.eventually("the killed syncer's slot is free", func() bool {
		return p.count(p.source, `SELECT count(*) FROM pg_replication_slots WHERE slot_name = current_database() AND active`) == 0
	})
	if p.count(p.source, `SELECT count(*) FROM pg_replication_slots WHERE slot_name = current_database()`) > 0 {
		p.dropSlot()
	}
	if err := p.catchUp(); err != nil {
		t.Fatal(err)
	}
	if empty := seen(); empty > 0 {
		t.Errorf("readers saw an empty table %d times", empty)
	}
	p.equal()
}

// neverEmpty reads the replica until what it returns is called, which says how often it was empty.
func (p *pair) neverEmpty() func() int {
	ctx, cancel := context.WithCancel(p.t.Context())
	done := make(chan int, 1)
	go func() {
		empty := 0
		for range awaittest.Rounds(ctx, 10*time.Millisecond) {
			var n int
			if err := p.target.Pool.QueryRow(ctx, `SELECT count(*) FROM shop.items`).Scan(&n); err == nil && n == 0 {
				empty++
			}
		}
		done <- empty
	}()
	return func() int { cancel(); return <-done }
}

// Where the configuration does not say so, or the source is not the one that it was, a lost slot waits for a person.
func TestLostSlotWaitsForAPerson(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	p.dropSlot()
	if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "RESYNC REQUIRED") {
		t.Errorf("on_lost: stop: %v", err)
	}
	p.setting("on_lost: resync")
	p.target.Exec(`UPDATE sync.progress SET system_id = '1' || system_id`)
	if err := p.catchUp(); fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "another server") {
		t.Errorf("another source: %v", err)
	}
	if n := p.count(p.target, `SELECT count(*) FROM shop.items`); n == 0 {
		t.Error("the replica was touched")
	}
}

// The rest of a syncer goes on when its stream has ended for good, and the stream does when somebody has mended that.
func TestStreamThatStandsEndsNothingElse(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	w := p.daemon()
	rest := &counting{began: make(chan struct{}, 100)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- daemon.RunBeside(ctx, w, rest) }()
	p.waitFor()
	p.target.Exec(`ALTER TABLE shop.items ADD CONSTRAINT refused CHECK (name <> 'bad')`)
	p.source.Exec(`UPDATE shop.items SET name = 'bad' WHERE id = 2`)
	p.eventually("the stream stands", func() bool { h := w.Live.Health(); return !h.Healthy && h.State == status.Failed })
	for range cap(rest.began) + 1 { // whatever was counted before the stream stood, more comes
		<-rest.began
	}
	p.target.Exec(`ALTER TABLE shop.items DROP CONSTRAINT refused`)
	p.waitFor()
	p.equal()
	p.target.Exec(`ALTER TABLE shop.items ADD CONSTRAINT refused CHECK (name <> 'worse')`)
	p.source.Exec(`UPDATE shop.items SET name = 'worse' WHERE id = 4`)
	p.eventually("the stream stands again", func() bool { h := w.Live.Health(); return !h.Healthy && h.State == status.Failed })
	cancel()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "shop.items") {
		t.Errorf("it ended with %v", err)
	}
}

// counting is a part of the syncer that goes on.
type counting struct{ began chan struct{} }

func (c *counting) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case c.began <- struct{}{}:
		}
	}
}

func (c *counting) CatchUp(context.Context) error { return nil }
