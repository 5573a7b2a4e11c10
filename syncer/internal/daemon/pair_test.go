package daemon_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/blobtest"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/status"
)

func TestMain(m *testing.M) {
	pgtest.Parallel(10)
	code := pgtest.Run(m, blobtest.Stop, func() { _ = errors.Join(os.RemoveAll(binaryDir), os.RemoveAll(explosiveDir)) })
	if err := leaks(); err != nil && code == 0 { // a test that failed may leave anything
		fmt.Fprintln(os.Stderr, "FAIL:", err)
		code = 1
	}
	os.Exit(code)
}

// pair is a source and a target of a test's own, with nothing of the portal in them, and the roles of the
// demo: a reader that owns nothing, a writer that owns nothing, an owner for init.
type pair struct {
	t      testing.TB
	source *pgtest.Database
	target *pgtest.Database
	dir    string
	cfg    *config.Config
	list   *whitelist.List
	ended  atomic.Pointer[error] // of the last syncer that start started
}

// newPair runs sql on the source and uses the whitelist's tables (YAML below "tables:").
func newPair(t testing.TB, sql, tables string) *pair {
	t.Helper()
	return newPairOn(t, pgtest.Source(t), pgtest.EmptyApart(t), sql, tables)
}

func newPairOn(t testing.TB, source, target *pgtest.Database, sql, tables string) *pair {
	t.Helper()
	p := &pair{t: t, source: source, target: target, dir: t.TempDir()}
	if sql != "" {
		p.source.Exec(sql)
	}
	p.write("whitelist.yaml", "version: 1\ntables:\n"+tables)
	p.write("syncer.yaml", fmt.Sprintf(`
source: {dsn: %q, admin_dsn: %q, slot: %s, heartbeat: 1s}
target: {dsn: %q, admin_dsn: %q, readers: [external_site], copy_workers: 2}
whitelist: whitelist.yaml
`, p.source.As("syncer_reader"), p.source.DSN, p.source.Name, p.target.As("syncer_writer"), p.target.DSN))
	p.load()
	return p
}

func (p *pair) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) path() string { return filepath.Join(p.dir, "syncer.yaml") }

