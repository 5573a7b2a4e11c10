package stack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// clamdProgram is Debian's package clamav-daemon.
const clamdProgram = "/usr/sbin/clamd"

// eicar is the harmless file that every scanner agrees to call a virus, as a ClamAV signature. It is all
// that the demo's scanner knows: the real signatures are hundreds of megabytes and come from the network.
const eicar = "Eicar-Test-Signature:0:*:58354f2150254041505b345c505a58353428505e2937434329377d2445494341522d" +
	"5354414e444152442d414e544956495255532d544553542d46494c452124482b482a\n"

func scannerInstalled() bool {
	_, err := os.Stat(clamdProgram)
	return err == nil
}

// scannerService prepares clamd with the one signature.
func scannerService(l Layout) (*service, error) {
	folder := filepath.Join(l.data(), "scanner")
	signatures := filepath.Join(folder, "signatures")
	if err := os.MkdirAll(signatures, 0o700); err != nil {
		return nil, fmt.Errorf("make scanner folder: %w", err)
	}
	program := filepath.Join(folder, "clamd")
	if err := copyProgram(clamdProgram, program); err != nil {
		return nil, err
	}
	conf := fmt.Sprintf(`# Written by scripts/demo on every start.
Foreground yes
LogTime yes
DatabaseDirectory %s
TCPAddr 127.0.0.1
TCPSocket %d
StreamMaxLength 128M
MaxFileSize 128M
MaxScanSize 128M
MaxThreads 4
ConcurrentDatabaseReload no
`, signatures, l.Base+portScanner)
	if err := errors.Join(
		writeFile(filepath.Join(signatures, "portal.ndb"), []byte(eicar)),
		writeFile(filepath.Join(folder, "clamd.conf"), []byte(conf))); err != nil {
		return nil, err
	}
	return &service{
		name: "scanner", dir: folder, stopWith: syscall.SIGTERM,
		argv:    []string{program, "--config-file=" + filepath.Join(folder, "clamd.conf")},
		logPath: l.log("scanner"),
		ready:   func(ctx context.Context) error { return pingScanner(ctx, l.address(portScanner)) },
	}, nil
}

// copyProgram copies because Debian's AppArmor profile for /usr/sbin/clamd lets it read its own folders
// only, not a checkout's.
func copyProgram(from, to string) error {
	in, err := os.Open(from) //nolint:gosec // a constant
	if err != nil {
		return fmt.Errorf("copy scanner: %w", err)
	}
	defer func() { _ = in.Close() }()
	if err := os.Remove(to); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("copy scanner: %w", err)
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o700) //nolint:gosec // a program must be executable
	if err != nil {
		return fmt.Errorf("copy scanner: %w", err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("copy scanner: %w", err)
	}
	return nil
}

func pingScanner(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("scanner: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := conn.Write([]byte("nPING\n")); err != nil {
		return fmt.Errorf("scanner: %w", err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "PONG" {
		return fmt.Errorf("scanner answers %q: %w", line, err)
	}
	return nil
}
