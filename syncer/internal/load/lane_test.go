package load

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"portal.example/syncer/internal/wire"
)

// newLane is a lane to a writer at the other end of what is returned.
func newLane(t *testing.T) (*lane, net.Conn) {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { _, _ = here.Close(), there.Close() })
	return &lane{load: (&Loads{}).newFirstLoad(), conn: here, acked: make(chan struct{}, 1024), data: make([]byte, dataBytes)}, there
}

// A writer that takes nothing is given up, so that the application's ALTER TABLE does not wait for it for ever. One that takes a frame
// now and then is not, however long the whole takes.
func TestWriterThatTakesNothingIsGivenUp(t *testing.T) {
	for name, rests := range map[string]time.Duration{"hangs": time.Hour, "is slow": takesWithin * 9 / 10} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n, writer := newLane(t)
				went, frame := make(chan struct{}), make([]byte, len(wire.AppendData(nil, n.data)))
				go func() {
					defer close(went)
					for range 20 {
						<-time.After(rests)
						if _, err := io.ReadFull(writer, frame); err != nil {
							return
						}
					}
				}()
				began := time.Now()
				var err error
				for range 20 {
					n.data = n.data[:dataBytes]
					if err = n.flushData(); err != nil {
						break
					}
				}
				took := time.Since(began)
				_ = n.conn.Close()
				<-went
				switch {
				case rests > takesWithin && (!errors.Is(err, wire.ErrPeer) || took != takesWithin):
					t.Errorf("a writer that takes nothing: %v after %s", err, took)
				case rests < takesWithin && (err != nil || took != 20*rests):
					t.Errorf("a slow writer: %v after %s", err, took)
				}
			})
		})
	}
}

// A piece that is not acknowledged is waited for longer the longer its bytes took.
func TestWriterThatAcknowledgesNothingIsGivenUp(t *testing.T) {
	for name, c := range map[string]struct{ took, comes time.Duration }{
		"quick, in time":    {time.Second, acknowledgedWithin * 9 / 10},
		"quick, hangs":      {time.Second, acknowledgedWithin * 11 / 10},
		"slow, in time":     {time.Hour, 9 * time.Hour},
		"slow, hangs":       {time.Hour, 11 * time.Hour},
		"piece after piece": {time.Minute, 9 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n, _ := newLane(t)
				for range 3 {
					n.sent = append(n.sent, sentPiece{1, c.took})
				}
				n.load.open = len(n.sent)
				acked := make(chan struct{})
				go func() {
					defer close(acked)
					for range 3 {
						<-time.After(c.comes)
						n.acked <- struct{}{}
					}
				}()
				var err error
				for len(n.sent) > 0 && err == nil {
					err = n.awaitOldest(t.Context())
				}
				<-acked
				hangs := strings.HasSuffix(name, "hangs")
				if hangs != errors.Is(err, context.DeadlineExceeded) || hangs && !strings.Contains(err.Error(), "so the target hangs") {
					t.Errorf("got %v", err)
				}
				if !hangs && n.load.open != 0 {
					t.Errorf("%d pieces are not durable", n.load.open)
				}
			})
		})
	}
}
