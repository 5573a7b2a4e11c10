package replication

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
)

// lab is the two servers and what all scenarios share.
type lab struct {
	Options
	source, target *pgtest.Cluster
	dir            string // configurations and logs of the syncers, and the program itself
	report         *Report
	began          time.Time
}

// settings of both servers: durable, as in production, with nothing periodic that would hit one contender
// and spare the other. Each measured leg begins with VACUUM ANALYZE and CHECKPOINT on both sides instead.
// wal_retrieve_retry_interval is PostgreSQL's pause before it starts a worker again; at its 5 s it would
// count against native replication, which is switched on and off here more often than in real life.
var settings = map[string]string{
	"fsync":                       "on",
	"full_page_writes":            "on",
	"wal_level":                   "logical",
	"shared_buffers":              "256MB",
	"max_wal_size":                "16GB",
	"wal_init_zero":               "on",
	"min_wal_size":                "1GB",
	"checkpoint_timeout":          "1h",
	"autovacuum":                  "off",
	"max_connections":             "100",
	"max_worker_processes":        "16",
	"wal_retrieve_retry_interval": "100ms",
	"log_checkpoints":             "off",
}

// roles: the syncer's two, with no more rights than it asks for.
const (
	readerRole = "bench_reader"
	writerRole = "bench_writer"
)

func newLab(ctx context.Context, o Options) (*lab, error) {
	dir, err := os.MkdirTemp("", "portal-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	l := &lab{Options: o, dir: dir, began: time.Now()}
	if err := l.open(ctx); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *lab) open(ctx context.Context) (err error) {
	if err := l.copyProgram(); err != nil {
		return err
	}
	l.note("making two PostgreSQL clusters")
	if l.source, err = pgtest.Launch(pgtest.Options{Settings: settings, OnDisk: true}); err != nil {
		return fmt.Errorf("source: %w", err)
	}
	if l.target, err = pgtest.Launch(pgtest.Options{Settings: settings, OnDisk: true}); err != nil {
		return fmt.Errorf("target: %w", err)
	}
	if err := executeOn(ctx, l.source.DSN("postgres"), "create role "+readerRole+" login replication"); err != nil {
		return err
	}
	if err := executeOn(ctx, l.target.DSN("postgres"), "create role "+writerRole+" login"); err != nil {
		return err
	}
	l.report, err = newReport(ctx, l)
	return err
}

// copyProgram keeps the same syncer for the whole run, whoever builds a new one meanwhile.
func (l *lab) copyProgram() error {
	from, err := os.Open(l.Syncer)
	if err != nil {
		return fmt.Errorf("the syncer is not built: %w; scripts/bench builds it, or name one with --syncer", err)
	}
	defer func() { _ = from.Close() }()
	l.Syncer = filepath.Join(l.dir, "syncer")
	to, err := os.OpenFile(l.Syncer, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o700) //nolint:gosec // a program must be executable
	if err != nil {
		return fmt.Errorf("copy the syncer: %w", err)
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}

// close ends both servers and removes everything, after keeping the logs when asked to.
func (l *lab) close() error {
	var err error
	if l.LogsTo != "" {
		err = l.keepLogs()
	}
	for _, c := range []*pgtest.Cluster{l.source, l.target} {
		if c != nil {
			err = errors.Join(err, c.Close())
		}
	}
	pgtest.Stop()
	return errors.Join(err, os.RemoveAll(l.dir))
}

func (l *lab) keepLogs() error {
	if err := os.MkdirAll(l.LogsTo, 0o750); err != nil {
		return fmt.Errorf("keep logs: %w", err)
	}
	logs, _ := filepath.Glob(filepath.Join(l.dir, "*.log"))
	names := map[string]string{}
	for _, path := range logs {
		names[filepath.Base(path)] = path
	}
	for name, c := range map[string]*pgtest.Cluster{"source-postgresql.log": l.source, "target-postgresql.log": l.target} {
		if c != nil {
			names[name] = c.LogPath()
		}
	}
	for name, path := range names {
		data, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(l.LogsTo, name), data, 0o600)
		}
		if err != nil {
			return fmt.Errorf("keep logs: %w", err)
		}
	}
	l.note("logs are in %s", l.LogsTo)
	return nil
}

// note tells the one who waits.
func (l *lab) note(format string, args ...any) {
	fmt.Fprintf(l.Progress, "%7.1f s  %s\n", time.Since(l.began).Seconds(), fmt.Sprintf(format, args...))
}

// size is n, or a tenth of it in a quick run.
func (l *lab) size(n int) int {
	if l.Quick {
		return n / 10
	}
	return n
}

// checkpoint leaves neither server with work of the past.
func (l *lab) checkpoint(ctx context.Context) error {
	for _, c := range []*pgtest.Cluster{l.source, l.target} {
		if err := executeOn(ctx, c.DSN("postgres"), "checkpoint"); err != nil {
			return err
		}
	}
	return nil
}

func connect(ctx context.Context, dsn string) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return conn, nil
}

func closeConn(conn *pgx.Conn) {
	if conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}
}

// executeOn runs statements, each for itself, on a connection of their own.
func executeOn(ctx context.Context, dsn string, statements ...string) error {
	conn, err := connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer closeConn(conn)
	return execute(ctx, conn, statements...)
}

// execute runs statements, each for itself, in the simple protocol.
func execute(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, sql := range statements {
		if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			return fmt.Errorf("%s: %w", firstLine(sql), err)
		}
	}
	return nil
}
