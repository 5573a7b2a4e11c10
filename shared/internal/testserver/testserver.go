// Package testserver runs a server for tests so that nothing of it outlives the test process: the
// server is killed by the kernel when the test dies, and its folder is swept by the next run when the
// test could not do so itself. It knows no particular server; standard library only.
package testserver

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Account is the system user that servers run as when the tests run as root.
const Account = "portal"

// Credential returns the identity to run servers as: nil means the caller's own. Root gets the system
// user Account, which is created when it is missing, because PostgreSQL refuses to run as root.
func Credential() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup(Account)
	if err != nil {
		if err := addAccount(); err != nil {
			return nil, err
		}
		if u, err = user.Lookup(Account); err != nil {
			return nil, fmt.Errorf("look up system user %s: %w", Account, err)
		}
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(errUID, errGID); err != nil {
		return nil, fmt.Errorf("system user %s: %w", Account, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// addAccount tolerates another test process that adds the same user at this moment.
func addAccount() error {
	var out []byte
	var err error
	for range 5 {
		out, err = exec.Command("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", Account).CombinedOutput() //nolint:gosec // constant arguments
		if _, missing := user.Lookup(Account); err == nil || missing == nil {
			return nil
		}
		<-time.After(200 * time.Millisecond)
	}
	return fmt.Errorf("add system user %s: %w: %s", Account, err, out)
}

// Process is a running server.
type Process struct {
	PID  int
	done chan struct{}
	err  error
}

// Start runs cmd so that the kernel sends it death when this process ends, however it ends. cmd's
// SysProcAttr is replaced; cred may be nil.
func Start(cmd *exec.Cmd, cred *syscall.Credential, death syscall.Signal) (*Process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred, Pdeathsig: death, Setpgid: true}
	p := &Process{done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// Pdeathsig fires when the starting thread ends, so that thread stays for as long as the server.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			p.PID = cmd.Process.Pid
		}
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(cmd.Path), err)
	}
	return p, nil
}

// Done is closed when the server has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Alive reports whether the server still runs.
func (p *Process) Alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Signal sends sig to the server.
func (p *Process) Signal(sig syscall.Signal) error { return syscall.Kill(p.PID, sig) }

// StopWith sends sig and waits for the end; after patience it kills.
func (p *Process) StopWith(sig syscall.Signal, patience time.Duration) error {
	if !p.Alive() {
		return nil
	}
	if err := p.Signal(sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal server: %w", err)
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(patience):
	}
	if err := p.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill server: %w", err)
	}
	<-p.done
	return fmt.Errorf("server did not stop within %s and was killed", patience)
}

// Until polls ready until it is true; it fails when the server ends first or patience runs out.
func (p *Process) Until(ready func() bool, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for !ready() {
		select {
		case <-p.done:
			return fmt.Errorf("server ended while starting: %w", p.err)
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("server was not ready after %s", patience)
		}
	}
	return nil
}

// FreePort returns a TCP port of 127.0.0.1 that is free at this moment.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// RepositoryRoot walks up from the working directory to the folder that holds go.work.
func RepositoryRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("working directory: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.work above the working directory: tests run from inside the repository")
		}
		dir = up
	}
}

// Tail returns the last lines of a log file, for error messages.
func Tail(path string, lines int) string {
	data, err := os.ReadFile(path) //nolint:gosec // a path the test made itself
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
