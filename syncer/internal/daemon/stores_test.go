package daemon_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"portal.example/shared/blob"
	"portal.example/syncer/internal/faulttest"
)

// behind puts a store that may lie before the one that a part of the configuration names.
func (p *portal) behind(t *testing.T, c *blob.Config) *faulttest.Store {
	t.Helper()
	s := faulttest.NewStore(t, c.Endpoint)
	text, err := os.ReadFile(p.path())
	if err != nil {
		t.Fatal(err)
	}
	old, changed := fmt.Sprintf("endpoint: %q, access_key: %q, secret_key: %q, bucket: %q", c.Endpoint, c.AccessKey, c.SecretKey, c.Bucket), ""
	changed = strings.Replace(string(text), old, strings.Replace(old, c.Endpoint, s.Address(), 1), 1)
	if changed == string(text) {
		t.Fatalf("the configuration does not name %s", old)
	}
	p.write("syncer.yaml", changed)
	p.load()
	return s
}

// process is the real syncer beside a portal.
func (p *portal) process(t *testing.T) (log *tail, stop func()) {
	t.Helper()
	cmd := p.command("run")
	log = &tail{}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	return log, func() {
		t.Helper()
		if most := peak(t, cmd.Process.Pid); most > 256<<20 {
			t.Errorf("the syncer took %d MiB", most>>20)
		}
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		if code := cmd.ProcessState.ExitCode(); code != 0 || strings.Contains(log.String(), "panic") {
			t.Errorf("exit code %d: %s", code, log)
		}
	}
}

// A store in the DMZ that fails or lies: no object is ready that is not there and right, the rows do not wait for it,
// and when it tells the truth again everything comes right by itself.
func TestStoreOfTheTargetLies(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	store := p.behind(t, &p.cfg.Documents.Target)
	log, stop := p.process(t)
	lies := []faulttest.Lie{faulttest.Flip, faulttest.Failing, faulttest.Redirect, faulttest.Swallow}
	if *long {
		lies = append(lies, faulttest.Truncate, faulttest.Abort, faulttest.Other, faulttest.Garbage, faulttest.Endless, faulttest.Bomb, faulttest.Missing)
	}
	for _, lie := range lies {
		store.Tell(lie)
		want := bytes.Repeat(fmt.Appendf(nil, "object under %s. ", lie), 5000)
		key := p.file(want, true)
		p.waitFor() // rows never wait for objects
		p.eventually(fmt.Sprintf("the store has lied (%s)", lie), func() bool { return store.Told() >= 2 })
		p.eventually(fmt.Sprintf("the lie (%s) is noticed", lie), func() bool { return p.object(key) == "failed" })
		store.Tell(faulttest.Truth)
		p.eventually(fmt.Sprintf("after the lie (%s) the object is ready\n%s", lie, log), func() bool { return p.object(key) == "ready" })
		p.holds(key, want)
	}
	if n := store.Lured(); n > 0 {
		t.Errorf("%d redirects were followed", n)
	}
	stop()
	p.objectsAreRight()
	p.equal()
}

// The store inside that holds the originals may fail, too.
func TestStoreOfTheSourceFails(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	store := p.behind(t, &p.cfg.Documents.Source)
	log, stop := p.process(t)
	lies := []faulttest.Lie{faulttest.Abort, faulttest.Flip, faulttest.Redirect}
	if *long {
		lies = append(lies, faulttest.Truncate, faulttest.Failing, faulttest.Endless)
	}
	for _, lie := range lies {
		store.Tell(lie)
		want := bytes.Repeat(fmt.Appendf(nil, "object under %s. ", lie), 5000)
		key := p.file(want, true)
		p.eventually(fmt.Sprintf("the lie (%s) is noticed\n%s", lie, log), func() bool { return store.Told() >= 1 && p.object(key) == "failed" })
		if _, err := p.outside.Stat(t.Context(), key); err == nil {
			t.Errorf("%s: something is outside under the object's key", lie)
		}
		store.Tell(faulttest.Truth)
		p.eventually(fmt.Sprintf("after the lie (%s) the object is ready\n%s", lie, log), func() bool { return p.object(key) == "ready" })
		p.holds(key, want)
	}
	stop()
	p.objectsAreRight()
}

// What the store outside says of attachments is believed of no one: nothing damaged gets inside.
func TestStoreOfInboundFails(t *testing.T) {
	t.Parallel()
	p := newLoadedPortal(t)
	store := p.behind(t, &p.cfg.Inbound.Outside.Store)
	log, stop := p.process(t)
	for _, lie := range []faulttest.Lie{faulttest.Failing, faulttest.Redirect, faulttest.Abort, faulttest.Garbage} {
		store.Tell(lie)
		id, envelope := p.submit([]byte("attachment under " + lie))
		p.eventually(fmt.Sprintf("the store has lied (%s)", lie), func() bool { return store.Told() >= 2 })
		if n := p.count(p.source, `SELECT count(*) FROM intake.messages WHERE id = $1`, id); n != 0 {
			t.Errorf("%s: a message is inside without its attachment", lie)
		}
		store.Tell(faulttest.Truth)
		p.eventually(fmt.Sprintf("after the lie (%s) the message is inside\n%s", lie, log), func() bool {
			return p.count(p.source, `SELECT count(*) FROM intake.messages WHERE id = $1 AND envelope = $2`, id, envelope) == 1
		})
		p.eventually("it is gone outside", func() bool { return p.count(p.target, `SELECT count(*) FROM inbound.messages WHERE id = $1`, id) == 0 })
	}
	for _, lie := range []faulttest.Lie{faulttest.Flip, faulttest.Truncate, faulttest.Other} {
		store.Tell(lie)
		id, _ := p.submit([]byte("attachment under " + lie))
		p.eventually(fmt.Sprintf("staff see what was damaged (%s)\n%s", lie, log), func() bool {
			return p.count(p.source, `SELECT count(*) FROM intake.refusals WHERE source = 'damaged' AND message_id = $1`, id) == 1
		})
		if n := p.count(p.source, `SELECT count(*) FROM intake.messages WHERE id = $1`, id); n != 0 {
			t.Errorf("%s: a damaged message is inside", lie)
		}
		if n := p.count(p.target, `SELECT count(*) FROM inbound.messages WHERE id = $1`, id); n != 1 {
			t.Errorf("%s: the only copy of a message is gone", lie)
		}
	}
	stop()
}
