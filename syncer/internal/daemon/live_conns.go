package daemon

import (
	"errors"
	"net"
	"syscall"

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
