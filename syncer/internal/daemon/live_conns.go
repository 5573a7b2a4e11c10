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

// streamConn is the connection of a stream. The writer's first acknowledgement shows that it has what it lacked, and sets the
// state to streaming.
type streamConn struct {
	net.Conn

	live *status.Live
	once bool
}

// SyscallConn is the system's side of the connection.
func (h *streamConn) SyscallConn() (syscall.RawConn, error) {
	if c, ok := h.Conn.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

func (h *streamConn) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	if n > 0 && !h.once {
		h.once = true
		h.live.Set(status.Streaming, "")
		h.live.Heard()
	}
	return n, err
}

// laneConn is the connection of a lane. Whatever goes through it shows health that the load goes on.
type laneConn struct {
	net.Conn

	live *status.Live
}

func (m *laneConn) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	if n > 0 {
		m.live.Loading()
	}
	return n, err
}

func (m *laneConn) Write(p []byte) (int, error) {
	n, err := m.Conn.Write(p)
	if n > 0 {
		m.live.Loading()
	}
	return n, err
}

// attend pings the target every second while it alone is busy, building indexes or swapping shadows in: no rows arrive then
// that would show health that the load goes on.
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
