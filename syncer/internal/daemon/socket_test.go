package daemon

import (
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"

	"portal.example/shared/awaittest"
)

// refusing is a listener whose first Accepts fail.
type refusing struct {
	net.Listener
	with []error
}

func (l *refusing) Accept() (net.Conn, error) {
	if len(l.with) == 0 {
		return l.Listener.Accept()
	}
	err := &net.OpError{Op: "accept", Net: "unix", Err: os.NewSyscallError("accept4", l.with[0])}
	l.with = l.with[1:]
	return nil, err
}

// A reader that has no descriptor to spare for a moment serves the writer as soon as it has; a peer that was gone before
// it was taken harms nobody.
func TestAcceptWaitsForRoom(t *testing.T) {
	t.Parallel()
	for name, with := range map[string][]error{
		"no descriptor left":    {syscall.EMFILE, syscall.EMFILE, syscall.EMFILE},
		"none on the machine":   {syscall.ENFILE},
		"no memory":             {syscall.ENOMEM, syscall.ENOBUFS},
		"peer gone meanwhile":   {syscall.ECONNABORTED},
		"nothing is the matter": nil,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "s")
			socket, err := listen(path)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = socket.Close() }()
			taken := make(chan error, 1)
			go func() {
				conn, err := acceptNext(t.Context(), &refusing{Listener: socket, with: with}, slog.New(slog.DiscardHandler))
				if err == nil {
					err = conn.Close()
				}
				taken <- err
			}()
			conn, err := net.Dial("unix", path)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if err := awaittest.Receive(t, "the connection", taken); err != nil {
				t.Error(err)
			}
		})
	}
}

// A socket that is closed, or broken, ends the reader at once.
func TestAcceptEndsWithItsSocket(t *testing.T) {
	t.Parallel()
	for _, with := range []error{net.ErrClosed, syscall.EINVAL} {
		synctest.Test(t, func(t *testing.T) {
			_, err := acceptNext(t.Context(), &refusing{with: []error{with}}, slog.New(slog.DiscardHandler))
			if !errors.Is(err, with) {
				t.Errorf("%v: got %v", with, err)
			}
		})
	}
}
