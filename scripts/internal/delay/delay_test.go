package delay

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net"
	"testing"
	"time"
)

// echo answers with what it gets and says when it got the first byte.
func echo(t *testing.T) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(conn, conn)
				_ = conn.Close()
			}()
		}
	}()
	return listener.Addr().String()
}

func through(t *testing.T, roundTrip time.Duration) *net.TCPConn {
	t.Helper()
	p, err := Listen(echo(t), roundTrip)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(5 * time.Minute))
	return conn.(*net.TCPConn)
}

func TestAnswerIsLateByOneRoundTrip(t *testing.T) {
	const roundTrip = 40 * time.Millisecond
	conn := through(t, roundTrip)
	for range 3 {
		began := time.Now()
		if _, err := conn.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < roundTrip {
			t.Errorf("took %s, less than the round trip of %s", took, roundTrip)
		}
	}
}

// Much is under way at once, and it arrives in order: were chunks delayed one after the other, 32 MiB would take
// 512 chunks of 64 KiB times 2 s.
func TestDelayDoesNotLimitThroughputAndKeepsOrder(t *testing.T) {
	const roundTrip = 2 * time.Second
	conn := through(t, roundTrip)
	sent := make([]byte, 32<<20)
	if _, err := rand.Read(sent); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	go func() {
		_, _ = conn.Write(sent)
		_ = conn.CloseWrite()
	}()
	received, err := io.ReadAll(conn) // ends only if the end of the stream passed both ways
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < roundTrip || took > 4*time.Minute {
		t.Errorf("32 MiB there and back took %s", took)
	}
	if !bytes.Equal(sent, received) {
		t.Error("what came back is not what was sent")
	}
}

// recorder notes when each write came.
type recorder struct {
	at   []time.Time
	data []byte
}

func (r *recorder) Write(b []byte) (int, error) {
	r.at, r.data = append(r.at, time.Now()), append(r.data, b...)
	return len(b), nil
}

func TestChunksComeInOrderAndNeverEarly(t *testing.T) {
	queue := make(chan chunk, 8)
	now := time.Now()
	due := []time.Time{now.Add(20 * time.Millisecond), now.Add(20 * time.Millisecond), now.Add(35 * time.Millisecond), now}
	for i, d := range due {
		queue <- chunk{bytes: []byte{byte('a' + i)}, due: d}
	}
	close(queue)
	var r recorder
	deliver(&r, queue)
	if string(r.data) != "abcd" {
		t.Fatalf("arrived as %q", r.data)
	}
	for i, at := range r.at {
		if at.Before(due[i]) {
			t.Errorf("chunk %d came %s early", i, due[i].Sub(at))
		}
	}
}

func TestCloseEndsConnections(t *testing.T) {
	p, err := Listen(echo(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(context.WithoutCancel(t.Context()), "tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(5 * time.Minute))
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection outlived the proxy")
	}
}
