package daemon_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/status"
)

// page reads what a unit serves; "" while it does not.
func (one *process) page(name string) string {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(strings.TrimSuffix(one.health, "healthz") + name) //nolint:noctx // the client has a deadline
	if err != nil {
		return ""
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(resp.Body)
	return string(text)
}

// comparing adds a section compare to the writer's file. The reader's needs none.
func (u *units) comparing(section string) {
	u.t.Helper()
	path := filepath.Join(u.folder, "writer.yaml")
	text, err := os.ReadFile(path) //nolint:gosec // a test's own
	if err != nil {
		u.t.Fatal(err)
	}
	rest := string(text)
	if strings.HasPrefix(rest, "compare: ") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	u.file("writer.yaml", []byte("compare: "+section+"\n"+rest), 0o644)
}

// The split installation compares as `run` does: what differs is in the writer's metrics and health and in status, and is
// mended where that is configured, though neither process knows both sides.
func TestThreeProcessesCompare(t *testing.T) {
	t.Parallel()
	u := newUnits(t)
	keys := make([]string, 5)
	for n := range keys {
		keys[n] = u.portal.file(fmt.Appendf(nil, "document %d", n), true)
	}
	u.comparing("{every: 3s, objects: 3s}")
	if _, err := prepare.Init(t.Context(), u.cfg, u.list, false); err != nil {
		t.Fatal(err)
	}
	u.startAll()
	u.loaded()
	u.eventually("the objects are ready", func() bool {
		return u.count(u.target, `SELECT count(*) FROM sync.objects WHERE state = 'ready'`) == len(keys)
	})
	u.target.Exec(`UPDATE documents.files SET title = 'damaged' WHERE object_key = $1`, keys[0])
	if _, err := u.outside.PutBytes(t.Context(), keys[1], []byte("DOCUMENT 1"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	u.eventually("both are found", func() bool {
		return u.count(u.target, `SELECT count(*) FROM sync.differences WHERE what = 'rows' AND name = 'documents.files' AND rows = 1`) == 1 &&
			u.count(u.target, `SELECT count(*) FROM sync.differences WHERE what = 'object' AND name = $1`, keys[1]) == 1
	})
	writer := u.all["writer"]
	u.eventually("metrics and health tell", func() bool {
		m, h := writer.page("metrics"), writer.page("healthz")
		return strings.Contains(m, `syncer_differing_rows{table="documents.files"} 1`) && strings.Contains(m, "\nsyncer_differing_objects 1") &&
			strings.Contains(h, "documents.files differs in 1 rows") && strings.Contains(h, keys[1]+" is different")
	})
	for _, page := range []string{writer.page("healthz"), writer.said.String(), u.all["reader"].said.String()} {
		if strings.Contains(page, "damaged") || strings.Contains(page, "canary") {
			t.Errorf("what rows hold is told: %s", page)
		}
	}
	if err := writer.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-writer.ended
	u.comparing("{every: 3s, objects: 3s, repair: true}")
	u.start("writer", writerUser)
	u.eventually("both are mended", func() bool {
		return u.count(u.target, `SELECT count(*) FROM sync.differences`) == 0 && u.count(u.target, `SELECT count(*) FROM documents.files WHERE title = 'damaged'`) == 0
	})
	if data, err := u.outside.ReadAll(t.Context(), keys[1], "", 1000); err != nil || string(data) != "document 1" {
		t.Errorf("outside: %q %v", data, err)
	}
	u.equal()
}

// Objects are read whole by turns: other bytes of the same length, and one that is gone, are found and named, and are well again
// once they are copied.
func TestObjectsAreReadByTurns(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	p.cfg.Compare.Every, p.cfg.Compare.Objects = config.Interval(time.Hour), config.Interval(time.Second)
	keys := make([]string, 4)
	for n := range keys {
		keys[n] = p.file(fmt.Appendf(nil, "document %d", n), true)
	}
	p.init()
	stop := p.start()
	defer func() { _ = stop() }()
	p.eventually("all are read", func() bool {
		return p.count(p.target, `SELECT count(*) FROM sync.compared WHERE objects_whole_at IS NOT NULL AND (SELECT count(*) FROM sync.objects WHERE state = 'ready') = 4`) == 1
	})
	if got := p.differing(); got != "" {
		t.Fatalf("of objects that nobody touched it says: %s", got)
	}
	if _, err := p.outside.PutBytes(t.Context(), keys[2], []byte("DOCUMENT 2"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	if err := p.outside.Remove(t.Context(), keys[3]); err != nil && !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	p.eventually("both are found", func() bool {
		return p.count(p.target, `SELECT count(*) FROM sync.differences WHERE what = 'object'`) == 2
	})
	r := status.Ask(t.Context(), p.cfg, status.Options{})
	if said := strings.Join(r.Problems, "\n"); !strings.Contains(said, keys[2]+" is different since") || !strings.Contains(said, keys[3]+" is missing since") {
		t.Errorf("status says %q", said)
	}
	p.target.Exec(`UPDATE sync.objects SET state = 'waiting', attempts = 0, next_try_at = now() WHERE key = ANY ($1)`, keys[2:]) // as `syncer repair --deep` does
	p.eventually("both are well again", func() bool { return p.differing() == "" })
}
