package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/status"
)

// running is `syncer run` in this process.
type running struct {
	stop  context.CancelFunc
	ended chan struct{}
	code  int
	mu    sync.Mutex
	said  bytes.Buffer
}

func (r *running) Write(text []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.Write(text)
}

func (r *running) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.String()
}

func (p installation) start(t *testing.T) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{stop: cancel, ended: make(chan struct{})}
	go func() {
		defer close(r.ended)
		r.code = run(ctx, []string{"run", "--config", p.config}, r, r)
	}()
	t.Cleanup(func() {
		cancel()
		<-r.ended
		if t.Failed() {
			t.Logf("the syncer said:\n%s", r.log())
		}
	})
	return r
}

// report is `status --json`.
func (p installation) report(t *testing.T) (r status.Report) {
	t.Helper()
	out, problems, _ := syncer(t, "status", "--json", "--config", p.config)
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s%s", err, out, problems)
	}
	return r
}

// until looks again and again at the report until it is as wanted.
func (p installation) until(t *testing.T, what string, wanted func(status.Report) bool) status.Report {
	t.Helper()
	var r status.Report
	awaittest.Until(t, what, func() bool { r = p.report(t); return wanted(r) }, func() string { return fmt.Sprintf("the last report is %+v", r) })
	return r
}

// has counts rows on the target.
func (p installation) has(t *testing.T, where string) (n int) {
	t.Helper()
	if err := p.to.Open(p.to.AdminDSN()).QueryRow(t.Context(), "SELECT count(*) FROM items WHERE "+where).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func follows(r status.Report) bool { return r.Follows() && r.LagBytes != nil && *r.LagBytes < 10_000 }

// A running syncer obeys pause and resume, says so, and a pause outlives it.
func TestARunningSyncerObeys(t *testing.T) {
	t.Parallel()
	p := newInstallation(t)
	r := p.start(t)
	p.until(t, "streaming", follows)
	p.says(t, 0, "HEALTHY", "status")
	p.says(t, 0, "paused at", "pause --reason reindexing")
	p.from.Exec(`INSERT INTO items SELECT n, repeat('x', 100) FROM generate_series(1000, 2999) n`)
	p.until(t, "a lag while it is paused", func(r status.Report) bool {
		return r.State == "paused" && r.LagBytes != nil && *r.LagBytes > 100_000
	})
	if n := p.has(t, "id >= 1000"); n != 0 {
		t.Errorf("%d rows were applied during a pause", n)
	}
	out := p.says(t, 1, "PAUSED", "status")
	if !strings.Contains(out, "reindexing") {
		t.Errorf("nobody is named:\n%s", out)
	}
	r.stop()
	<-r.ended
	p.start(t)
	p.until(t, "paused again after a new start", func(r status.Report) bool { return r.State == "paused" && r.Running })
	if n := p.has(t, "id >= 1000"); n != 0 {
		t.Errorf("%d rows were applied by the next syncer during the pause", n)
	}
	p.says(t, 0, "applying again", "resume")
	p.until(t, "everything applied", func(r status.Report) bool { return follows(r) && p.has(t, "id >= 1000") == 2000 })
}

// A row that the target refuses stops the stream; the transaction that holds it is left out as a whole when the operator
// says so, and nothing else is.
func TestATransactionIsLeftOut(t *testing.T) {
	t.Parallel()
	p := newInstallation(t)
	admin(t, p.to, `ALTER TABLE items ADD CHECK (id <> 777)`)
	r := p.start(t)
	p.until(t, "streaming", follows)
	p.from.Exec(`INSERT INTO items VALUES (776, 'same transaction'), (777, 'refused')`)
	stuck := p.until(t, "an error", func(r status.Report) bool { return r.State == "error" && strings.Contains(r.Error, "public.items") })
	p.from.Exec(`INSERT INTO items VALUES (778, 'later')`)
	lsn := stuck.PoisonLSN
	if lsn == "" || !strings.Contains(stuck.Error, lsn) || !strings.Contains(stuck.Error, "777") || strings.Contains(stuck.Error, "refused") {
		t.Fatalf("the error names no transaction, no key, or the row's content: %s", stuck.Error)
	}
	p.says(t, 3, "use --lsn "+lsn, "skip --lsn FF/1")
	p.says(t, 0, "", "skip --lsn "+lsn)
	awaittest.Receive(t, "the syncer ends with the error", r.ended)
	p.start(t)
	p.until(t, "the next transaction", func(r status.Report) bool { return follows(r) && p.has(t, "id = 778") == 1 })
	if n := p.has(t, "id IN (776, 777)"); n != 0 {
		t.Errorf("%d rows of the transaction that was left out are there", n)
	}
	if r := p.report(t); r.SkipLSN != "" {
		t.Errorf("the request stays: %s", r.SkipLSN)
	}
	p.says(t, 3, "items", "compare")
}
