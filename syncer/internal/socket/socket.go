// Package socket reads and writes sockets without a word to the Go runtime's monitor thread. It may import
// golang.org/x/sys/unix.
//
// A system call by package syscall wakes that thread where everything else is idle (runtime.entersyscall), and it then
// looks each 20 µs whether the call hangs. For a change that comes alone and passes three sockets on its way that is
// a quarter of the processor's time it takes. The calls here cannot hang: a socket of package net never blocks, and
// waiting until it is ready is the runtime's own business as before.
package socket

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Quiet returns conn with such reads and writes. Deadlines, closing and errors are conn's own; a conn without a
// socket comes back as it is.
func Quiet(conn net.Conn) net.Conn {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return conn
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return conn
	}
	return &quiet{Conn: conn, raw: raw}
}

type quiet struct {
	net.Conn

	raw syscall.RawConn
}

// SyscallConn is the system's side of the connection.
func (c *quiet) SyscallConn() (syscall.RawConn, error) { return c.raw, nil }

func (c *quiet) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	var failed error
	err = c.raw.Read(func(fd uintptr) bool {
		n, failed = call(unix.SYS_READ, fd, p)
		return !errors.Is(failed, unix.EAGAIN)
	})
	switch {
	case err != nil:
		return 0, err
	case failed != nil:
		return 0, c.error("read", failed)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

func (c *quiet) Write(p []byte) (n int, err error) {
	var failed error
	err = c.raw.Write(func(fd uintptr) bool {
		for n < len(p) && failed == nil {
			var took int
			took, failed = call(unix.SYS_WRITE, fd, p[n:])
			n += took
		}
		if errors.Is(failed, unix.EAGAIN) {
			failed = nil
			return false
		}
		return true
	})
	if err == nil && failed != nil {
		err = c.error("write", failed)
	}
	return n, err
}

func (c *quiet) error(op string, err error) error {
	return &net.OpError{Op: op, Net: c.LocalAddr().Network(), Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError(op, err)}
}

// Try writes what the socket takes at once and returns how much that was. Who needs to know why it was less writes
// the rest.
func Try(raw syscall.RawConn, p []byte) (n int) {
	_ = raw.Write(func(fd uintptr) bool {
		n, _ = call(unix.SYS_WRITE, fd, p)
		return true
	})
	return n
}

// call reads into or writes from p, which must not be empty, on a descriptor that never blocks.
func call(number, fd uintptr, p []byte) (int, error) {
	for {
		n, _, err := unix.RawSyscall(number, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p))) //nolint:gosec // what a system call takes
		switch err {
		case 0:
			return int(n), nil
		case unix.EINTR:
		default:
			return 0, err
		}
	}
}
