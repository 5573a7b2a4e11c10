package wire

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// Memory returns both ends of a connection within one process that the kernel takes no part in. It is for the rows of a load, which
// would otherwise be copied into the kernel and out of it once more than between two processes. Like a socket it holds some bytes that
// were written and not read yet, takes deadlines, and hands over what was written before it was closed.
func Memory() (near, far net.Conn) {
	there, back := newDirection(), newDirection()
	return &memory{in: back, out: there}, &memory{in: there, out: back}
}

// memory is one end.
type memory struct{ in, out *direction }

// memoryRoom is how many bytes one direction holds.
const memoryRoom = 256 << 10

// direction holds the bytes on their way to one of the ends, in a ring.
type direction struct {
	mu      sync.Mutex
	changed sync.Cond
	ring    []byte
	from, n int  // the n bytes from here on are not read
	ended   bool // nobody writes any more
	unread  bool // nobody reads any more

	reads, writes limit
}

// limit is the deadline of reads or writes.
type limit struct {
	passed bool
	timer  *time.Timer
}

func newDirection() *direction {
	d := &direction{}
	d.changed.L = &d.mu
	return d
}

// Read implements net.Conn.
func (m *memory) Read(p []byte) (int, error) { return m.in.read(p) }

func (d *direction) read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.n == 0 || d.unread || d.reads.passed {
		switch {
		case d.unread:
			return 0, net.ErrClosed
		case d.reads.passed:
			return 0, os.ErrDeadlineExceeded
		case d.ended:
			return 0, io.EOF
		}
		d.changed.Wait()
	}
	n := copy(p, d.ring[d.from:min(d.from+d.n, len(d.ring))])
	d.from, d.n = (d.from+n)%len(d.ring), d.n-n
	d.changed.Broadcast()
	return n, nil
}

// Write implements net.Conn.
func (m *memory) Write(p []byte) (int, error) { return m.out.write(p) }

func (d *direction) write(p []byte) (done int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ring == nil {
		d.ring = make([]byte, memoryRoom)
	}
	for len(p) > 0 {
		switch {
		case d.ended:
			return done, net.ErrClosed
		case d.unread:
			return done, io.ErrClosedPipe
		case d.writes.passed:
			return done, os.ErrDeadlineExceeded
		case d.n == len(d.ring):
			d.changed.Wait()
			continue
		}
		at := (d.from + d.n) % len(d.ring)
		end := len(d.ring)
		if at < d.from {
			end = d.from
		}
		n := copy(d.ring[at:end], p)
		d.n, done, p = d.n+n, done+n, p[n:]
		d.changed.Broadcast()
	}
	return done, nil
}

// Close implements net.Conn. The other end may still read what was written.
func (m *memory) Close() error {
	m.out.end(func(d *direction) { d.ended = true })
	m.in.end(func(d *direction) { d.unread = true })
	return nil
}

func (d *direction) end(how func(*direction)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	how(d)
	for _, l := range []*limit{&d.reads, &d.writes} {
		if l.timer != nil && d.ended && d.unread {
			l.timer.Stop()
		}
	}
	d.changed.Broadcast()
}

// SetDeadline implements net.Conn.
func (m *memory) SetDeadline(t time.Time) error {
	_ = m.SetReadDeadline(t)
	return m.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (m *memory) SetReadDeadline(t time.Time) error {
	m.in.setLimit(&m.in.reads, t)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (m *memory) SetWriteDeadline(t time.Time) error {
	m.out.setLimit(&m.out.writes, t)
	return nil
}

// setLimit replaces a deadline; the zero time is none.
func (d *direction) setLimit(l *limit, t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	left := time.Until(t)
	if l.passed = !t.IsZero() && left <= 0; !l.passed && !t.IsZero() {
		var timer *time.Timer
		timer = time.AfterFunc(left, func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			if l.timer == timer { // it was not replaced meanwhile
				l.passed = true
				d.changed.Broadcast()
			}
		})
		l.timer = timer
	}
	d.changed.Broadcast()
}

// LocalAddr and RemoteAddr implement net.Conn.
func (m *memory) LocalAddr() net.Addr  { return memoryAddr{} }
func (m *memory) RemoteAddr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }
