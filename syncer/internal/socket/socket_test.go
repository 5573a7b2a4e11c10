package socket_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/socket"
)

// pair returns both ends of a connection; the second is an ordinary one.
func pair(t *testing.T, network, address string) (quiet, plain net.Conn) {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	near, err := net.Dial(network, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	plain, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	quiet = socket.Quiet(near)
	t.Cleanup(func() { _ = quiet.Close(); _ = plain.Close() })
	return quiet, plain
}

func each(t *testing.T, f func(t *testing.T, quiet, plain net.Conn)) {
	t.Helper()
	for network, address := range map[string]string{"tcp": "127.0.0.1:0", "unix": t.TempDir() + "/s"} {
		t.Run(network, func(t *testing.T) {
			quiet, plain := pair(t, network, address)
			f(t, quiet, plain)
		})
	}
}

// More than the system holds goes through, both ways, and arrives as it was.
func TestCarriesEverything(t *testing.T) {
	each(t, func(t *testing.T, quiet, plain net.Conn) {
		sent := make([]byte, 8<<20)
		_, _ = rand.Read(sent)
		go func() { _, _ = io.Copy(plain, plain) }()
		go func() {
			if n, err := quiet.Write(sent); n != len(sent) || err != nil {
				t.Errorf("wrote %d: %v", n, err)
			}
		}()
		got := make([]byte, len(sent))
		if _, err := io.ReadFull(quiet, got); err != nil || !bytes.Equal(got, sent) {
			t.Errorf("what came back differs: %v", err)
		}
	})
}

func TestEnds(t *testing.T) {
	each(t, func(t *testing.T, quiet, plain net.Conn) {
		_, _ = plain.Write([]byte("last"))
		_ = plain.Close()
		if all, err := io.ReadAll(quiet); string(all) != "last" || err != nil {
			t.Errorf("read %q: %v", all, err)
		}
	})
}

func TestBrokenPipeIsNamed(t *testing.T) {
	each(t, func(t *testing.T, quiet, plain net.Conn) {
		_ = plain.Close()
		var err error
		awaittest.Until(t, "a write fails", func() bool { _, err = quiet.Write(make([]byte, 1<<10)); return err != nil })
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "write" || !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v", err)
		}
	})
}

func TestDeadlineAndClose(t *testing.T) {
	each(t, func(t *testing.T, quiet, _ net.Conn) {
		_ = quiet.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		_, err := quiet.Read(make([]byte, 1))
		var timeout net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("after the deadline: %v", err)
		}
		_ = quiet.SetReadDeadline(time.Time{})
		_ = quiet.SetWriteDeadline(time.Now().Add(10 * time.Millisecond))
		if n, err := quiet.Write(make([]byte, 64<<20)); n == 64<<20 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a full connection: %d, %v", n, err)
		}
		ended := make(chan error)
		go func() {
			_, err := quiet.Read(make([]byte, 1))
			ended <- err
		}()
		_ = quiet.Close()
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
		if _, err := quiet.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("written after Close: %v", err)
		}
	})
}

func TestTryTakesWhatThereIsRoomFor(t *testing.T) {
	each(t, func(t *testing.T, quiet, plain net.Conn) {
		raw, err := quiet.(syscall.Conn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		if n := socket.Try(raw, []byte("four")); n != 4 {
			t.Fatalf("took %d of 4", n)
		}
		total := 4
		for n := -1; n != 0; total += n {
			n = socket.Try(raw, make([]byte, 1<<20))
		}
		if _, err := io.ReadFull(plain, make([]byte, total)); err != nil {
			t.Error(err)
		}
		_ = quiet.Close()
		if n := socket.Try(raw, []byte("four")); n != 0 {
			t.Errorf("a closed one took %d", n)
		}
	})
}

func TestWithoutSocket(t *testing.T) {
	near, far := net.Pipe()
	defer func() { _, _ = near.Close(), far.Close() }()
	if socket.Quiet(near) != near {
		t.Error("wrapped")
	}
}
