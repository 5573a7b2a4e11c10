package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"portal.example/syncer/internal/socket"
)

// limits are Options' MaxAnswer and AnswerWithin, and what errors call the address.
type limits struct {
	name   string
	most   int64
	within time.Duration
}

// limitsOf are those that a connection was opened with.
func limitsOf(conn net.Conn) limits {
	for {
		switch c := conn.(type) {
		case *answering:
			return *c.limits.Load()
		case interface{ NetConn() net.Conn }: // TLS
			conn = c.NetConn()
		default:
			return limits{}
		}
	}
}

// ErrTooMuch says that a server sent more than it was asked for.
var ErrTooMuch = errors.New("the server sends more than anybody asked for")

// ErrSilent says that a server was asked and said nothing for AnswerWithin.
var ErrSilent = errors.New("the server is there, but does not answer")

// errHungUp is what the end of a connection means that nobody here has closed.
var errHungUp = fmt.Errorf("the server closed the connection: %w", io.ErrUnexpectedEOF)

// maxGreeting is how much a server may say before it lets us in: parameters, errors, notices.
const maxGreeting = 1 << 20

// dial opens a connection whose peer may send only so many bytes before it is asked again.
func dial(ctx context.Context, network, address string) (*answering, error) {
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	a := &answering{Conn: socket.Quiet(conn), closed: make(chan struct{})}
	a.limits.Store(&limits{most: maxGreeting})
	if tcp, ok := conn.(*net.TCPConn); ok {
		if raw, err := tcp.SyscallConn(); err == nil {
			go spareBusy(a.closed, raw, lookEvery, deadAfter, busyDead)
		}
	}
	return a, nil
}

// answering counts what came since the last request, and how long nothing came.
type answering struct {
	net.Conn

	limits atomic.Pointer[limits]
	came   atomic.Int64
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	until time.Time // deadline for reading that the user of the connection has set
}

func (a *answering) Read(p []byte) (int, error) {
	l := a.limits.Load()
	if l.within > 0 {
		if err := a.wait(l.within); err != nil {
			return 0, err
		}
	}
	n, err := a.Conn.Read(p)
	if l.most > 0 && a.came.Add(int64(n)) > l.most {
		return 0, l.error(ErrTooMuch)
	}
	if l.within > 0 && errors.Is(err, os.ErrDeadlineExceeded) && !a.passed() {
		err = l.error(ErrSilent)
	}
	if l.name != "" && errors.Is(err, io.EOF) { // which says neither whose connection it was nor who ended it
		err = l.error(errHungUp)
	}
	return n, err
}

func (l *limits) error(err error) error {
	if l.name == "" { // while it connects, which openFault tells
		return err
	}
	return fmt.Errorf("%s: %w", l.name, err)
}

// wait lets the next read end after so long, or when the user wants it to.
func (a *answering) wait(within time.Duration) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	until := time.Now().Add(within)
	if !a.until.IsZero() && a.until.Before(until) {
		until = a.until
	}
	return a.Conn.SetReadDeadline(until)
}

// passed reports whether the user's own deadline is over.
func (a *answering) passed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.until.IsZero() && !time.Now().Before(a.until)
}

// SetDeadline and SetReadDeadline are the user's; pgx ends what waits by one that is long over.
func (a *answering) SetDeadline(t time.Time) error {
	return errors.Join(a.SetReadDeadline(t), a.Conn.SetWriteDeadline(t))
}

func (a *answering) SetReadDeadline(t time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.until = t
	return a.Conn.SetReadDeadline(t)
}

// SyscallConn is the system's side of the connection.
func (a *answering) SyscallConn() (syscall.RawConn, error) {
	if c, ok := a.Conn.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

func (a *answering) Write(p []byte) (int, error) {
	a.came.Store(0)
	return a.Conn.Write(p)
}

// Close ends the connection.
func (a *answering) Close() error {
	a.once.Do(func() { close(a.closed) })
	return a.Conn.Close()
}
