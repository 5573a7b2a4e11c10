package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// envMark stands in the environment of every process of a copy, so that the next start finds those that
// a killed supervisor left behind.
const envMark = "PORTAL_DEMO_RUN"

// service is one long-running process: how to run it, how to see that it works, how to end it.
type service struct {
	name     string
	argv     []string
	env      []string
	dir      string
	cred     *syscall.Credential
	logPath  string
	ready    func(ctx context.Context) error
	stopWith syscall.Signal

	mu  sync.Mutex
	pid int
}

const (
	patienceStart = 90 * time.Second // until a service works, on a busy machine
	patienceStop  = 20 * time.Second // until a service has ended, then it is killed
	backoffFirst  = 500 * time.Millisecond
	backoffLast   = 30 * time.Second
	logLimit      = 16 << 20
)

func (s *service) setPID(pid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid = pid
}

func (s *service) currentPID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pid
}

// keep runs the service until ctx ends, and again whenever it ends by itself. report hears of each end,
// changed is called whenever a process has come or gone.
func (s *service) keep(ctx context.Context, report func(string), changed func()) {
	pause := backoffFirst
	for {
		began := time.Now()
		err := s.runOnce(ctx, changed)
		changed()
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > time.Minute {
			pause = backoffFirst
		}
		report(fmt.Sprintf("%s ended by itself (%v); it is started again in %s. The end of %s:\n%s",
			s.name, err, pause, s.logPath, indent(tail(s.logPath, 5))))
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, backoffLast)
	}
}

// runOnce starts the process, waits for its end, and ends it when ctx does.
func (s *service) runOnce(ctx context.Context, started func()) error {
	log, err := openLog(s.logPath)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(s.argv[0], s.argv[1:]...) //nolint:gosec // our own programs
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, s.dir
	cmd.Env = append(os.Environ(), s.env...)
	// A group of its own keeps Ctrl-C away from it: the supervisor ends processes in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.cred, Setpgid: true, Pdeathsig: s.stopWith}
	// Pdeathsig fires when the starting thread ends, so that thread stays until the process has ended.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	s.setPID(cmd.Process.Pid)
	started()
	ended := make(chan struct{})
	var stopping sync.WaitGroup
	stopping.Go(func() { s.endWith(ctx, cmd.Process, ended) })
	err = cmd.Wait()
	close(ended)
	stopping.Wait()
	s.setPID(0)
	return err
}

// endWith asks the process to end once ctx has ended, and kills it when it does not.
func (s *service) endWith(ctx context.Context, p *os.Process, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	_ = p.Signal(s.stopWith) // it may have ended this moment
	select {
	case <-ended:
	case <-time.After(patienceStop):
		_ = p.Kill()
	}
}

// waitReady polls until the service works.
func (s *service) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patienceStart)
	defer cancel()
	var last error
	for {
		if s.currentPID() != 0 {
			if last = s.probe(ctx); last == nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not work (%w). The end of %s:\n%s", s.name,
				errors.Join(last, context.Cause(ctx)), s.logPath, indent(tail(s.logPath, 15)))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *service) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return s.ready(ctx)
}

// openLog appends to the log; one that has grown long is put aside first.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("put old log aside: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // a path of our own
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return f, nil
}

func tail(path string, lines int) string {
	data, err := os.ReadFile(path) //nolint:gosec // a path of our own
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }

// command runs a program to its end with its output in a log; a failure shows the end of that output.
func command(ctx context.Context, l Layout, logName string, argv ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // our own programs
	cmd.Dir = l.State()
	cmd.Env = append(os.Environ(), envMark+"="+l.Run())
	out, err := cmd.CombinedOutput()
	if logErr := os.WriteFile(l.log(logName), out, 0o600); logErr != nil {
		return fmt.Errorf("write log: %w", logErr)
	}
	if err != nil {
		words := append([]string{filepath.Base(argv[0])}, argv[1:]...)
		return fmt.Errorf("%s: %w\n%s", strings.Join(words, " "), err, indent(tail(l.log(logName), 15)))
	}
	return nil
}
