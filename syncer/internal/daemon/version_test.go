package daemon_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/wire"
)

// A writer of another release is told so in words that it can read, and the reader goes on serving others.
func TestWriterOfAnotherRelease(t *testing.T) {
	t.Parallel()
	m := newMet(t)
	first := wire.AppendHave(nil, m.have())
	first[5] = wire.Version + 1
	frame, err := wire.ReadFrame(m.dial(first), wire.MaxData)
	if err != nil {
		t.Fatal(err)
	}
	end, ok := frame.(wire.End)
	if !ok || end.Class != wire.EndAgain || !strings.Contains(end.Text, "install the same release for both") {
		t.Errorf("got %T %v", frame, frame)
	}
	m.write()
	if err := m.stop(); err != nil {
		t.Error(err)
	}
}

// A writer whose reader is of another release says so in its state, tries again, and goes on once it is of the same.
func TestReaderOfAnotherRelease(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func() []byte{
		"its Hello": func() []byte {
			b := wire.AppendHello(nil, wire.Hello{})
			b[5] = wire.Version + 1
			return b
		},
		"its End": func() []byte {
			text := (&wire.VersionError{Reader: wire.Version + 1, Writer: wire.Version}).Error()
			return wire.AppendEnd(nil, wire.End{Class: wire.EndAgain, Text: text})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMet(t)
			live := status.NewLive(m.cfg.StaleAfter)
			upgraded := make(chan struct{})
			other := impostor(t, func(wire.Have) []byte { return answer() })
			w := &daemon.Writer{Config: m.cfg, Log: m.logger(), Live: live, Dial: func(ctx context.Context) (net.Conn, error) {
				select {
				case <-upgraded:
					return (&net.Dialer{}).DialContext(ctx, "unix", m.socket)
				default:
					return other(ctx)
				}
			}}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- w.Run(ctx) }()
			m.eventually("its state says why", func() bool {
				h := live.Health()
				return h.State == status.Failed && strings.Contains(h.Error, "different releases")
			})
			close(upgraded)
			m.loaded()
			m.waitFor()
			cancel()
			if err := awaittest.Receive(t, "the writer's end", ended); err != nil {
				t.Error(err)
			}
			m.equal()
			if err := m.stop(); err != nil {
				t.Error(err)
			}
		})
	}
}
