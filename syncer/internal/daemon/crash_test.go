package daemon_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/prepare"
)

// crashing is a pair whose target is a server of its own that can crash. Its walwriter is frozen, so a crash loses
// whatever was committed without waiting for the disk: everything since the last commit that waited.
type crashing struct {
	*pair
	cluster *pgtest.Cluster
}

// So many rows take about 24 MiB in the source: six pieces.
const manyRows = 18000

const crashTables = `
	CREATE TABLE a (id int PRIMARY KEY, v text, big text);
	ALTER TABLE a ALTER big SET STORAGE PLAIN;
	INSERT INTO a SELECT n, 'a' || n, repeat(md5(n::text), 40) FROM generate_series(1, %d) n;
	CREATE TABLE b (id int PRIMARY KEY, v text, shown boolean NOT NULL DEFAULT true);
	INSERT INTO b SELECT n, 'b' || n, n %% 3 > 0 FROM generate_series(1, 2000) n`

const (
	crashA = `
  - {table: a, columns: [id, v, big]}
`
	crashB = `
  - {table: b, columns: [id, v, shown], where: shown}
`
)

func newCrashing(t *testing.T, rows int, tables string) *crashing {
	t.Helper()
	cluster := pgtest.New(t, pgtest.Options{Settings: map[string]string{
		"fsync": "on", "full_page_writes": "on", "wal_buffers": "128MB", "shared_buffers": "256MB", "autovacuum": "off",
	}})
	return &crashing{newPairOn(t, pgtest.Source(t), cluster.Database(t), fmt.Sprintf(crashTables, rows), tables), cluster}
}

// freeze stops the process that writes the log behind those that do not wait for it. It must not be stopped while it holds a
// lock of the log, or nobody could write any more: only its sleep between two rounds will do.
func (c *crashing) freeze() {
	c.t.Helper()
	admin, err := pgx.Connect(c.t.Context(), c.target.AdminDSN())
	if err != nil {
		c.t.Fatal(err)
	}
	defer admin.Close(c.t.Context())
	var pid int
	if err := admin.QueryRow(c.t.Context(), `SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'`).Scan(&pid); err != nil {
		c.t.Fatal(err)
	}
	signal := func(s syscall.Signal) {
		if err := syscall.Kill(pid, s); err != nil {
			c.t.Fatal(err)
		}
	}
	c.t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) }) // a server in order cannot stop without it
	awaittest.Until(c.t, "the writer of the log is stopped in its sleep", func() bool {
		signal(syscall.SIGSTOP)
		awaittest.Until(c.t, "it has stopped", func() bool { return isStopped(c.t, pid) })
		var asleep bool
		err := admin.QueryRow(c.t.Context(), `SELECT wait_event IS NOT DISTINCT FROM 'WalWriterMain' FROM pg_stat_activity WHERE pid = $1`, pid).Scan(&asleep)
		if err != nil {
			c.t.Fatal(err)
		}
		if !asleep {
			signal(syscall.SIGCONT)
		}
		return asleep
	})
}

// isStopped says whether a signal has stopped the process (proc_pid_stat(5): the state follows the name in parentheses).
func isStopped(t testing.TB, pid int) bool {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	return strings.HasPrefix(string(stat[bytes.LastIndexByte(stat, ')')+1:]), " T")
}

// crash is the end of the target's processes all at once, and their new beginning.
func (c *crashing) crash() {
	c.t.Helper()
	if err := c.cluster.Kill(); err != nil {
		c.t.Fatal(err)
	}
	if err := c.cluster.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.target.Pool.Reset()
}

func (c *crashing) allReady() {
	c.t.Helper()
	if n := c.count(c.target, `SELECT count(*) FROM sync.tables WHERE state <> 'ready'`); n > 0 {
		c.t.Errorf("%d tables were ready before the crash and are not after it", n)
	}
}

// passed is how often this pair's syncers came to a failpoint.
func (c *crashing) passed(name string) int {
	text, err := os.ReadFile(filepath.Join(c.dir, "hits")) // FAILPOINTS_DIR
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.t.Fatal(err)
	}
	return strings.Count(string(text), name+"\n")
}

// goOn lets syncers go on that wait at a failpoint, and those that will come to it.
func (c *crashing) goOn(name string) { c.write(name, "") } // FAILPOINTS_DIR

