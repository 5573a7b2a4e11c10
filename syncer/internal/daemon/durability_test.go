package daemon_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/prepare"
)

// early is a pair whose writer shows changes before they are on disk, with the real syncer as a process.
type early struct {
	*crashing
	syncer *os.Process
}

func newEarly(t *testing.T) *early {
	t.Helper()
	e := &early{crashing: newCrashing(t, 1, crashA+crashB)}
	text, err := os.ReadFile(e.path())
	if err != nil {
		t.Fatal(err)
	}
	e.write("syncer.yaml", strings.Replace(string(text), "copy_workers: 2", "copy_workers: 2, durability: remote_write", 1))
	e.load()
	e.init()
	cmd, done := e.doomed("", "run"), make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
		if t.Failed() {
			t.Logf("syncer run said:\n%s", cmd.Stderr)
		}
	})
	e.syncer = cmd.Process
	e.waitFor()
	return e
}

func (e *early) signal(s os.Signal) {
	e.t.Helper()
	if err := e.syncer.Signal(s); err != nil {
		e.t.Fatal(err)
	}
}

// ahead are positions of the log that the source was told of and the replica does not hold.
const ahead = `SELECT pg_wal_lsn_diff(confirmed_flush_lsn, $2::text::pg_lsn) > 0 FROM pg_replication_slots WHERE slot_name = $1`

// unlessFarBehind changes the source, or looks after a moment whether the syncer has caught up with enough of it: a machine
// on which it cannot keep up would never see the end of what is to be brought.
func (e *early) unlessFarBehind(ctx context.Context, change string) error {
	const farBehind = 64 << 20
	var far bool
	err := e.source.Pool.QueryRow(ctx, `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), confirmed_flush_lsn) > $2
		FROM pg_replication_slots WHERE slot_name = $1`, e.source.Name, farBehind).Scan(&far)
	switch {
	case err != nil:
		return err
	case far:
		lasts(ctx, 20*time.Millisecond)
		return nil
	}
	_, err = e.source.Pool.Exec(ctx, change)
	return err
}

// crashAfter crashes the target once a look there answers more than before, and returns by how much the answer fell.
// The syncer stands still meanwhile, so that nothing is brought again before it was looked at.
func (e *early) crashAfter(look string) (lost int) {
	e.t.Helper()
	before := e.count(e.target, look)
	seen := before
	e.eventually("a change is visible", func() bool { seen = e.count(e.target, look); return seen > before })
	e.signal(syscall.SIGSTOP)
	seen = e.countAtRest(look)
	e.crash()
	lost = seen - e.count(e.target, look)
	applied := e.answer(e.target, `SELECT applied_lsn::text FROM sync.progress`)
	var beyond bool
	if err := e.source.Pool.QueryRow(e.t.Context(), ahead, e.source.Name, applied).Scan(&beyond); err != nil {
		e.t.Fatal(err)
	}
	if beyond {
		e.t.Errorf("the source was told of more than the target's disk holds, which is up to %s", applied)
	}
	e.freeze()
	e.signal(syscall.SIGCONT)
	return lost
}

// countAtRest is what look says once the target has carried out all that it was sent before the syncer was stopped.
func (e *early) countAtRest(look string) (seen int) {
	e.t.Helper()
	before := -1
	e.eventually("the target is at rest", func() bool {
		seen = e.count(e.target, look)
		busy := e.count(e.target, `SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'syncer %' AND state = 'active'`)
		same := seen == before && busy == 0
		before = seen
		return same
	})
	return seen
}

