package stream

import (
	"syscall"
	"time"

	"portal.example/syncer/internal/socket"
)

// readPacer avoids being woken for every single message of a busy source. After many small reads in quick succession, or while
// the source is late, it waits a moment before each read so that more can arrive, as long as that pays. A source that sends
// little, and in time, is read immediately.
type readPacer struct {
	since   time.Time
	small   int // reads in the window that began at since
	napping bool
	more    bool            // the last read left something unread, so the next need not wait
	there   int             // bytes that arrived during the last nap and are not read yet
	brought int             // how many they were at the end of the nap
	behind  time.Duration   // how old the last transaction was when the source sent it
	raw     syscall.RawConn // of the connection, nil when it has none
}

const (
	paceWindow = 2 * time.Millisecond
	paceReads  = 40 // small reads in one window that mean a flood: more than 4,000 transactions a second
	paceSmall  = 16 << 10
	paceNap    = 2 * time.Millisecond // less arrives meanwhile than the connection holds
	paceWorth  = 4 << 10              // bytes; after a nap that brought less, there is no further one

	// What arrives this late anyway is not noticeably later for a longer nap, and larger batches cost the target less
	// per change.
	paceBehind  = 250 * time.Millisecond
	paceLongNap = 8 * time.Millisecond

	// A source that is some milliseconds late lacks processor time, so it is not interrupted for each transaction either.
	paceLate     = 5 * time.Millisecond
	paceShortNap = time.Millisecond
)

// noteRead notes a read of n bytes, and whether there was room for no more. TLS returns what arrived during a nap one record
// at a time, and a record may be a single message: there is no other nap until all of it is read, or each message would cost one.
func (p *readPacer) noteRead(now time.Time, n int, full bool) {
	if p.there -= n; p.there > 0 {
		p.more = true
		return
	}
	n = max(n, p.brought)
	p.there, p.brought = 0, 0
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

// chooseNap returns how long to wait before the next read, 0 for not at all, and how many bytes end the wait early.
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

// waitForMore waits before a read if that pays. Meanwhile the kernel is told to report the connection as readable only for a
// larger number of bytes: otherwise each message would wake a thread here, at the expense of the source.
func (p *readPacer) waitForMore() {
	nap, enough := p.chooseNap()
	if nap == 0 {
		return
	}
	socket.SetWakeThreshold(p.raw, enough)
	time.Sleep(nap)
	socket.SetWakeThreshold(p.raw, 1)
	p.there = socket.CountWaiting(p.raw)
	p.brought = p.there
}
