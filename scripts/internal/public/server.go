package public

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
)

//go:embed region.sql
var regionSQL string

// patience is how long a server may take to start or to end.
const patience = 2 * time.Minute

// provide makes a region.
func (l *lab) provide(ctx context.Context, r region) error {
	admin, err := pgx.Connect(ctx, l.cluster.DSN("postgres"))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer admin.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it is not needed any more
	if _, err := admin.Exec(ctx, "create database "+r.name+" owner portal_owner template template0 locale_provider icu icu_locale 'uk' encoding 'UTF8'"); err != nil {
		return fmt.Errorf("create a database: %w", err)
	}
	if out, err := exec.CommandContext(ctx, l.Site, "migrate", "--config", l.config(r.name, 0)).CombinedOutput(); err != nil { //nolint:gosec // the portal's own program
		return fmt.Errorf("migrate: %w\n%s", err, out)
	}
	conn, err := pgx.Connect(ctx, l.cluster.DSN(r.name))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it is not needed any more
	sql := strings.NewReplacer(":services", strconv.Itoa(r.services), ":centres", strconv.Itoa(r.centres)).Replace(regionSQL)
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("fill the region: %w", err)
	}
	return nil
}

// server is a program that answers requests.
type server struct {
	url, addr string
	cmd       *exec.Cmd
	ended     chan error
}

// config writes the configuration of the site over a database and returns its path; port 0 is for commands that serve nothing.
func (l *lab) config(name string, port int) string {
	as := func(role string) string {
		return strings.Replace(l.cluster.DSN(name), "//"+pgtest.Superuser+"@", "//"+role+"@", 1)
	}
	objects := l.store.Config("documents")
	text := fmt.Sprintf("listen: 127.0.0.1:%d\nbase_url: http://127.0.0.1:%d\ndatabase: {dsn: %q, owner_dsn: %q}\n"+
		"objects: {endpoint: %q, access_key: %q, secret_key: %q}\n",
		port, port, as("external_site"), as("portal_owner"), objects.Endpoint, objects.AccessKey, objects.SecretKey)
	path := filepath.Join(l.dir, fmt.Sprintf("%s-%d.yaml", name, port))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err) // a folder made just now
	}
	return path
}

// serve starts the site over a region.
func (l *lab) serve(ctx context.Context, name string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return l.start(ctx, port, filepath.Join(l.dir, name+".log"), l.Site, "serve", "--config", l.config(name, port))
}

// start starts a program and waits until it answers.
func (l *lab) start(ctx context.Context, port int, log, program string, args ...string) (*server, error) {
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	s := &server{url: "http://" + addr, addr: addr, ended: make(chan error, 1)}
	out, err := os.Create(log) //nolint:gosec // in our folder
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	defer func() { _ = out.Close() }()
	s.cmd = exec.Command(program, args...) //nolint:gosec // ours or nginx
	s.cmd.Stdout, s.cmd.Stderr = out, out
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(program), err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if conn, err := net.Dial("tcp", addr); err == nil {
			_ = conn.Close()
			if answers(ctx, s.url+pages[0].Path) {
				return s, nil
			}
		}
		select {
		case err := <-s.ended:
			said, _ := os.ReadFile(log) //nolint:gosec // in our folder
			return nil, fmt.Errorf("%s ended: %w\n%s", filepath.Base(program), err, said)
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), s.stop())
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil, errors.Join(errors.New(program+" does not answer"), s.stop())
}

func answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	select {
	case err := <-s.ended:
		if err != nil {
			return fmt.Errorf("%s ended: %w", filepath.Base(s.cmd.Path), err)
		}
		return nil
	case <-time.After(patience):
		return errors.Join(errors.New("it did not end"), s.cmd.Process.Kill())
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a port: %w", err)
	}
	defer listener.Close() //nolint:errcheck // it only showed a free port
	return listener.Addr().(*net.TCPAddr).Port, nil
}
