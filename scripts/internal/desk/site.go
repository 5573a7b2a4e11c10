package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"portal.example/shared/pgtest"
)

// patience is how long the site may take to start or to end.
const patience = 2 * time.Minute

// site is the staff site over one of the regions.
type site struct {
	cases int
	url   string
	cmd   *exec.Cmd
	ended chan error
}

// config writes the configuration of the site over a database and returns its path; port 0 is for commands that serve nothing.
func (l *lab) config(name string, port int) string {
	as := func(role string) string {
		return strings.Replace(l.cluster.DSN(name), "//"+pgtest.Superuser+"@", "//"+role+"@", 1)
	}
	objects := l.store.Config("documents")
	text := fmt.Sprintf("listen: 127.0.0.1:%d\noperations: {listen: \"127.0.0.1:%d\"}\nbase_url: http://127.0.0.1:%d\ndatabase: {dsn: %q, owner_dsn: %q}\n"+
		"objects: {endpoint: %q, access_key: %q, secret_key: %q}\n",
		port, max(0, port-1), port, as("internal_site"), as("portal_owner"), objects.Endpoint, objects.AccessKey, objects.SecretKey)
	path := filepath.Join(l.dir, fmt.Sprintf("%s-%d.yaml", name, port))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err) // a folder made just now
	}
	return path
}

// command runs the site's program to its end.
func (l *lab) command(ctx context.Context, label string, args ...string) error {
	out, err := exec.CommandContext(ctx, l.Site, args...).CombinedOutput() //nolint:gosec // the portal's own program
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", label, err, out)
	}
	return nil
}

// serve starts the site over the region with so many cases, and waits until it answers.
func (l *lab) serve(ctx context.Context, cases int) (*site, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &site{cases: cases, url: fmt.Sprintf("http://127.0.0.1:%d", port), ended: make(chan error, 1)}
	log, err := os.Create(filepath.Join(l.dir, fmt.Sprintf("site-%d.log", cases)))
	if err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	defer func() { _ = log.Close() }()
	s.cmd = exec.Command(l.Site, "serve", "--config", l.config(database(cases), port)) //nolint:gosec // the portal's own program
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the site: %w", err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	for deadline := time.Now().Add(patience); ; {
		if s.answers(ctx) {
			return s, nil
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			said, _ := os.ReadFile(log.Name())
			return nil, fmt.Errorf("the site ended: %w\n%s", err, said)
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), s.stop())
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return nil, errors.Join(errors.New("the site does not answer"), s.stop())
		}
	}
}

func (s *site) answers(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/sign-in", nil)
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

func (s *site) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	select {
	case err := <-s.ended:
		if err != nil {
			return fmt.Errorf("the site ended: %w", err)
		}
		return nil
	case <-time.After(patience):
		return errors.Join(errors.New("the site did not end"), s.cmd.Process.Kill())
	}
}

// freePort finds two ports beside each other: the site's and, before it, that of its health page.
func freePort() (int, error) {
	for range 20 {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 0, fmt.Errorf("find a port: %w", err)
		}
		port := first.Addr().(*net.TCPAddr).Port
		second, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+1))
		_ = first.Close()
		if err == nil {
			_ = second.Close()
			return port + 1, nil
		}
	}
	return 0, errors.New("no two free ports beside each other")
}
