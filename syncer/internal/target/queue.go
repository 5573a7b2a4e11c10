package target

import (
	"context"
	"sync"

	"portal.example/syncer/internal/wire"
)

const (
	queueBytes = 16 << 20 // what may wait while a batch is applied
	spillBytes = 8 << 20  // a transaction larger than this is applied while it still arrives
	frameBytes = 96       // about what a frame takes beside its payload
)

// queue collects frames while the applier works. There is no timer: whatever whole transactions are there
// when the applier comes back are one batch.
type queue struct {
	mu       sync.Mutex
	items    []any
	bytes    int
	boundary int // items[:boundary] may become visible
	hold     wire.LSN
	full     bool
	changed  chan struct{} // closed and replaced at each change
}

func newQueue() *queue { return &queue{changed: make(chan struct{})} }

func (q *queue) signal() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// put appends a frame, waiting while the queue is full.
func (q *queue) put(ctx context.Context, frame any) error {
	for {
		q.mu.Lock()
		if q.bytes < queueBytes {
			break
		}
		q.full = true
		changed := q.changed
		q.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
	defer q.mu.Unlock()
	q.full = false
	q.items = append(q.items, frame)
	q.bytes += frameBytes
	switch f := frame.(type) {
	case *wire.Change:
		q.bytes += f.Size
	case wire.Commit:
		q.reach(f.End, f.Hold)
	case wire.Progress:
		q.reach(f.LSN, f.Hold)
	}
	if q.boundary > 0 || q.bytes >= spillBytes {
		q.signal()
	}
	return nil
}

func (q *queue) reach(lsn, hold wire.LSN) {
	q.hold = max(q.hold, hold)
	if lsn >= q.hold {
		q.boundary = len(q.items)
	}
}

// take waits for whole transactions and returns all that are there; visible is false when the first of
// them is too large to wait for and only its beginning is returned.
func (q *queue) take(ctx context.Context) (items []any, visible bool, err error) {
	for {
		q.mu.Lock()
		if q.boundary > 0 || q.bytes >= spillBytes {
			break
		}
		changed := q.changed
		q.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, false, ctx.Err()
		case <-changed:
		}
	}
	defer q.mu.Unlock()
	n, visible := q.boundary, true
	if n == 0 {
		n, visible = len(q.items), false
	}
	items = q.items[:n:n]
	q.items = append([]any(nil), q.items[n:]...)
	q.boundary = 0
	q.bytes = size(q.items)
	q.signal()
	return items, visible, nil
}

func size(items []any) int {
	n := len(items) * frameBytes
	for _, i := range items {
		if c, ok := i.(*wire.Change); ok {
			n += c.Size
		}
	}
	return n
}

// isFull reports whether the receiver waits for the applier: the link is up even if nothing is read from it.
func (q *queue) isFull() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.full
}
