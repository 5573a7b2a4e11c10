package apply

import (
	"context"
	"sync"
	"time"
)

const (
	queueBytes = 12 << 20 // frames in memory: waiting, and applied but not durable
	spillBytes = 5 << 20  // a transaction larger than this is applied while it still arrives
	batchBytes = 4 << 20  // about the most that one batch takes
)

// queue holds what has arrived and is not yet durable. One goroutine puts, one takes. There is no timer:
// whatever whole transactions are there when the applier comes are one batch.
type queue struct {
	mu      sync.Mutex
	slabs   *slabs
	parts   []part
	waiting int  // bytes of parts
	held    int  // bytes that were taken and are not released
	open    unit // the transaction that is still arriving, by its commit record; zero when there is none
	full    bool // the frameReader waits
	more    chan struct{}
	less    chan struct{}
	freed   time.Time // when something of held was released last, or began to be held
	first   time.Time // when the first of parts came
	last    time.Time // when the last of them did
}

func newQueue(s *slabs) *queue {
	return &queue{slabs: s, more: make(chan struct{}, 1), less: make(chan struct{}, 1)}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// waitForRoom waits until another size bytes may arrive. There is always room in an empty queue.
func (q *queue) waitForRoom(ctx context.Context, size int) error {
	for {
		q.mu.Lock()
		used := q.waiting + q.held
		q.full = used > 0 && used+size > queueBytes
		full := q.full
		q.mu.Unlock()
		if !full {
			return nil
		}
		poke(q.more) // what waits for its transaction's end waits in vain
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-q.less:
		}
	}
}

// putPart appends a run of frames.
func (q *queue) putPart(p part) {
	if p.slab == nil || p.size() == 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting += p.size()
	q.last = time.Now()
	if n := len(q.parts); n > 0 {
		if last := &q.parts[n-1]; last.slab == p.slab && last.to == p.from && last.class == p.class && last.xid == p.xid && p.class <= chunk {
			last.to, last.units, last.last = p.to, p.units, p.last
			return
		}
	} else {
		q.first = time.Now()
	}
	p.slab.refs.Add(1)
	q.parts = append(q.parts, p)
}

// tellArrived tells the applier that something was put.
func (q *queue) tellArrived() { poke(q.more) }

// noteOpen notes which transaction is arriving.
func (q *queue) noteOpen(u unit) {
	q.mu.Lock()
	q.open = u
	q.mu.Unlock()
}

// stuckFor is how long nothing of what was taken has become durable; 0 while nothing is taken.
func (q *queue) stuckFor() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.held == 0 {
		return 0
	}
	return time.Since(q.freed)
}

// isFull reports whether the receiver waits for the applier: the link is up even if nothing is read from it.
func (q *queue) isFull() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.full
}

// head returns the class of what is to be applied next, and of which transaction.
func (q *queue) head() (c class, xid uint32, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.parts) == 0 {
		return 0, 0, false
	}
	return q.parts[0].class, q.parts[0].xid, true
}

// releaseParts says that parts are durable or not needed any more.
func (q *queue) releaseParts(parts []part) {
	if len(parts) == 0 {
		return
	}
	n := 0
	for _, p := range parts {
		n += p.size()
		q.slabs.release(p.slab)
	}
	q.mu.Lock()
	q.held -= n
	q.freed = time.Now()
	q.mu.Unlock()
	poke(q.less)
}

// borrowPart counts a part that did not come through the queue, until it is released.
func (q *queue) borrowPart(p part) {
	q.mu.Lock()
	q.held += p.size()
	q.mu.Unlock()
}

// nextUnit returns the first unit that waits.
func (q *queue) nextUnit() (u unit, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.parts) == 0 || len(q.parts[0].ended()) == 0 {
		return unit{}, false
	}
	return q.parts[0].ended()[0], true
}

// popParts takes the first n parts.
func (q *queue) popParts(n int) []part {
	taken := append([]part(nil), q.parts[:n]...)
	q.parts = append(q.parts[:0], q.parts[n:]...)
	for _, p := range taken {
		q.waiting -= p.size()
		if q.held == 0 {
			q.freed = time.Now()
		}
		q.held += p.size()
	}
	q.first = time.Now()
	return taken
}

// takeRun takes what stands at the head with its class and transaction, up to about limit bytes.
func (q *queue) takeRun(limit int) []part {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, size := 0, 0
	for n < len(q.parts) && (n == 0 || size < limit) {
		if p := q.parts[n]; n > 0 && (p.class != chunk || p.class != q.parts[0].class || p.xid != q.parts[0].xid) {
			break
		}
		size += q.parts[n].size()
		n++
	}
	return q.popParts(n)
}

// whole is what take found.
type whole byte

const (
	nothing whole = iota
	visible       // up to a place where everything may become visible
	begun         // the beginning of what is too large to wait for, or of what waits for a later position
	barred        // allow refuses what comes next
)

// takeWhole takes plain frames from the head: whole transactions that may become visible together, as many as are
// there; or the beginning of one that is too large. allow, if not nil, is asked for each unit, and nothing beyond
// the first that it refuses is taken.
func (q *queue) takeWhole(allow func(u unit, first bool) bool) (parts []part, found whole) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, units, size, refused := q.reachVisible(allow)
	if n > 0 {
		at := n - 1
		before, after := q.parts[at].cut(units)
		q.parts[at] = before
		taken := q.popParts(n)
		if after.size() > 0 {
			q.parts = append([]part{after}, q.parts...)
		} else {
			q.slabs.release(after.slab)
		}
		return taken, visible
	}
	if refused || q.open.lsn > 0 && allow != nil && !allow(q.open, true) {
		return nil, barred
	}
	run := 0
	for run < len(q.parts) && q.parts[run].class == plain {
		run++
	}
	if run > 0 && (size >= spillBytes || q.full || run < len(q.parts)) {
		return q.popParts(run), begun
	}
	return nil, nothing
}

// reachVisible finds the last place within about batchBytes at which everything may become visible: the number of
// parts up to it, and of units in the last of them.
func (q *queue) reachVisible(allow func(u unit, first bool) bool) (n, units, size int, refused bool) {
	first := true
	for k := 0; k < len(q.parts) && q.parts[k].class == plain; k++ {
		if size >= batchBytes && n > 0 {
			break
		}
		p := q.parts[k]
		size += p.size()
		ended := p.ended()
		if allow == nil {
			for m := len(ended); m > 0; m-- {
				if ended[m-1].visible {
					n, units = k+1, m
					break
				}
			}
			continue
		}
		for m, u := range ended {
			if !allow(u, first) {
				return n, units, size, true
			}
			if first = u.visible; u.visible {
				n, units = k+1, m+1
			}
		}
	}
	return n, units, size, false
}

// eachUpcoming calls f for each unit that waits, in order, until f returns false, and returns what is still arriving.
func (q *queue) eachUpcoming(f func(unit) bool) (open unit) {
	q.mu.Lock()
	defer q.mu.Unlock()
	open = q.open
	for _, p := range q.parts {
		for _, u := range p.ended() {
			if !f(u) {
				return open
			}
		}
	}
	return open
}

// waitingLoad is how much waits, since when about, and when the last of it came.
func (q *queue) waitingLoad() (bytes int, first, last time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting, q.first, q.last
}
