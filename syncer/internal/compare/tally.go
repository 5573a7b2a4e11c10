package compare

import "sync"

// tally counts how far the work is and tells it.
type tally struct {
	onProgress func(Progress) // nil: nobody asks

	mu    sync.Mutex
	done  int64
	total int64
}

// tellProgress reports progress in rows of the source, or in objects.
func (t *tally) tellProgress(phase string, more int64) {
	t.mu.Lock()
	t.done += more
	p := Progress{Phase: phase, Done: t.done, Total: max(t.total, t.done)}
	t.mu.Unlock()
	if t.onProgress != nil {
		t.onProgress(p)
	}
}

// beginPhase starts counting another phase.
func (t *tally) beginPhase(phase string, total int64) {
	t.mu.Lock()
	t.done, t.total = 0, total
	t.mu.Unlock()
	t.tellProgress(phase, 0)
}
