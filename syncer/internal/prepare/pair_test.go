package prepare_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/publisher"
)

// pair is a source whose application must never be hurt, and a target.
type pair struct {
	*testing.T

	source, target *pgtest.Database
	cfg            *config.Config
	list           *whitelist.List
}

func newPair(t *testing.T, sql, tables string) *pair {
	t.Helper()
	return newPairOn(t, pgtest.Source(t), pgtest.EmptyApart(t), sql, tables)
}

func newPairOn(t *testing.T, source, target *pgtest.Database, sql, tables string) *pair {
	t.Helper()
	p := &pair{T: t, source: source, target: target}
	p.source.Exec(sql)
	p.write("syncer.yaml", fmt.Sprintf("source: {dsn: %q, admin_dsn: %q, slot: %s, lock_timeout: 200ms}\ntarget: {dsn: %q, admin_dsn: %q}\nwhitelist: whitelist.yaml\n",
		source.As("syncer_reader"), source.DSN, source.Name, target.As("syncer_writer"), target.DSN), tables)
	return p
}

func (p *pair) write(name, cfg, tables string) {
	p.Helper()
	dir := p.TempDir()
	for name, text := range map[string]string{name: cfg, "whitelist.yaml": "version: 1\ntables:\n" + tables} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			p.Fatal(err)
		}
	}
	var err error
	if p.cfg, err = config.Load(filepath.Join(dir, name)); err != nil {
		p.Fatal(err)
	}
	p.relistFrom(filepath.Join(dir, "whitelist.yaml"))
}

// relist is another whitelist.
func (p *pair) relist(tables string) {
	p.Helper()
	path := filepath.Join(p.TempDir(), "whitelist.yaml")
	if err := os.WriteFile(path, []byte("version: 1\ntables:\n"+tables), 0o600); err != nil {
		p.Fatal(err)
	}
	p.relistFrom(path)
}

func (p *pair) relistFrom(path string) {
	p.Helper()
	var err error
	if p.list, err = whitelist.Load(path); err != nil {
		p.Fatal(err)
	}
}

// init runs Init as `syncer init` does, without the load.
func (p *pair) init() error {
	_, err := prepare.Init(p.Context(), p.cfg, p.list, false)
	return err
}

func (p *pair) mustInit() {
	p.Helper()
	if err := p.init(); err != nil {
		p.Fatalf("init: %v", err)
	}
}

// check returns what check says, a line for each finding.
func (p *pair) check() (said string, err error) {
	p.Helper()
	report, err := prepare.Check(p.Context(), p.cfg, p.list)
	if err != nil {
		p.Fatalf("check: %v", err)
	}
	var lines []string
	for _, f := range report.Findings {
		line := string(f.Level) + " " + f.String()
		lines = append(lines, line[:min(len(line), 600)])
	}
	return strings.Join(lines, "\n"), report.Err()
}

// appMay runs statements as the application, each of which must pass.
func (p *pair) appMay(statements ...string) {
	p.Helper()
	for _, sql := range statements {
		if _, err := p.source.Pool.Exec(context.WithoutCancel(p.Context()), sql); err != nil {
			p.Errorf("the application's %s: %v", sql, err)
		}
	}
}

// value asks the source for one text.
func (p *pair) value(sql string, args ...any) (v string) {
	p.Helper()
	if err := p.source.Pool.QueryRow(p.Context(), sql, args...).Scan(&v); err != nil {
		p.Fatalf("%s: %v", sql, err)
	}
	return v
}

// identity is the columns of the table's replica identity in force, "-" when it has none.
func (p *pair) identity(table string) string {
	p.Helper()
	tables, err := publisher.Tables(p.Context(), p.source.Pool, p.list)
	if err != nil {
		p.Fatal(err)
	}
	for _, t := range tables {
		if t.FullName() == table && t.Info != nil {
			return strings.Join(t.Info.IdentityColumns, ",")
		}
	}
	return "-"
}

// session is a connection of its own to a database, outside of the pool.
func (p *pair) session(db *pgtest.Database) *pgx.Conn {
	p.Helper()
	conn, err := pgx.Connect(p.Context(), db.DSN)
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { link.Close(conn) })
	return conn
}

func (p *pair) run(conn *pgx.Conn, sql string) {
	p.Helper()
	if _, err := conn.Exec(context.WithoutCancel(p.Context()), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		p.Fatalf("%s: %v", sql, err)
	}
}
