package stack

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Detach starts the program at self with args as a supervisor of its own session, shows its progress and
// returns once the copy runs; the supervisor stays. Its words are kept in logs/demo.log.
func (l Layout) Detach(out io.Writer, self string, args ...string) error {
	if err := os.MkdirAll(l.Logs(), 0o755); err != nil { //nolint:gosec // like every folder of a copy
		return fmt.Errorf("make folder: %w", err)
	}
	path := l.log("demo")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600) //nolint:gosec // a path of our own
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(self, args...) //nolint:gosec // this very program
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start supervisor: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	shown, err := os.Open(path) //nolint:gosec // a path of our own
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	defer func() { _ = shown.Close() }()
	return l.follow(out, shown, ended)
}

// follow copies what the supervisor says until the copy runs or the supervisor has ended.
func (l Layout) follow(out io.Writer, log io.Reader, ended <-chan error) error {
	for {
		if _, err := io.Copy(out, log); err != nil {
			return fmt.Errorf("show progress: %w", err)
		}
		select {
		case err := <-ended:
			_, copyErr := io.Copy(out, log)
			if err == nil {
				err = errors.New("it ended at once")
			}
			return errors.Join(fmt.Errorf("the demo did not start: %w", err), copyErr)
		case <-time.After(100 * time.Millisecond):
		}
		if sup, up, err := l.supervisor(); err == nil && up && sup.Ready {
			time.Sleep(100 * time.Millisecond) // its last lines
			_, err := io.Copy(out, log)
			return err
		}
	}
}

// Stop asks the supervisor to end everything and waits until it has. false means that none runs.
func (l Layout) Stop() (bool, error) {
	sup, up, err := l.supervisor()
	if err != nil || !up {
		return false, err
	}
	for sup.PID == 0 { // it has only just begun
		time.Sleep(50 * time.Millisecond)
		if sup, up, err = l.supervisor(); err != nil || !up {
			return false, err
		}
	}
	if err := syscall.Kill(sup.PID, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return true, fmt.Errorf("stop supervisor %d: %w", sup.PID, err)
	}
	const patience = 5 * time.Minute
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if _, up, err = l.supervisor(); err != nil || !up {
			return true, err
		}
	}
	return true, fmt.Errorf("supervisor %d did not stop within %s; see %s", sup.PID, patience, l.log("demo"))
}

// Deletes lists the folders that Reset would delete.
func (l Layout) Deletes() []string {
	var there []string
	for _, dir := range append(l.folders(), l.elsewhere()) {
		if _, err := os.Stat(dir); err == nil {
			there = append(there, dir)
		}
	}
	return there
}

// Reset deletes everything of this copy: databases, objects, keys, settings, logs. It must be stopped.
func (l Layout) Reset() error {
	if _, up, err := l.supervisor(); err != nil || up {
		return errors.Join(ErrRunning, err)
	}
	for _, dir := range l.Deletes() {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("delete: %w", err)
		}
	}
	if l.Base != DefaultBase {
		_ = os.Remove(filepath.Clean(l.Run())) // only when nothing else is in it
	}
	return nil
}
