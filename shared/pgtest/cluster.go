package pgtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/internal/testserver"
)

// patience bounds how long a server may take to start or stop. It only keeps a test from hanging.
const patience = 5 * time.Minute

// Superuser is the superuser of every cluster made here.
const Superuser = "postgres"

// Options shape a cluster. The zero value is good for most tests.
type Options struct {
	Settings map[string]string // server settings that replace or add to those of tests
	OnDisk   bool              // the files are on a disk even if there is room in memory: a benchmark measures it
	Folder   string            // keeps the files there, and takes up the cluster that is there already; "" is a folder that goes with the process
}

// Cluster is a PostgreSQL server of a test's own: trusting, on 127.0.0.1, gone with the process.
type Cluster struct {
	folder  *testserver.Folder
	cred    *syscall.Credential
	bin     string
	port    int
	process *testserver.Process
	paused  []int
}

// New starts a cluster with the portal's roles; it is removed when the test ends.
func New(tb testing.TB, o Options) *Cluster {
	tb.Helper()
	c, err := Launch(o)
	if err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Errorf("pgtest: %v", err)
		}
	})
	if err := createRoles(tb.Context(), c.DSN("postgres")); err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
	return c
}

// Launch makes and starts a cluster outside of a test; the caller closes it.
func Launch(o Options) (*Cluster, error) {
	bin, err := BinDir()
	if err != nil {
		return nil, err
	}
	if err := ensureDictionary(bin); err != nil {
		return nil, err
	}
	cred, err := testserver.Credential()
	if err != nil {
		return nil, err
	}
	folder, err := folderFor(o, cred)
	if err != nil {
		return nil, err
	}
	c := &Cluster{folder: folder, cred: cred, bin: bin}
	if err := errors.Join(c.initialise(o), c.startOnFreePort()); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func folderFor(o Options, cred *syscall.Credential) (*testserver.Folder, error) {
	if o.Folder != "" {
		return testserver.KeepFolder(o.Folder, cred)
	}
	return testserver.NewFolder(cred, !o.OnDisk)
}

// BinDir is the folder of the newest PostgreSQL server installed.
func BinDir() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	if len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed; install it: sudo apt-get install --no-install-recommends postgresql-15 hunspell-uk")
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	if version(newest) < 15 {
		return "", fmt.Errorf("PostgreSQL %d is too old, 15 or newer is needed: sudo apt-get install --no-install-recommends postgresql-15", version(newest))
	}
	return filepath.Dir(newest), nil
}

// testSettings: what syncer needs, quick, and still right after kill -9 (only a power cut would lose
// something: fsync and full_page_writes guard against that alone).
var testSettings = map[string]string{
	"listen_addresses":      "127.0.0.1",
	"wal_level":             "logical",
	"max_wal_senders":       "64",
	"max_replication_slots": "64",
	"max_connections":       "300",
	"shared_buffers":        "64MB",
	"fsync":                 "off",
	"full_page_writes":      "off",
	"max_wal_size":          "256MB", // it is memory
	"wal_init_zero":         "off",
	"timezone":              "UTC",
	"log_timezone":          "UTC",
	"jit":                   "off",
	// Shared memory goes with the data directory: a server that is killed leaves it behind otherwise, hundreds a day.
	"dynamic_shared_memory_type": "mmap",
	"log_line_prefix":            "%m [%p] %u@%d ",
}

func (c *Cluster) initialise(o Options) error {
	if _, err := os.Stat(filepath.Join(c.DataDir(), "PG_VERSION")); err != nil || o.Folder == "" {
		if err := copySeed(c.bin, c.DataDir(), c.cred); err != nil {
			return err
		}
	}
	settings := maps.Clone(testSettings)
	maps.Copy(settings, o.Settings)
	settings["unix_socket_directories"] = c.folder.Path
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&b, "%s = '%s'\n", name, strings.ReplaceAll(settings[name], "'", "''"))
	}
	if o.Folder != "" { // read last, and written whole each time
		if err := os.WriteFile(filepath.Join(c.DataDir(), "postgresql.auto.conf"), []byte(b.String()), 0o644); err != nil { //nolint:gosec // the server's user reads it
			return fmt.Errorf("settings: %w", err)
		}
		return nil
	}
	return c.appendConf(b.String())
}

// Roles makes the roles of the portal's nodes on a cluster outside of a test.
func (c *Cluster) Roles(ctx context.Context) error { return createRoles(ctx, c.DSN("postgres")) }

