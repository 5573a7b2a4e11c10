package apply

import (
	"sync"
	"sync/atomic"

	"portal.example/syncer/internal/wire"
)

// Frames stay as they arrived, in slabs of memory that are filled one after another and are reused once everything in them is
// durable. Parts and units refer to places in slabs.

// slabSize is the size of a slab; a frame that is larger gets one of its own.
const slabSize = 256 << 10

// slab is memory that frames arrive in.
type slab struct {
	b     []byte
	refs  atomic.Int32 // parts that refer to it, and the frameReader while it fills it
	units []unit       // in the order of their ends
}

// unit is a whole transaction, or a position that the source has passed without a transaction.
type unit struct {
	end     int      // in the slab, of its last frame
	visible bool     // everything up to its end may become visible
	lsn     wire.LSN // position after it
	xid     uint32   // 0 for a position
}

// class says how a run of frames is applied.
type class byte

const (
	plain       class = iota // whole transactions, positions, tables' descriptions
	chunk                    // a part of a running transaction
	streamEnd                // StreamCommit
	streamAbort              // StreamAbort
)

// part is a run of whole frames of one class within one slab.
type part struct {
	slab     *slab
	from, to int
	class    class
	xid      uint32 // of a chunk
	units    []unit // the slab's units, of which
	first    int    // this one and
	last     int    // those before this one end in the part
}

func (p part) bytes() []byte { return p.slab.b[p.from:p.to] }

func (p part) size() int { return p.to - p.from }

// cut splits the part after its n-th unit. Both halves refer to the slab.
func (p part) cut(n int) (before, after part) {
	before, after = p, p
	at := p.first + n
	before.to, before.last = p.units[at-1].end, at
	after.from, after.first = before.to, at
	p.slab.refs.Add(1)
	return before, after
}

// ended returns the part's units.
func (p part) ended() []unit { return p.units[p.first:p.last] }

// slabs keeps slabs for reuse.
type slabs struct {
	mu   sync.Mutex
	free []*slab
}

// keptSlabs limits the memory that is kept while idle.
const keptSlabs = 32

// get returns a slab with room for size bytes and one reference.
func (s *slabs) get(size int) *slab {
	var got *slab
	s.mu.Lock()
	if n := len(s.free); n > 0 && size <= slabSize {
		got, s.free = s.free[n-1], s.free[:n-1]
	}
	s.mu.Unlock()
	if got == nil {
		got = &slab{b: make([]byte, max(size, slabSize))}
	}
	got.units = got.units[:0]
	got.refs.Store(1)
	return got
}

// release drops one reference.
func (s *slabs) release(of *slab) {
	if of.refs.Add(-1) > 0 || len(of.b) != slabSize {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) < keptSlabs {
		s.free = append(s.free, of)
	}
}
