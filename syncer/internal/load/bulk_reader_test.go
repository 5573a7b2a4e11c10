package load

import (
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"testing"

	"portal.example/syncer/internal/socket"
	"portal.example/syncer/internal/wire"
)

// records hands over at most so many bytes at a time, as TLS does.
type records struct {
	net.Conn

	size int
}

func (r records) Read(p []byte) (int, error) { return r.Conn.Read(p[:min(len(p), r.size)]) }

func newBulkReader(t *testing.T, size int) (*bulkReader, net.Conn) {
	t.Helper()
	near, far, err := wire.Pair()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	return &bulkReader{from: records{near, size}, raw: socket.Raw(near)}, far
}

// Whatever the source sends arrives unchanged, in portions, in records and at its end.
func TestBulkReaderPassesEverythingOn(t *testing.T) {
	for _, size := range []int{100, bulkPortion, bulkSize} {
		b, far := newBulkReader(t, size)
		sent := make([]byte, 50*bulkPortion+123)
		_, _ = rand.Read(sent)
		go func() {
			for rest := sent; len(rest) > 0; {
				n := min(len(rest), bulkPortion)
				_, _ = far.Write(rest[:n])
				rest = rest[n:]
			}
			_ = far.Close()
		}()
		got, err := io.ReadAll(b)
		if err != nil || !bytes.Equal(got, sent) {
			t.Errorf("records of %d: %d of %d bytes, %v", size, len(got), len(sent), err)
		}
	}
}

// An answer is read at once. What a flood brings is waited for, once, and then read to its end without another wait.
func TestBulkReaderWaitsInAFlood(t *testing.T) {
	b, far := newBulkReader(t, bulkPortion)
	read := func(n int) {
		t.Helper()
		if _, err := io.ReadFull(b, make([]byte, n)); err != nil {
			t.Fatal(err)
		}
	}
	write := func(n int) {
		t.Helper()
		if _, err := far.Write(make([]byte, n)); err != nil {
			t.Fatal(err)
		}
	}
	write(100)
	if read(100); b.isFlooded() {
		t.Error("waits behind a short answer")
	}
	write(bulkPortion)
	if read(bulkPortion); !b.isFlooded() {
		t.Error("does not wait in a flood")
	}
	write(3 * bulkPortion)
	for n := range 2 {
		if read(bulkPortion); b.isFlooded() {
			t.Errorf("waits again although %d portions are there", 2-n)
		}
	}
	if read(bulkPortion); !b.isFlooded() {
		t.Error("does not wait once everything is read")
	}
	if b.wait <= bulkShort {
		t.Errorf("waits for %s although that brought little", b.wait)
	}
	b.raw = nil
	if b.isFlooded() {
		t.Error("waits for a connection without a descriptor")
	}
}
