package daemon_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
)

// explosive builds the real syncer with failpoints, once.
var explosive = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "syncer-failpoints")
	if err != nil {
		return "", err
	}
	explosiveDir = dir
	path := filepath.Join(dir, "syncer")
	out, err := exec.Command("go", "build", "-ldflags=-s -w", "-tags", "failpoints", "-o", path, "portal.example/syncer/cmd/syncer").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

var explosiveDir string

// doomed starts the real syncer, which is to die at a failpoint.
func (p *pair) doomed(spec string, args ...string) *exec.Cmd {
	p.t.Helper()
	path, err := explosive()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(path, append(args, "--config", p.path())...)
	cmd.Env = append(os.Environ(), "FAILPOINTS="+spec, "FAILPOINTS_DIR="+p.dir)
	said := &tail{}
	cmd.Stdout, cmd.Stderr = said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	return cmd
}

// dies does something again and again until cmd has been killed by its failpoint.
func (p *pair) dies(name string, cmd *exec.Cmd, again func(round int)) {
	p.t.Helper()
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	round := 0
	awaittest.Until(p.t, name+" is reached", func() bool {
		if again != nil {
			again(round)
		}
		round++
		select {
		case <-ended:
			return true
		default:
			return false
		}
	}, func() string { _ = cmd.Process.Kill(); return fmt.Sprint(cmd.Stderr) })
	if !killed(cmd) {
		p.t.Fatalf("%s: ended with %v instead of dying there: %s", name, cmd.ProcessState, cmd.Stderr)
	}
}

// completes runs the ordinary syncer once to its end.
func (p *pair) completes(args ...string) {
	p.t.Helper()
	if out, code := p.run(args...); code != 0 {
		p.t.Fatalf("syncer %s: exit code %d: %s", strings.Join(args, " "), code, out)
	}
}

