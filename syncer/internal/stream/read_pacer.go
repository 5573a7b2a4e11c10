package stream

import (
	"crypto/tls"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// readPacer keeps a source that sends each message by itself from waking us for each: after many small reads in quick
// succession, or while the source is late, it lets some more arrive before each read, as long as that is worth it. A
// source that sends less, and in time, is read at once.
type readPacer struct {
	since   time.Time
	small   int // reads in the window that began at since
	napping bool
	more    bool            // the last read brought all that it had room for: the next need not wait
	behind  time.Duration   // how old the last transaction was when the source sent it
	raw     syscall.RawConn // of the connection, nil when it has none
}

const (
	paceWindow = 2 * time.Millisecond
	paceReads  = 40 // small reads in one window that mean a flood: more than 4,000 transactions a second
	paceSmall  = 16 << 10
	paceNap    = 2 * time.Millisecond // less arrives meanwhile than the connection holds
	paceWorth  = 4 << 10              // bytes; a nap that brings less was the last one

	// Of a source that sends what is old already nothing is late for a longer nap, and larger batches cost the
	// target less for each change.
	paceBehind  = 250 * time.Millisecond
	paceLongNap = 8 * time.Millisecond

	// A source that sends what is some milliseconds old has not enough of the processor: it is not interrupted for each
	// transaction either.
	paceLate     = 5 * time.Millisecond
	paceShortNap = time.Millisecond
)

// noteRead notes a read of n bytes, and whether there was room for no more.
func (p *readPacer) noteRead(now time.Time, n int, full bool) {
	if p.more = full; p.more || p.napping && n >= paceWorth {
		return
	}
	if p.napping || now.Sub(p.since) > paceWindow {
		p.since, p.small = now, 0
	}
	if n < paceSmall {
		p.small++
	}
	p.napping = p.small > paceReads
}

// chooseNap is how long more may arrive before the next read, and how many bytes are enough; 0 reads at once.
func (p *readPacer) chooseNap() (nap time.Duration, enough int) {
	switch {
	case p.more:
		return 0, 0
	case p.behind > paceBehind:
		return paceLongNap, paceSmall * 16
	case p.napping:
		return paceNap, paceSmall * 4
	case p.behind >= paceLate:
		return paceShortNap, paceSmall * 4
	}
	return 0, 0
}

// waitForMore lets more arrive if that is worth it. Until then the system is told not to wake anybody for less than a
// nap should bring: each message would otherwise rouse a thread of ours, and cost the source the time to do so.
func (p *readPacer) waitForMore() {
	nap, enough := p.chooseNap()
	if nap == 0 {
		return
	}
	p.setWakeThreshold(enough)
	time.Sleep(nap)
	p.setWakeThreshold(1)
}

// setWakeThreshold sets how many bytes make the connection readable. That it cannot be set costs time only.
func (p *readPacer) setWakeThreshold(bytes int) {
	if p.raw != nil {
		_ = p.raw.Control(func(fd uintptr) {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVLOWAT, bytes) //nolint:gosec // a descriptor
		})
	}
}

// rawConn is the system's side of a connection, under TLS too; nil when there is none.
func rawConn(conn net.Conn) syscall.RawConn {
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