// appendConf adds lines to postgresql.conf; they count from the next start.
func (c *Cluster) appendConf(lines string) error {
	f, err := os.OpenFile(filepath.Join(c.DataDir(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	_, err = f.WriteString(lines)
	return errors.Join(err, f.Close())
}

// startOnFreePort tries again when somebody else takes the port first.
func (c *Cluster) startOnFreePort() error {
	if _, err := os.Stat(c.DataDir()); err != nil {
		return nil // initialise failed and says so
	}
	var err error
	for range 5 {
		if c.port, err = testserver.FreePort(); err != nil {
			return err
		}
		if err = c.Start(); err == nil {
			return nil
		}
	}
	return err
}

// Start starts the server and waits until it takes connections.
func (c *Cluster) Start() error {
	log, err := os.OpenFile(c.LogPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644) //nolint:gosec // a log of a test server
	if err != nil {
		return fmt.Errorf("server log: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(filepath.Join(c.bin, "postgres"), "-D", c.DataDir(), "-p", strconv.Itoa(c.port)) //nolint:gosec // fixed program
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, c.folder.Path
	// SIGQUIT is immediate shutdown: the server takes its children with it.
	if c.process, err = testserver.Start(cmd, c.cred, syscall.SIGQUIT); err != nil {
		return err
	}
	if err := c.process.Until(c.ready, patience); err != nil {
		return errors.Join(fmt.Errorf("PostgreSQL: %w\n%s", err, testserver.Tail(c.LogPath(), 8)), c.process.StopWith(syscall.SIGQUIT, patience))
	}
	return nil
}

func (c *Cluster) ready() bool {
	// The port may answer for somebody else's server, the pid file is this one's.
	data, err := os.ReadFile(filepath.Join(c.DataDir(), "postmaster.pid"))
	if err != nil || !strings.HasPrefix(string(data), strconv.Itoa(c.process.PID)+"\n") {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.DSN("postgres"))
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}

// Stop stops the server in order (fast shutdown).
func (c *Cluster) Stop() error {
	if c.process == nil {
		return nil
	}
	if err := c.Resume(); err != nil {
		return err
	}
	return c.process.StopWith(syscall.SIGINT, patience)
}

// Restart stops and starts the server.
func (c *Cluster) Restart() error { return errors.Join(c.Stop(), c.Start()) }

// Kill ends the server and all its sessions with SIGKILL, as a crash would; Start recovers.
func (c *Cluster) Kill() error {
	if c.process == nil || !c.process.Alive() {
		return nil
	}
	if err := c.process.Signal(syscall.SIGSTOP); err != nil { // first, so that it makes no more children
		return fmt.Errorf("kill: %w", err)
	}
	family := children(c.process.PID)
	if err := c.process.StopWith(syscall.SIGKILL, patience); err != nil {
		return err
	}
	for _, pid := range family {
		_ = syscall.Kill(pid, syscall.SIGKILL) // may have noticed and gone
	}
	c.paused = nil
	return waitGone(family, patience)
}

// Pause freezes the server with all its sessions: connections stay open and nobody answers.
func (c *Cluster) Pause() error {
	if len(c.paused) > 0 {
		return nil
	}
	if err := c.process.Signal(syscall.SIGSTOP); err != nil { // first, so that it makes no more children
		return fmt.Errorf("pause: %w", err)
	}
	c.paused = append([]int{c.process.PID}, children(c.process.PID)...)
	for _, pid := range c.paused[1:] {
		_ = syscall.Kill(pid, syscall.SIGSTOP) // a session may have just ended
	}
	return nil
}

// Resume lets a paused server go on.
func (c *Cluster) Resume() error {
	for _, pid := range c.paused {
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("resume: %w", err)
		}
	}
	c.paused = nil
	return nil
}

// Close stops the server and removes its files.
func (c *Cluster) Close() error { return errors.Join(c.Stop(), c.folder.Remove()) }

// DSN is the superuser's DSN for a database.
func (c *Cluster) DSN(database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", Superuser, c.port, database)
}

// Node makes a database with all migrations of a node, "internal" or "external", outside of a test. It goes with the cluster.
func (c *Cluster) Node(ctx context.Context, node string) (dsn string, err error) {
	admin := c.DSN("postgres")
	if err := createRoles(ctx, admin); err != nil {
		return "", err
	}
	template, err := ensureTemplate(ctx, admin, map[string]kind{"internal": internalKind, "external": externalKind}[node])
	if err != nil {
		return "", err
	}
	name := node + "_" + randomName()
	if err := adminExec(ctx, admin, fmt.Sprintf("create database %s owner %s template %s", name, Owner, template)); err != nil {
		return "", err
	}
	return withUser(admin, Owner, name)
}

// Database makes an empty database on this cluster for the test.
func (c *Cluster) Database(tb testing.TB) *Database {
	tb.Helper()
	return create(tb, c.DSN("postgres"), "template0")
}

// Port is the TCP port on 127.0.0.1; it stays the same over restarts.
func (c *Cluster) Port() int { return c.port }

// DataDir is the server's data folder.
func (c *Cluster) DataDir() string { return filepath.Join(c.folder.Path, "data") }

// LogPath is the server's log file.
func (c *Cluster) LogPath() string { return filepath.Join(c.folder.Path, "server.log") }
