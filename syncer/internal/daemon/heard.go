package daemon

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/status"
)

// heard is a stream's connection that tells when the writer has what it lacked: it says something.
type heard struct {
	net.Conn

	live *status.Live
	once bool
}

// SyscallConn is the system's side of the connection.
func (h *heard) SyscallConn() (syscall.RawConn, error) {
	if c, ok := h.Conn.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

func (h *heard) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	if n > 0 && !h.once {
		h.once = true
		h.live.Set(status.Streaming, "")
		h.live.Heard()
	}
	return n, err
}

// moving is a lane's connection that tells health of the rows that go through it.
type moving struct {
	net.Conn

	live *status.Live
}

func (m *moving) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	if n > 0 {
		m.live.Loading()
	}
	return n, err
}

func (m *moving) Write(p []byte) (int, error) {
	n, err := m.Conn.Write(p)
	if n > 0 {
		m.live.Loading()
	}
	return n, err
}

// attend asks the target each second whether it is there while only it works, on indexes or on putting shadows in
// place: no row comes then that would say so.
func (w *Writer) attend(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var conn *pgx.Conn
	defer func() { link.Close(conn) }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !w.building.Load() {
			continue
		}
		var err error
		if conn == nil {
			conn, err = replica.Connect(ctx, w.Config.Target.DSN, "load watch")
		}
		if err == nil {
			err = conn.Ping(ctx)
		}
		if err != nil { // the load itself finds out what is wrong
			return
		}
		w.Live.Loading()
	}
}