// With durability remote_write a crash of the target takes back what readers have just seen, and nothing else: rows and
// position fall together, the source was told of neither, and the syncer that lived through it brings both again.
func TestCrashTakesBackOnlyWhatTheSourceWasNotToldOf(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct {
		change, look string
		flushed      bool // now and then, before anybody can look: a crash need not take anything back
	}{
		"small transactions": {
			`INSERT INTO b SELECT max(id) + 1, 'new' FROM b`,
			`SELECT max(id) FROM b`, false,
		},
		"one row again and again": {
			`UPDATE b SET v = (CASE WHEN v ~ '^[0-9]+$' THEN v::int + 1 ELSE 1 END)::text WHERE id = 2`,
			`SELECT CASE WHEN v ~ '^[0-9]+$' THEN v::int ELSE 0 END FROM b WHERE id = 2`, false,
		},
		"large transactions": {
			`INSERT INTO a SELECT m + n, 'large', repeat(md5(n::text), 40) FROM (SELECT max(id) AS m FROM a) AS last, generate_series(1, 5000) n`,
			`SELECT count(*) FROM a`, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEarly(t)
			e.freeze()
			working, cancel := context.WithCancel(t.Context())
			stopped := make(chan struct{})
			go func() {
				defer close(stopped)
				for working.Err() == nil {
					if err := e.unlessFarBehind(working, of.change); err != nil && working.Err() == nil {
						t.Error(err)
						return
					}
				}
			}()
			rounds := 50
			if of.flushed {
				rounds = 3
			}
			lost := 0
			for round := 0; lost == 0 && round < rounds; round++ {
				lost = e.crashAfter(of.look)
			}
			cancel()
			<-stopped
			if lost < 0 {
				t.Errorf("a crash brought %d changes", -lost)
			}
			e.waitFor()
			e.equal()
			if lost == 0 && !of.flushed && !t.Failed() {
				t.Skipf("in %d crashes everything was on disk before it was looked at: the machine is too busy to see what a crash takes back", rounds)
			}
		})
	}
}

// By default a change is on disk before anybody sees it: a crash at any moment takes nothing back.
func TestCrashTakesNothingBackByDefault(t *testing.T) {
	t.Parallel()
	c := newCrashing(t, 1, crashA+crashB)
	c.init()
	c.freeze()
	defer c.start()()
	for n := range 5 {
		c.source.Exec(fmt.Sprintf(`UPDATE b SET v = 'seen %d' WHERE id = 2`, n))
		c.eventually("the change is visible", func() bool {
			var ok bool
			err := c.target.Pool.QueryRow(t.Context(), `SELECT v = $1 FROM b WHERE id = 2`, fmt.Sprintf("seen %d", n)).Scan(&ok)
			return err == nil && ok
		})
		c.crash()
		c.freeze()
		if v := c.answer(c.target, `SELECT v FROM b WHERE id = 2`); v != fmt.Sprintf("seen %d", n) {
			t.Errorf("readers saw change %d before the crash, and %q after it", n, v)
		}
	}
	c.waitFor()
	c.equal()
}

// check says what the role lacks that acknowledges, where commits do not wait for the disk, and nothing of it otherwise.
func TestCheckLooksWhetherTheWriterMayFlush(t *testing.T) {
	t.Parallel()
	c := newCrashing(t, 1, crashA+crashB)
	asOwner, err := pgx.Connect(t.Context(), c.target.AdminDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer asOwner.Close(t.Context())
	for _, durability := range []string{"flush", "remote_write"} {
		for _, revoked := range []bool{false, true} {
			sql := "GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) TO PUBLIC"
			if revoked {
				sql = "REVOKE EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) FROM PUBLIC"
			}
			if _, err := asOwner.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
			c.cfg.Target.Durability = durability
			report, err := prepare.Examine(t.Context(), c.cfg, c.list)
			if err != nil {
				t.Fatal(err)
			}
			refused := len(report.Refused()) > 0
			if refused != (revoked && durability == "remote_write") {
				t.Errorf("%s, revoked %t: %v", durability, revoked, report.Refused())
			}
		}
	}
}

// A run that ends by itself waits for the disk, whatever the configuration says.
func TestRunThatEndsWaitsForTheDisk(t *testing.T) {
	t.Parallel()
	c := newCrashing(t, 1, crashA+crashB)
	c.cfg.Target.Durability = "remote_write"
	c.init()
	c.freeze()
	c.source.Exec(`INSERT INTO b SELECT n, 'new' FROM generate_series(10001, 10100) n`)
	if err := c.catchUp(); err != nil {
		t.Fatal(err)
	}
	c.crash()
	c.equal()
}
