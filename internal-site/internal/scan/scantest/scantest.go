// Package scantest runs a real clamd with a small signature database of its own, which knows the EICAR test file.
// Only tests may import it.
package scantest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"portal.example/internal-site/internal/scan"
)

// EICAR is the test file that every scanner agrees to call malware (eicar.org).
const EICAR = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR` + `-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// signature is EICAR's beginning in ClamAV's extended format: name, any file, any offset, hex.
const signature = "Portal.Test.EICAR:0:*:58354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e44415244\n"

// Clamd starts a scanner for the test and returns its address, a Unix socket.
func Clamd(tb testing.TB) string {
	tb.Helper()
	binary, err := exec.LookPath("clamd")
	if err != nil {
		if binary, err = exec.LookPath("/usr/sbin/clamd"); err != nil {
			tb.Fatal("clamd is not installed; on Debian: apt-get install clamav-daemon")
		}
	}
	dir, err := os.MkdirTemp("", "clamd") // short, as a socket's path has to be
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "clamd.sock")
	write(tb, filepath.Join(dir, "test.ndb"), signature)
	write(tb, filepath.Join(dir, "clamd.conf"), fmt.Sprintf(
		"DatabaseDirectory %s\nLocalSocket %s\nForeground yes\nOfficialDatabaseOnly no\nLogFile %s\nMaxThreads 2\n",
		dir, socket, filepath.Join(dir, "clamd.log")))
	cmd := exec.CommandContext(tb.Context(), binary, "--config-file="+filepath.Join(dir, "clamd.conf")) //nolint:gosec // paths of this test
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	unprivileged(tb, cmd, dir)
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	await(tb, socket, filepath.Join(dir, "clamd.log"))
	return socket
}

func write(tb testing.TB, path, content string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil { //nolint:gosec // clamd reads it as another user
		tb.Fatal(err)
	}
}

// unprivileged lets clamd run as nobody when the test runs as root.
func unprivileged(tb testing.TB, cmd *exec.Cmd, dir string) {
	if os.Getuid() != 0 {
		return
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		tb.Fatal(err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		tb.Fatal(err)
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)} //nolint:gosec // ids are small
}

// await asks until the scanner answers; it has to load its signatures first and tells nobody when it is done.
func await(tb testing.TB, socket, log string) {
	tb.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for scan.New(socket).Ping(tb.Context()) != nil {
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(log) //nolint:gosec // of this test
			tb.Fatalf("clamd did not start: %s", said)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
