package stack

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// endOrphans ends what a supervisor that was killed may have left running: every process that carries
// this copy's mark. The kernel has told them to end already; this waits for it.
func (l Layout) endOrphans() error {
	mark := []byte("\x00" + envMark + "=" + l.Run() + "\x00")
	names, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range names {
		environment, err := os.ReadFile(name) //nolint:gosec // names come from the pattern above
		if err != nil || !bytes.Contains(append([]byte{0}, environment...), mark) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil || pid == os.Getpid() {
			continue
		}
		if err := end(pid, syscall.SIGTERM); err != nil {
			return err
		}
	}
	return nil
}

// endOldServer ends a PostgreSQL server that still works on this folder, and forgets a pid file that
// names some other process: after a restart of the machine its number may be anybody's.
func (c *cluster) endOldServer() error {
	path := filepath.Join(c.dataDir(), "postmaster.pid")
	data, err := os.ReadFile(path) //nolint:gosec // a path of our own
	if err != nil {
		return nil //nolint:nilerr // no pid file: it was shut down in order
	}
	first, _, _ := strings.Cut(string(data), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return removeStale(path)
	}
	program, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	folder, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if filepath.Base(strings.TrimSuffix(program, " (deleted)")) != "postgres" || folder != realPath(c.dataDir()) {
		return removeStale(path)
	}
	return end(pid, syscall.SIGINT)
}

func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

func removeStale(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove stale pid file: %w", err)
	}
	return nil
}

// end signals the process, waits for its end and kills it when it takes too long.
func end(pid int, sig syscall.Signal) error {
	for _, s := range []syscall.Signal{sig, syscall.SIGKILL} {
		if err := syscall.Kill(pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("end process %d of an earlier start: %w", pid, err)
		}
		for deadline := time.Now().Add(patienceStop); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			if !alive(pid) {
				return nil
			}
		}
	}
	return fmt.Errorf("process %d of an earlier start does not end", pid)
}

// alive is false for a process that has ended, even if nobody has collected it yet.
func alive(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	// "pid (command) state …"; the command may hold blanks and brackets
	after := strings.TrimSpace(string(data[bytes.LastIndexByte(data, ')')+1:]))
	return !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
}