// points are the names of one room, in order.
func points(t *testing.T, room string) []string {
	t.Helper()
	var names []string
	for name := range failpoint.Names {
		if strings.HasPrefix(name, room+".") {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		t.Fatalf("room %s has no failpoints", room)
	}
	slices.Sort(names)
	return names
}

// Killed at each point of the first load, once at its first and once at a later passing; each time `init` ends it.
func TestKilledAtEachPointOfTheSnapshot(t *testing.T) {
	t.Parallel()
	for _, name := range points(t, "snapshot") {
		for _, at := range []string{"kill", "kill@2"} {
			if at != "kill" && !strings.HasSuffix(name, "_piece") {
				continue // there is one slot and one end, but a piece for each table
			}
			t.Run(name+"="+at, func(t *testing.T) {
				t.Parallel()
				// Pieces of less than a megabyte may share a transaction when both have arrived, and then there is no second one.
				p := newPair(t, shop+`; UPDATE shop.items SET big = repeat('x', 3000); UPDATE shop."Odd Table" SET "Value" = ARRAY[repeat('y', 15000)]`, shopTables)
				p.dies(name, p.doomed(name+"="+at, "init"), func(int) { p.source.Exec(`UPDATE shop.items SET price = price + 1 WHERE id = 2`) })
				p.source.Exec(`DELETE FROM shop.items WHERE id < 10; INSERT INTO shop.items (id, name, published) SELECT n, 'meanwhile', true FROM generate_series(5000, 5100) n`)
				p.completes("init")
				p.completes("run", "--until-current")
				p.equal()
			})
		}
	}
}

// Killed at each point of the stream, under small transactions and one that is so large that it is applied while it
// still runs.
func TestKilledAtEachPointOfTheStream(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	for _, name := range points(t, "apply") {
		t.Run(name, func(t *testing.T) {
			outer := p.t
			p.t = t
			defer func() { p.t = outer }()
			p.dies(name, p.doomed(name+"=kill@3", "run"), func(round int) {
				p.source.Exec(`UPDATE shop.items SET price = price + 1 WHERE id % 7 = $1`, round%7)
				if round%10 == 3 {
					p.source.Exec(`BEGIN; INSERT INTO shop.items (id, name, published, big) SELECT n, 'large', true, repeat(md5(n::text), 30) FROM generate_series(100001, 108000) n;
						SAVEPOINT s; UPDATE shop.items SET name = 'never' WHERE id < 1000; ROLLBACK TO s; DELETE FROM shop.items WHERE id > 100500; COMMIT`)
					p.source.Exec(`DELETE FROM shop.items WHERE id > 100000`)
				}
			})
			p.completes("run", "--until-current")
			p.equal()
		})
	}
}

// Killed at each point of an object's way: what is ready is right, and in the end everything named is ready and
// nothing else is there.
func TestKilledAtEachPointOfDocuments(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	for _, name := range points(t, "documents") {
		t.Run(name, func(t *testing.T) {
			outer := p.t
			p.t = t
			defer func() { p.t = outer }()
			goes := p.file([]byte("goes with "+name), true)
			p.completes("run", "--until-current")
			stays := ""
			p.dies(name, p.doomed(name+"=kill", "run"), func(round int) {
				if round == 0 {
					stays = p.file(bytes.Repeat([]byte("stays with "+name), 1000), true)
					p.source.Exec(`UPDATE documents.files SET published = false WHERE object_key = $1`, goes)
				}
			})
			p.completes("run", "--until-current")
			p.holds(stays, bytes.Repeat([]byte("stays with "+name), 1000))
			if _, err := p.outside.Stat(t.Context(), goes); !fault.Is(err, fault.NotFound) || p.object(goes) != "none" {
				t.Errorf("an object outlived its row: %v, %s", err, p.object(goes))
			}
		})
	}
	p.equal()
}

// holds fails unless the object is outside, ready and right.
func (p *portal) holds(key string, want []byte) {
	p.t.Helper()
	data, err := p.outside.ReadAll(p.t.Context(), key, "", 1<<20)
	if err != nil || !bytes.Equal(data, want) || p.object(key) != "ready" {
		p.t.Errorf("%s: %d bytes, %v, state %s", key, len(data), err, p.object(key))
	}
}

// Killed at each point of a message's way in: it is inside once, whole, and in the end gone outside.
func TestKilledAtEachPointOfInbound(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	for _, name := range points(t, "inbound") {
		t.Run(name, func(t *testing.T) {
			outer := p.t
			p.t = t
			defer func() { p.t = outer }()
			id, envelope := p.submit([]byte("first of "+name), bytes.Repeat([]byte("x"), 100_000))
			p.dies(name, p.doomed(name+"=kill", "run"), nil)
			p.completes("run", "--until-current")
			if n := p.count(p.source, `SELECT count(*) FROM intake.messages WHERE id = $1 AND envelope = $2`, id, envelope); n != 1 {
				t.Errorf("%d messages inside", n)
			}
			if n := p.count(p.target, `SELECT count(*) FROM inbound.messages`); n != 0 {
				t.Errorf("%d messages left outside", n)
			}
			n := 0
			if err := p.quarantine.Keys(t.Context(), id.String()+"/", func(blob.Info) error { n++; return nil }); err != nil || n != 2 {
				t.Errorf("%d attachments in quarantine, %v", n, err)
			}
		})
	}
}

func killed(cmd *exec.Cmd) bool {
	if cmd.ProcessState == nil {
		return false
	}
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// reaches ends a doomed syncer wherever it happens to be, unless it has died at its point before.
func (p *pair) reaches(cmd *exec.Cmd, within time.Duration) {
	p.t.Helper()
	time.AfterFunc(within, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	if exit := cmd.ProcessState.ExitCode(); exit >= 0 && exit != fault.ExitOK {
		p.t.Fatalf("exit code %d: %s", exit, cmd.Stderr)
	}
}

// TestKilledAtTheNthStep kills at the n-th durable step, whatever it is, for n from 1 on, while everything a syncer
// does is going on: stream, objects and messages.
func TestKilledAtTheNthStep(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	var keys []string
	sent := 0
	for n := 1; n <= 12; n++ {
		keys = append(keys, p.file(fmt.Appendf(nil, "file %d", n), true))
		if len(keys) > 3 {
			p.source.Exec(`UPDATE documents.files SET published = NOT published WHERE object_key = $1`, keys[n%3])
		}
		p.submit(fmt.Appendf(nil, "attachment %d", n))
		sent++
		name := fmt.Sprintf("*=kill@%d", n)
		p.dies(name, p.doomed(name, "run"), nil)
	}
	p.completes("run", "--until-current")
	p.equal()
	if n := p.count(p.source, `SELECT count(*) FROM intake.messages`); n != sent {
		t.Errorf("%d messages inside, %d were sent", n, sent)
	}
	if n := p.count(p.target, `SELECT count(*) FROM inbound.messages`); n != 0 {
		t.Errorf("%d messages left outside", n)
	}
	p.objectsAreRight()
}

// objectsAreRight compares the outside's store with what the replica's rows name.
func (p *portal) objectsAreRight() {
	p.t.Helper()
	rows, err := p.target.Pool.Query(p.t.Context(), `SELECT object_key FROM documents.files`)
	if err != nil {
		p.t.Fatal(err)
	}
	named, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		p.t.Fatal(err)
	}
	there := []string{}
	err = p.outside.Keys(p.t.Context(), "", func(o blob.Info) error { there = append(there, o.Key); return nil })
	slices.Sort(named)
	slices.Sort(there)
	if !slices.Equal(named, there) || err != nil {
		p.t.Errorf("rows name %d objects, the store has %d; only named %v, only there %v; %v", len(named), len(there), without(named, there), without(there, named), err)
	}
	for _, key := range named {
		inside, err1 := p.inside.ReadAll(p.t.Context(), key, "", 1<<20)
		outside, err2 := p.outside.ReadAll(p.t.Context(), key, "", 1<<20)
		if err := errors.Join(err1, err2); err != nil || !bytes.Equal(inside, outside) || p.object(key) != "ready" {
			p.t.Errorf("%s: %v, state %s", key, err, p.object(key))
		}
	}
}
