package wire

import (
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"portal.example/syncer/internal/socket"
)

// Pair returns both ends of a Unix socket pair, so that reader and writer run the same code whether they are in one process or
// in two.
func Pair() (near, far net.Conn, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("wire: socket pair: %w", err)
	}
	if near, err = conn(fds[0]); err != nil {
		_ = unix.Close(fds[1])
		return nil, nil, err
	}
	if far, err = conn(fds[1]); err != nil {
		_ = near.Close()
		return nil, nil, err
	}
	return socket.Quiet(near), socket.Quiet(far), nil
}

// conn turns a descriptor into a connection, which owns it.
func conn(fd int) (net.Conn, error) {
	f := os.NewFile(uintptr(fd), "wire")
	defer func() { _ = f.Close() }()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("wire: socket pair: %w", err)
	}
	return c, nil
}