// waiting starts the real syncer and returns when so many of its goroutines wait at a failpoint.
func (c *crashing) waiting(name string, from, many int, args ...string) (ended <-chan struct{}) {
	c.t.Helper()
	cmd, done := c.doomed(fmt.Sprintf("%s=wait@%d", name, from), args...), make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	c.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
		if c.t.Failed() {
			c.t.Logf("syncer %s said:\n%s", strings.Join(args, " "), cmd.Stderr)
		}
	})
	c.eventually(fmt.Sprintf("syncer %s waits at %s", strings.Join(args, " "), name), func() bool { return c.passed(name) >= from+many-1 })
	return done
}

// Pieces are acknowledged before they are on disk. What a crash takes of them is loaded again, whether `init` is
// begun anew or a syncer that lived through it goes on.
func TestTargetCrashesInTheFirstLoad(t *testing.T) {
	t.Parallel()
	const point = "snapshot.after_piece"
	for _, verb := range []string{"init", "run"} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			c := newCrashing(t, manyRows, crashA+crashB)
			if _, err := prepare.Init(t.Context(), c.cfg, c.list, false); err != nil {
				t.Fatal(err)
			}
			c.freeze()
			ended := c.waiting(point, 3, 2, verb) // both lanes
			before := c.count(c.target, `SELECT count(*) FROM sync.pieces`)
			c.source.Exec(`DELETE FROM a WHERE id % 7 = 0; UPDATE a SET v = v || '.' WHERE id % 5 = 0; UPDATE b SET shown = NOT shown WHERE id % 11 = 0`)
			c.crash()
			if after := c.count(c.target, `SELECT count(*) FROM sync.pieces`); after >= before {
				t.Errorf("the crash took nothing: %d pieces before it, %d after it", before, after)
			}
			c.goOn(point)
			if verb == "init" {
				<-ended
				c.completes("init")
				c.completes("run", "--until-current")
			} else {
				c.ready()
				c.waitFor()
			}
			c.equal()
		})
	}
}

// What `init` has called ready is on disk.
func TestTargetCrashesAfterTheFirstLoad(t *testing.T) {
	t.Parallel()
	c := newCrashing(t, manyRows, crashA+crashB)
	c.freeze()
	c.completes("init", "--no-analyze")
	c.crash()
	c.allReady()
	c.equal()
	c.source.Exec(`UPDATE b SET shown = NOT shown WHERE id % 11 = 0`)
	c.completes("run", "--until-current")
	c.equal()
}

// A table that was swapped in, and a whole replica that was, are on disk before anybody hears of it.
func TestTargetCrashesAfterTheSwap(t *testing.T) {
	t.Parallel()
	c := newCrashing(t, 1000, crashA)
	c.completes("init")
	c.relist(crashA + crashB)
	c.completes("table", "add", "b")
	c.freeze()
	c.dies("swap.after_commit", c.doomed("swap.after_commit=kill", "run"), nil)
	c.crash()
	c.allReady()
	c.equal()
	c.completes("run", "--until-current")
	c.equal()

	c.target.Exec(`UPDATE b SET v = 'damaged' WHERE id % 2 = 0; DELETE FROM a WHERE id % 2 = 0`)
	c.freeze()
	c.dies("swap.after_replace", c.doomed("swap.after_replace=kill", "init", "--resync"), nil)
	c.crash()
	c.allReady()
	c.equal()
	c.completes("run", "--until-current")
	c.equal()
}

// A shadow is empty after a crash: the table is loaded into it once more, and readers have the old rows until then.
func TestTargetCrashesBeforeTheSwap(t *testing.T) {
	t.Parallel()
	for _, point := range []string{"swap.after_load", "swap.after_begin", "swap.before_commit"} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			c := newCrashing(t, 1000, crashA+crashB)
			c.completes("init")
			c.target.Exec(`UPDATE b SET v = 'damaged' WHERE id % 2 = 0`)
			c.completes("table", "resync", "b")
			c.freeze()
			c.waiting(point, 1, 1, "run")
			rows := c.count(c.target, `SELECT count(*) FROM b`)
			c.source.Exec(`UPDATE b SET shown = NOT shown WHERE id % 11 = 0; UPDATE b SET v = v || '.' WHERE id % 5 = 0`)
			c.crash()
			// The stream may be there again already and have brought the changes to the old rows.
			n, later := c.count(c.target, `SELECT count(*) FROM b`), c.count(c.source, `SELECT count(*) FROM b WHERE shown`)
			if n != rows && n != later {
				t.Errorf("readers saw %d rows before the crash and see %d after it", rows, n)
			}
			c.goOn(point)
			c.ready()
			c.waitFor()
			c.equal()
		})
	}
}
