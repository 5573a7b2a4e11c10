package watch

import (
	"slices"
	"strings"
	"sync"

	"portal.example/shared/fault"
)

// rowsOf are partitions that the stream has brought rows of, until the next look at the catalog.
type rowsOf struct {
	mu   sync.Mutex
	seen map[uint32]partition
}

type partition struct{ name, of string }

// Saw notes that rows of a partition came by as those of the table it belonged to then.
func (w *Watch) Saw(oid uint32, name, table string) {
	w.rows.mu.Lock()
	defer w.rows.mu.Unlock()
	if w.rows.seen == nil {
		w.rows.seen = map[uint32]partition{}
	}
	w.rows.seen[oid] = partition{name, table}
}

// take returns what was noted and begins anew; a look at the catalog afterwards shows each of them that is still there.
func (r *rowsOf) take() map[uint32]partition {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := r.seen
	r.seen = nil
	return seen
}

// noteFilled notes that partitions have held rows of which no look at the catalog has known so far.
func (w *Watch) noteFilled(seen map[uint32]partition) {
	for _, of := range w.leaves {
		for i := range of {
			if _, ok := seen[of[i].oid]; ok {
				of[i].held = true
			}
		}
	}
}

// vanished tells of partitions that came, were filled and went without a look between: their rows went with them, of which
// the log says nothing. Those that a look has seen are judged by what it saw.
func (w *Watch) vanished(seen map[uint32]partition, now []leaves) error {
	for oid, p := range seen {
		known := func(of leaves) bool { _, ok := of.find(oid); return ok }
		if slices.ContainsFunc(now, known) || slices.ContainsFunc(w.leaves, known) {
			continue
		}
		return fault.Unsafef("source: partition %s of %s was detached or dropped with the rows that had come from it, which the log does not record: the replica no longer holds the table's rows; run `syncer table resync %s`",
			strings.TrimSpace(p.name), p.of, p.of)
	}
	return nil
}
