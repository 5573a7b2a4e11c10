package apply

import (
	"context"
	"errors"
	"sync"

	"portal.example/syncer/internal/wire"
)

// gate makes the applier stop between transactions when somebody asks for it.
type gate struct {
	mu      sync.Mutex
	holds   []*hold
	paused  bool
	changed chan struct{}
	ended   chan struct{} // the writer has ended: nobody reaches anything any more
}

// hold is one request to stop at a position, or where exactly the transactions in a snapshot of the source are applied.
type hold struct {
	lsn     wire.LSN
	seen    *sourceSnapshot // nil to stop at the position
	reached chan wire.LSN
	there   bool
}

// errMissed says that the snapshot's transactions are not a prefix of the stream, so there is no place to stop at.
var errMissed = errors.New("the snapshot is no prefix of the stream")

func newGate() *gate { return &gate{changed: make(chan struct{}, 1), ended: make(chan struct{})} }

// HoldAt makes the applier stand; see Holder.
func (w *Writer) HoldAt(ctx context.Context, lsn wire.LSN) (wire.LSN, func(), error) {
	h := &hold{lsn: lsn, reached: make(chan wire.LSN, 1)}
	w.gate.mu.Lock()
	w.gate.holds = append(w.gate.holds, h)
	w.gate.mu.Unlock()
	poke(w.gate.changed)
	release := sync.OnceFunc(func() { w.gate.dropHold(h) })
	at, err := w.gate.awaitHold(ctx, h)
	if err != nil {
		release()
		return 0, func() {}, err
	}
	return at, release, nil
}

// Stands implements Holder.
func (w *Writer) Stands() (wire.LSN, uint64) {
	return wire.LSN(w.line.stands.Load()), w.line.applied.Load()
}

// Ended implements Holder.
func (w *Writer) Ended() <-chan struct{} { return w.gate.ended }

// awaitHold waits until the applier has stopped where h wants it.
func (g *gate) awaitHold(ctx context.Context, h *hold) (wire.LSN, error) {
	select {
	case at, ok := <-h.reached:
		if !ok {
			return 0, errMissed
		}
		return at, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-g.ended:
		return 0, ErrStreamEnded
	}
}

func (g *gate) dropHold(h *hold) {
	g.mu.Lock()
	for n := range g.holds {
		if g.holds[n] == h {
			g.holds = append(g.holds[:n], g.holds[n+1:]...)
			break
		}
	}
	g.mu.Unlock()
	poke(g.changed)
}

// setPaused makes the applier stand, or lets it go on.
func (g *gate) setPaused(on bool) {
	g.mu.Lock()
	g.paused = on
	g.mu.Unlock()
	poke(g.changed)
}

// moveHold gives a reached hold another aim.
func (g *gate) moveHold(h *hold, lsn wire.LSN, s *sourceSnapshot) {
	g.mu.Lock()
	h.lsn, h.seen, h.there, h.reached = lsn, s, false, make(chan wire.LSN, 1)
	g.mu.Unlock()
	poke(g.changed)
}

// permission returns what may be applied, nil when everything may. first is asked of the first unit of those that
// become visible together.
func (g *gate) permission() func(u unit, first bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.holds) == 0 && !g.paused {
		return nil
	}
	holds, paused := append([]*hold(nil), g.holds...), g.paused
	return func(u unit, first bool) bool {
		if paused {
			return false
		}
		for _, h := range holds {
			if !h.permits(u, first) {
				return false
			}
		}
		return true
	}
}

func (h *hold) permits(u unit, first bool) bool {
	if h.seen != nil {
		return u.lsn <= h.lsn && (u.xid == 0 || h.seen.shows(u.xid))
	}
	return !first || u.lsn <= h.lsn
}

// standsStill looks which holds are reached, now that everything up to at is durable and nothing is open, and reports
// whether the applier has to stand still.
func (g *gate) standsStill(at wire.LSN, q *queue) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	still := g.paused
	for _, h := range g.holds {
		if h.there {
			still = true
			continue
		}
		reached, missed := h.lookAhead(at, q)
		switch {
		case missed:
			h.there = true
			close(h.reached)
		case reached:
			h.there = true
			h.reached <- max(at, h.lsn)
		}
		still = still || h.there
	}
	return still
}

// lookAhead finds out whether nothing that h wants is still to come.
func (h *hold) lookAhead(at wire.LSN, q *queue) (reached, missed bool) {
	if at >= h.lsn {
		return true, false
	}
	next, blocked, waits := true, false, false
	open := q.eachUpcoming(func(u unit) bool {
		if next && h.permits(u, true) {
			waits = true // still to be applied
			return false
		}
		next, blocked = false, true
		if h.seen == nil || u.lsn >= h.lsn {
			reached = true
			return false
		}
		if u.xid != 0 && h.seen.shows(u.xid) {
			missed = true
		}
		return !missed
	})
	if next && !waits && h.seen == nil && open.lsn > h.lsn {
		return true, false
	}
	return reached, missed || blocked && !reached && q.isFull()
}
