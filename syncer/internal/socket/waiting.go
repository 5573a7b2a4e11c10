package socket

import (
	"crypto/tls"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// Raw returns the descriptor's side of a connection, also under TLS; nil if there is none.
func Raw(conn net.Conn) syscall.RawConn {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	if c, ok := conn.(syscall.Conn); ok {
		if raw, err := c.SyscallConn(); err == nil {
			return raw
		}
	}
	return nil
}

// CountWaiting returns how many bytes the kernel holds for the next reads, including what TLS adds; 0 if it does not say.
func CountWaiting(raw syscall.RawConn) (n int) {
	if raw != nil {
		_ = raw.Control(func(fd uintptr) {
			n, _ = unix.IoctlGetInt(int(fd), unix.TIOCINQ) //nolint:gosec // a descriptor
		})
	}
	return n
}

// SetWakeThreshold sets how many bytes make the connection readable: with fewer, a thread that waits for it is not woken. If
// it cannot be set, that only costs time.
func SetWakeThreshold(raw syscall.RawConn, bytes int) {
	if raw != nil {
		_ = raw.Control(func(fd uintptr) {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVLOWAT, bytes) //nolint:gosec // a descriptor
		})
	}
}
