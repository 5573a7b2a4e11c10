package daemon_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

// restorable is a pair whose source is a server of its own, whose files can be put back as they were.
type restorable struct {
	*pair
	cluster *pgtest.Cluster
	backup  string
}

func newRestorable(t *testing.T) *restorable {
	t.Helper()
	c := pgtest.New(t, pgtest.Options{Settings: map[string]string{"wal_level": "logical", "checkpoint_timeout": "1h"}})
	r := &restorable{newPairOn(t, c.Database(t), pgtest.EmptyApart(t), shop, shopTables), c, filepath.Join(t.TempDir(), "backup")}
	r.init()
	r.change("before")
	if err := r.catchUp(); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *restorable) change(to string) {
	r.t.Helper()
	r.source.Exec(`UPDATE shop.items SET name = $1 WHERE id < 50`, to)
}

func (r *restorable) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *restorable) save() {
	r.t.Helper()
	r.must(r.cluster.Stop())
	r.must(exec.Command("cp", "-a", r.cluster.DataDir(), r.backup).Run()) //nolint:gosec // the test's own folders
	r.must(r.cluster.Start())
	r.source.Pool.Reset()
}

func (r *restorable) restore() {
	r.t.Helper()
	r.must(r.cluster.Stop())
	r.must(exec.Command("rm", "-rf", r.cluster.DataDir()).Run())          //nolint:gosec // the test's own folders
	r.must(exec.Command("cp", "-a", r.backup, r.cluster.DataDir()).Run()) //nolint:gosec // the test's own folders
	r.must(r.cluster.Start())
	r.source.Pool.Reset()
}

func (r *restorable) resyncRequired(says string) {
	r.t.Helper()
	err := r.catchUp()
	if fault.ExitCode(err) != fault.ExitUnsafe || !strings.Contains(err.Error(), "RESYNC REQUIRED") || !strings.Contains(err.Error(), says) {
		r.t.Errorf("got %v, want RESYNC REQUIRED: …%s…", err, says)
	}
}

// grow makes the source's log longer than the replica's position, by nothing that is published unless asked.
func (r *restorable) grow(published bool) {
	r.t.Helper()
	r.source.Exec(`CREATE TABLE IF NOT EXISTS ballast (v text)`)
	for range 4 {
		r.source.Exec(`INSERT INTO ballast SELECT repeat(n::text, 50) FROM generate_series(1, 4000) n`)
		if published {
			r.change("another history")
		}
	}
}

// A source whose files were put back is recognised whether its log is still shorter than what the replica holds,
// or has grown beyond, with published changes or without.
func TestSourceFilesRestored(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after func(*restorable)
		says  string
	}{
		"log is shorter":              {func(*restorable) {}, "the source only has"},
		"log has grown, other rows":   {func(r *restorable) { r.grow(true) }, "is not the one that the replica was made from"},
		"log has grown, nothing else": {func(r *restorable) { r.grow(false) }, "is not the one that the replica was made from"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRestorable(t)
			r.save()
			r.change("lost by the backup")
			r.must(r.catchUp())
			r.restore()
			c.after(r)
			r.resyncRequired(c.says)
		})
	}
}

// A source that crashed has a slot that stands back, and nothing is wrong.
func TestSourceCrashIsNoRestore(t *testing.T) {
	t.Parallel()
	r := newRestorable(t)
	for range 3 {
		r.change("more")
		r.grow(false)
		r.must(r.catchUp())
		r.must(r.cluster.Kill())
		r.must(r.cluster.Start())
		r.source.Pool.Reset()
		r.change("after the crash")
		r.must(r.catchUp())
		r.equal()
	}
}

// Promotion and recovery to a point in time end with another timeline; a copy by pg_basebackup has no slot.
func TestSourceOnAnotherTimeline(t *testing.T) {
	t.Parallel()
	r := newRestorable(t)
	r.must(r.cluster.Stop())
	r.must(os.WriteFile(filepath.Join(r.cluster.DataDir(), "standby.signal"), nil, 0o644)) //nolint:gosec // the server's user reads it
	r.must(r.cluster.Start())
	r.source.Pool.Reset()
	var promoted bool
	err := r.source.Open(r.source.AdminDSN()).QueryRow(t.Context(), `SELECT pg_promote()`).Scan(&promoted)
	if err != nil || !promoted {
		t.Fatalf("promoted %v, %v", promoted, err)
	}
	r.resyncRequired("timeline")
}

// A target that was wiped under a running syncer is no reason to begin anew by itself.
func TestTargetWipedWhileRunning(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	stop := p.start()
	p.waitFor()
	p.target.Exec(`DROP SCHEMA sync CASCADE`)
	p.eventuallyEnded()
	if err := stop(); fault.ExitCode(err) == 0 {
		t.Errorf("got %v", err)
	}
}
