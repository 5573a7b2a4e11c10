package wire_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"portal.example/syncer/internal/wire"
)

// What was written arrives in order, however it is divided, and is still there after the writer has closed.
func TestMemoryCarriesBytes(t *testing.T) {
	near, far := wire.Memory()
	sent := make([]byte, 3<<20)
	_, _ = rand.Read(sent)
	go func() {
		for b, size := sent, 1; len(b) > 0; size = size*3%200_003 + 1 {
			n, err := near.Write(b[:min(size, len(b))])
			if err != nil {
				t.Error(err)
				break
			}
			b = b[n:]
		}
		_ = near.Close()
	}()
	got, err := io.ReadAll(far)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d of %d bytes, %v", len(got), len(sent), err)
	}
}

// Both directions are apart: an end that waits to write can still read.
func TestMemoryInBothDirections(t *testing.T) {
	near, far := wire.Memory()
	full := make(chan struct{})
	go func() {
		defer close(full)
		_, _ = near.Write(make([]byte, 1<<20)) // more than it holds
	}()
	if _, err := far.Write([]byte("ack")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 3)
	if _, err := io.ReadFull(near, got); err != nil || string(got) != "ack" {
		t.Errorf("%q, %v", got, err)
	}
	_ = far.Close()
	<-full
}

// Deadlines and closing end whoever waits, from either end.
func TestMemoryEndsWhatWaits(t *testing.T) {
	past := time.Unix(1, 0)
	much := make([]byte, 1<<20)
	read := func(c net.Conn) error { _, err := c.Read(make([]byte, 1)); return err }
	write := func(c net.Conn) error { _, err := c.Write(much); return err }
	for name, c := range map[string]struct {
		waits func(net.Conn) error
		end   func(near, far net.Conn)
		want  error
	}{
		"read past its deadline":      {read, func(near, _ net.Conn) { _ = near.SetReadDeadline(past) }, os.ErrDeadlineExceeded},
		"read until its deadline":     {read, func(near, _ net.Conn) { _ = near.SetDeadline(time.Now().Add(time.Millisecond)) }, os.ErrDeadlineExceeded},
		"read of what is closed here": {read, func(near, _ net.Conn) { _ = near.Close() }, net.ErrClosed},
		"read of what ends there":     {read, func(_, far net.Conn) { _ = far.Close() }, io.EOF},
		"write past its deadline":     {write, func(near, _ net.Conn) { _ = near.SetWriteDeadline(past) }, os.ErrDeadlineExceeded},
		"write to what is closed":     {write, func(near, _ net.Conn) { _ = near.Close() }, net.ErrClosed},
		"write to nobody":             {write, func(_, far net.Conn) { _ = far.Close() }, io.ErrClosedPipe},
	} {
		near, far := wire.Memory()
		ended := make(chan error, 1)
		go func() { ended <- c.waits(near) }()
		c.end(near, far)
		if err := <-ended; !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A deadline that was taken back ends nothing, and one that has passed can be replaced.
func TestMemoryDeadlinesAreReplaced(t *testing.T) {
	near, far := wire.Memory()
	_ = near.SetReadDeadline(time.Unix(1, 0))
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("%v", err)
	}
	_ = near.SetReadDeadline(time.Time{})
	if _, err := far.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := near.Read(make([]byte, 1)); err != nil {
		t.Errorf("%v", err)
	}
}
