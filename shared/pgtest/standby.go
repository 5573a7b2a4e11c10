package pgtest

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"portal.example/shared/internal/testserver"
)

// Standby starts a server that follows this one by streaming replication, as the one that takes over when the primary is lost
// (pg_promote). It is removed when the test ends.
func (c *Cluster) Standby(tb testing.TB) *Cluster {
	tb.Helper()
	folder, err := testserver.NewFolder(c.cred, true)
	if err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
	s := &Cluster{folder: folder, cred: c.cred, bin: c.bin}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("pgtest: %v", err)
		}
	})
	if err := errors.Join(s.copyPrimary(c), s.startOnFreePort()); err != nil {
		tb.Fatalf("pgtest: standby: %v", err)
	}
	return s
}

// copyPrimary makes the data folder out of a running server's.
func (c *Cluster) copyPrimary(from *Cluster) error {
	cmd := exec.Command(filepath.Join(c.bin, "pg_basebackup"), "--pgdata="+c.DataDir(), "--host=127.0.0.1", "--port="+strconv.Itoa(from.port), //nolint:gosec // fixed program
		"--username="+Superuser, "--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf", "--no-sync")
	cmd.Dir = c.folder.Path
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w\n%s", err, out)
	}
	return c.appendConf(fmt.Sprintf("unix_socket_directories = '%s'\n", c.folder.Path))
}
