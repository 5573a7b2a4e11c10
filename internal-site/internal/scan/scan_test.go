package scan_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"portal.example/internal-site/internal/scan"
	"portal.example/internal-site/internal/scan/scantest"
	"portal.example/shared/fault"
)

func TestRealScanner(t *testing.T) {
	c := scan.New(scantest.Clamd(t))
	if err := c.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		content string
		found   bool
	}{
		{"clean", "nothing to see", false},
		{"EICAR", scantest.EICAR, true},
		{"large and clean", strings.Repeat("clean ", 1<<20), false},
		{"empty", "", false},
	} {
		found, err := c.Scan(t.Context(), strings.NewReader(tt.content))
		if err != nil || (found != "") != tt.found {
			t.Errorf("%s: %q, %v", tt.name, found, err)
		}
		if tt.found && !strings.Contains(found, "EICAR") {
			t.Errorf("%s: found %q", tt.name, found)
		}
	}
	broken := errors.New("store went away")
	if _, err := c.Scan(t.Context(), iotest.ErrReader(broken)); !errors.Is(err, broken) || fault.Is(err, fault.Unavailable) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

func TestScannerThatIsNotThere(t *testing.T) {
	for _, address := range []string{filepath.Join(t.TempDir(), "none.sock"), "127.0.0.1:1"} {
		if _, err := scan.New(address).Scan(t.Context(), strings.NewReader("x")); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestScannerThatMisbehaves: whatever is not a clear answer must not count as clean.
func TestScannerThatMisbehaves(t *testing.T) {
	for name, answer := range map[string]string{
		"closes": "", "error": "INSTREAM size limit exceeded. ERROR\x00", "other": "stream: maybe\x00", "no end": "stream: OK",
	} {
		socket := answering(t, answer)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		found, err := scan.New(socket).Scan(ctx, bytes.NewReader(make([]byte, 300<<10)))
		cancel()
		if !fault.Is(err, fault.Unavailable) || found != "" {
			t.Errorf("%s: %q, %v", name, found, err)
		}
	}
}

// answering listens on a socket, reads a little and says answer.
func answering(t *testing.T, answer string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "scan") // t.TempDir may be longer than a socket's path can be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Read(make([]byte, 1024))
		_, _ = conn.Write([]byte(answer))
		_ = conn.Close()
	}()
	return filepath.Join(dir, "s")
}