func (p *pair) load() {
	p.t.Helper()
	var err error
	if p.cfg, err = config.Load(p.path()); err != nil {
		p.t.Fatal(err)
	}
	if p.list, err = whitelist.Load(p.cfg.Whitelist); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) daemon() *daemon.Daemon {
	log := slog.New(slog.NewTextHandler(writer{p.t}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return &daemon.Daemon{Config: p.cfg, List: p.list, Log: log, Live: status.NewLive(p.cfg.StaleAfter)}
}

// writer sends a logger's lines to the test's log.
type writer struct{ t testing.TB }

func (w writer) Write(b []byte) (int, error) {
	defer func() { _ = recover() }() // a line that comes after the test's end
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// dropSlots drops the replication slots of the source for which a condition holds, each once the server has noticed that whoever used it
// is gone: a syncer has ended before its session has.
func (p *pair) dropSlots(where string, args ...any) {
	p.t.Helper()
	ctx := context.Background() // also after the test's own
	conn, err := pgx.Connect(ctx, p.source.AdminDSN())
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	awaittest.Until(p.t, "the slots are free", func() bool {
		_, err := conn.Exec(ctx, `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE `+where, args...)
		if err != nil && pg.Code(err) != "55006" {
			p.t.Fatal(err)
		}
		return err == nil
	})
}

// dropSlot drops the slot of the stream.
func (p *pair) dropSlot() {
	p.t.Helper()
	p.dropSlots(`slot_name = $1`, p.cfg.Source.Slot)
}

func (p *pair) init() {
	p.t.Helper()
	if _, err := prepare.Init(p.t.Context(), p.cfg, p.list, false); err != nil {
		p.t.Fatalf("init: %v", err)
	}
	if err := p.daemon().Load(p.t.Context()); err != nil {
		p.t.Fatalf("load: %v", err)
	}
}

// catchUp runs a syncer until everything committed so far is applied.
func (p *pair) catchUp() error {
	ctx, cancel := context.WithTimeout(p.t.Context(), awaittest.Guard)
	defer cancel()
	d := p.daemon()
	// The test is connected to the source already; a syncer would open a session just to ask where the source is.
	err := p.source.Pool.QueryRow(ctx, `SELECT pg_logical_emit_message(true, 'test', '')::text`).Scan(&d.Until)
	d.UntilCurrent = err != nil // the syncer says what is wrong
	err = d.Run(ctx)
	if err == nil && ctx.Err() != nil {
		err = errors.New("did not catch up")
	}
	return err
}

// start runs a syncer until the test or stop ends it.
func (p *pair) start() (stop func() error) {
	ctx, cancel := context.WithCancel(p.t.Context())
	done := make(chan error, 1)
	p.ended.Store(nil)
	go func() {
		err := p.daemon().Run(ctx)
		p.ended.Store(&err)
		done <- err
	}()
	return func() error {
		cancel()
		err := <-done
		p.ended.Store(nil) // it was to end: what is waited for now comes from elsewhere
		return err
	}
}

// meanwhile runs write with 1, 2, 3 … until stop, which waits for the last one to end. A statement is never cancelled: it may still be committed
// after its client has gone, and a test would then compare the target with something later than what it has waited for.
func (p *pair) meanwhile(pause time.Duration, write func(ctx context.Context, n int) error) (stop func()) {
	ctx, cancel := context.WithCancel(p.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for n := range awaittest.Rounds(ctx, pause) {
			if err := write(context.WithoutCancel(ctx), n); err != nil && ctx.Err() == nil {
				p.t.Errorf("what is written meanwhile: %v", err)
			}
		}
	}()
	stop = func() { cancel(); <-ended }
	p.t.Cleanup(stop)
	return stop
}

// equal fails unless the target holds exactly the projection of the source.
func (p *pair) equal() {
	p.t.Helper()
	for _, w := range p.list.Tables {
		want, have := p.projection(p.source, w, true), p.projection(p.target, w, false)
		if !slices.Equal(want, have) {
			p.t.Errorf("%s differs: %d rows in the source, %d on the target\nonly source: %s\nonly target: %s",
				w.FullName(), len(want), len(have), without(want, have), without(have, want))
		}
	}
}

// without returns the first few of a that are not in b, shortened.
func without(a, b []string) (rest []string) {
	in := map[string]bool{}
	for _, s := range b {
		in[s] = true
	}
	for _, s := range a {
		if !in[s] && len(rest) < 5 {
			rest = append(rest, s[:min(len(s), 90)])
		}
	}
	return rest
}

func (p *pair) projection(db *pgtest.Database, w whitelist.Table, filtered bool) []string {
	p.t.Helper()
	columns := relation.QuoteList("", w.Columns)
	from := relation.Quote(w.Schema, w.Name)
	if filtered && p.count(p.source, `SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE c.oid = $1::text::regclass AND c.relkind = 'r'`, from) > 0 {
		from = "ONLY " + from // what other tables inherit from it is not the table's own
	}
	sql := "SELECT (" + columns + ",0)::text FROM " + from
	if filtered && w.Where != "" {
		sql += " WHERE " + w.Where
	}
	rows, err := db.Pool.Query(p.t.Context(), strings.Replace(sql, "(", "ROW(", 1)+" ORDER BY 1")
	if err != nil {
		p.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

// eventually waits for a condition that another process brings about.
func (p *pair) eventually(what string, ok func() bool) {
	p.t.Helper()
	awaittest.Until(p.t, what, func() bool {
		if ok() {
			return true
		}
		if err := p.ended.Swap(nil); err != nil {
			p.t.Fatalf("the syncer ended while waiting for: %s: %v", what, *err)
		}
		return false
	})
}

// eventuallyEnded waits until the syncer that start started has ended by itself.
func (p *pair) eventuallyEnded() {
	p.t.Helper()
	awaittest.Until(p.t, "the syncer ends by itself", func() bool { return p.ended.Load() != nil })
}

// waitFor returns when the target has applied everything the source has committed by now.
func (p *pair) waitFor() {
	p.t.Helper()
	var lsn string
	if err := p.source.Pool.QueryRow(p.t.Context(), `SELECT pg_logical_emit_message(true, 'test', '')::text`).Scan(&lsn); err != nil {
		p.t.Fatal(err)
	}
	p.eventually("target passes "+lsn, func() bool {
		var ok bool
		err := p.target.Pool.QueryRow(p.t.Context(), `SELECT coalesce(bool_or(applied_lsn >= $1::text::pg_lsn), false) FROM sync.progress`, lsn).Scan(&ok)
		return err == nil && ok
	})
}

// asAdmin runs SQL as superuser on both sides.
func (p *pair) asAdmin(sql string) {
	p.t.Helper()
	for _, db := range []*pgtest.Database{p.source, p.target} {
		conn, err := pgx.Connect(p.t.Context(), db.AdminDSN())
		if err != nil {
			p.t.Fatal(err)
		}
		_, err = conn.PgConn().Exec(p.t.Context(), sql).ReadAll()
		if err = errors.Join(err, conn.Close(p.t.Context())); err != nil {
			p.t.Fatalf("%v\n%s", err, sql)
		}
	}
}
