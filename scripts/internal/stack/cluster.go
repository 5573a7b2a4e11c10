package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is the PostgreSQL server of one node.
type cluster struct {
	layout    Layout
	node      string // internal or external
	port      int    // offset
	passwords map[string]string
	roleFile  string
	cred      *syscall.Credential
	home      string
	bin       string
}

func newCluster(l Layout, node string, port int, passwords map[string]string) (*cluster, error) {
	cred, err := clusterCredential()
	if err != nil {
		return nil, err
	}
	home, err := clusterHome(l, node, cred)
	if err != nil {
		return nil, err
	}
	c := &cluster{
		layout: l, node: node, port: port, passwords: passwords, cred: cred, home: home,
		roleFile: filepath.Join(l.Root, "deploy/sql", node+"-roles.sql"),
	}
	c.bin, err = serverFor(c.dataDir())
	return c, err
}

func (c *cluster) dataDir() string { return filepath.Join(c.home, "data") }

// serverFor finds the programs of the version that made the data folder, or the newest.
func serverFor(dataDir string) (string, error) {
	if made, err := os.ReadFile(filepath.Join(dataDir, "PG_VERSION")); err == nil { //nolint:gosec // a path of our own
		version := strings.TrimSpace(string(made))
		bin := filepath.Join("/usr/lib/postgresql", version, "bin")
		if _, err := os.Stat(filepath.Join(bin, "postgres")); err != nil {
			return "", fmt.Errorf("the demo's data is of PostgreSQL %s, which is not installed; install it, or begin anew with scripts/demo reset", version)
		}
		return bin, nil
	} else if errors.Is(err, os.ErrPermission) {
		return "", fmt.Errorf("%s belongs to another user: run scripts/demo as that user, or delete it", dataDir)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed; scripts/demo says how")
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// prepare makes the data folder when it is missing and writes the settings, which follow the port base.
func (c *cluster) prepare() error {
	if _, err := os.Stat(filepath.Join(c.dataDir(), "PG_VERSION")); err != nil {
		if err := c.initialise(); err != nil {
			return err
		}
	}
	if err := c.write("portal.conf", c.settings()); err != nil {
		return err
	}
	return c.write("pg_hba.conf", c.access())
}

// initialise builds the folder under another name first: one that exists is whole.
func (c *cluster) initialise() error {
	building, password := c.dataDir()+".new", filepath.Join(c.home, "password")
	if err := os.RemoveAll(building); err != nil {
		return fmt.Errorf("remove half-made folder: %w", err)
	}
	if err := c.writeOwned(password, c.passwords[superuser]+"\n"); err != nil {
		return err
	}
	defer func() { _ = os.Remove(password) }()
	cmd := exec.Command(filepath.Join(c.bin, "initdb"), "--pgdata="+building, "--username="+superuser, //nolint:gosec // fixed program
		"--auth=scram-sha-256", "--pwfile="+password, "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions")
	cmd.Dir, cmd.SysProcAttr = c.home, &syscall.SysProcAttr{Credential: c.cred}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make the %s PostgreSQL cluster: %w\n%s", c.node, err, indent(string(bytes.TrimSpace(out))))
	}
	conf, err := os.OpenFile(filepath.Join(building, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0) //nolint:gosec // a path of our own
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	_, err = conf.WriteString("\ninclude 'portal.conf'\n")
	if err := errors.Join(err, conf.Close(), os.Rename(building, c.dataDir())); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}

// settings of a small server. Only the inner node's log is read by the syncer.
func (c *cluster) settings() string {
	level := "replica"
	if c.node == "internal" {
		level = "logical"
	}
	return fmt.Sprintf(`# Written by scripts/demo on every start.
listen_addresses = '127.0.0.1'
port = %d
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
wal_level = %s
max_connections = 100
shared_buffers = 128MB
max_wal_size = 512MB
max_slot_wal_keep_size = 4GB
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%%m [%%p] %%u@%%d '
log_error_verbosity = terse # details hold values of rows
jit = off
`, c.layout.Base+c.port, level)
}

// access lets in exactly the roles of this node, by password, from this machine.
func (c *cluster) access() string {
	var b strings.Builder
	b.WriteString("# Written by scripts/demo on every start. The real thing: deploy/postgresql/pg_hba." + c.node + ".conf\n")
	fmt.Fprintf(&b, "host all %s 127.0.0.1/32 scram-sha-256\n", superuser)
	for _, role := range c.roles() {
		fmt.Fprintf(&b, "host %s %s 127.0.0.1/32 scram-sha-256\n", database, role)
	}
	return b.String()
}

// roles of this node besides the superuser, in order.
func (c *cluster) roles() []string {
	var names []string
	for name := range c.passwords {
		if name != superuser {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (c *cluster) write(name, text string) error {
	return c.writeOwned(filepath.Join(c.dataDir(), name), text)
}

func (c *cluster) writeOwned(path, text string) error {
	if err := writeFile(path, []byte(text)); err != nil {
		return err
	}
	if c.cred == nil {
		return nil
	}
	if err := os.Chown(path, int(c.cred.Uid), int(c.cred.Gid)); err != nil {
		return fmt.Errorf("hand over %s: %w", path, err)
	}
	return nil
}

func (c *cluster) service() *service {
	return &service{
		name: "postgresql-" + c.node, cred: c.cred, dir: c.home, stopWith: syscall.SIGINT, // fast shutdown
		argv:    []string{filepath.Join(c.bin, "postgres"), "-D", c.dataDir()},
		logPath: c.layout.log("postgresql-" + c.node),
		ready: func(ctx context.Context) error {
			conn, err := pgx.Connect(ctx, c.dsn("postgres"))
			if err != nil {
				return fmt.Errorf("connect: %w", err)
			}
			return conn.Close(ctx)
		},
	}
}

// dsn is the superuser's, for a database of this cluster.
func (c *cluster) dsn(name string) string {
	return strings.Replace(c.layout.dsn(c.port, superuser, c.passwords[superuser]), "/"+database+"?", "/"+name+"?", 1)
}

// provide makes roles, passwords and the database; all of it may be there already.
func (c *cluster) provide(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.dsn("postgres"))
	if err != nil {
		return fmt.Errorf("connect to the %s cluster: %w", c.node, err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	roles, err := os.ReadFile(c.roleFile)
	if err != nil {
		return fmt.Errorf("roles: %w", err)
	}
	statements := []string{string(roles)}
	for _, role := range c.roles() {
		// Passwords are base32 of our own making; ALTER ROLE takes no parameters.
		statements = append(statements, fmt.Sprintf("alter role %s password '%s'", role, c.passwords[role]))
	}
	var there bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", database).Scan(&there); err != nil {
		return fmt.Errorf("look up database: %w", err)
	}
	if err := run(ctx, conn, statements); err != nil {
		return fmt.Errorf("%s roles: %w", c.node, err)
	}
	if there {
		return nil
	}
	return run(ctx, conn, []string{
		"create database " + database + " owner " + ownerRole + " template template0",
		"revoke all on database " + database + " from public",
		"grant connect on database " + database + " to " + strings.Join(c.roles(), ", "),
	})
}

func run(ctx context.Context, conn *pgx.Conn, statements []string) error {
	for _, sql := range statements {
		if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			return fmt.Errorf("run SQL: %w", err)
		}
	}
	return nil
}
