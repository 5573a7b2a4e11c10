package daemon_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

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

// holdDisk keeps the target from bringing its log to the disk, so that a crash takes back what is committed from now on without waiting
// for that. Whoever would bring it is stopped: the walwriter, and of the syncer's sessions the one that acknowledges and the one that
// notes signs of life, once they have nothing to do.
func (e *early) holdDisk() {
	e.t.Helper()
	e.freeze()
	admin, err := pgx.Connect(e.t.Context(), e.target.AdminDSN()) // only it sees what others do
	if err != nil {
		e.t.Fatal(err)
	}
	defer admin.Close(e.t.Context())
	for _, session := range []string{"syncer writer flush", "syncer writer pulse"} {
		e.stopIdle(admin, session)
	}
}

// stopIdle stops a session of the target that has nothing to do. One that was given something between the look and the signal goes on and
// is looked at again: stopped in the middle it would be at work for ever.
func (e *early) stopIdle(admin *pgx.Conn, session string) {
	e.t.Helper()
	idle := func() (pid int) {
		err := admin.QueryRow(e.t.Context(), `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 AND state = 'idle'`, session).Scan(&pid)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			e.t.Fatal(err)
		}
		return pid
	}
	pid := 0
	e.eventually(session+" has nothing to do", func() bool {
		if pid = idle(); pid == 0 {
			return false
		}
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			e.t.Fatal(err)
		}
		if idle() == pid {
			return true
		}
		_ = syscall.Kill(pid, syscall.SIGCONT)
		return false
	})
	e.t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
}

// crashTakesBack changes the source once and crashes the target when that is visible, but not on the disk. look answers more with each
// change. The syncer stands still meanwhile, so that nothing is brought again before it was looked at.
func (e *early) crashTakesBack(change, look string) {
	e.t.Helper()
	e.holdDisk()
	before := e.count(e.target, look)
	e.source.Exec(change)
	e.eventually("the change is visible", func() bool { return e.count(e.target, look) > before })
	e.signal(syscall.SIGSTOP)
	seen := e.countAtRest(look)
	e.crash()
	if after := e.count(e.target, look); after > before {
		e.t.Errorf("the crash left %d of what readers saw, %d, which was not on the disk: it was %d before", after, seen, before)
	}
	applied := e.answer(e.target, `SELECT applied_lsn::text FROM sync.progress`)
	var beyond bool
	if err := e.source.Pool.QueryRow(e.t.Context(), ahead, e.source.Name, applied).Scan(&beyond); err != nil {
		e.t.Fatal(err)
	}
	if beyond {
		e.t.Errorf("the source was told of more than the target's disk holds, which is up to %s", applied)
	}
	e.signal(syscall.SIGCONT)
	e.waitFor()
	e.equal()
}

// countAtRest is what look says once the target has carried out all that it was sent before the syncer was stopped. A session that waits
// for the rest of what the syncer began to send is at rest too: nothing more comes.
func (e *early) countAtRest(look string) (seen int) {
	e.t.Helper()
	admin, err := pgx.Connect(e.t.Context(), e.target.AdminDSN()) // only it sees what others do
	if err != nil {
		e.t.Fatal(err)
	}
	defer admin.Close(e.t.Context())
	before := -1
	e.eventually("the target is at rest", func() bool {
		seen = e.count(e.target, look)
		var busy int
		if err := admin.QueryRow(e.t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'syncer %' AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Client'`).Scan(&busy); err != nil {
			e.t.Fatal(err)
		}
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
	for name, of := range map[string]struct{ change, look string }{
		"small transactions":      {`INSERT INTO b SELECT max(id) + 1, 'new' FROM b`, `SELECT max(id) FROM b`},
		"one row again and again": {`UPDATE b SET v = (CASE WHEN v ~ '^[0-9]+$' THEN v::int + 1 ELSE 1 END)::text WHERE id = 2`, `SELECT CASE WHEN v ~ '^[0-9]+$' THEN v::int ELSE 0 END FROM b WHERE id = 2`},
		"large transactions": {
			`INSERT INTO a SELECT m + n, 'large', repeat(md5(n::text), 40) FROM (SELECT max(id) AS m FROM a) AS last, generate_series(1, 5000) n`,
			`SELECT count(*) FROM a`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEarly(t)
			for range 3 {
				e.crashTakesBack(of.change, of.look)
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
