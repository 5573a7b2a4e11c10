// Package freshness knows how old the replica may be: when the inside was last heard of, and whether the link
// is down. It reads one row at most once a second, whatever the traffic. It may import shared/pg and shared/fault.
package freshness

import (
	"context"
	"sync"
	"time"
)

// StaleAfter is how long silence lasts before the site says that the link is down.
const StaleAfter = 15 * time.Second

const (
	keep     = time.Second     // a reading is believed for so long
	patience = 2 * time.Second // and a page waits for a reading at most so long
)

// Link is the state of the link to the inside.
type Link string

// States of the link.
const (
	Up      Link = "up"
	Down    Link = "down"    // nothing heard for StaleAfter
	Never   Link = "never"   // replication has not been set up yet, or has never delivered
	Unknown Link = "unknown" // the database of this node cannot be asked
)

// Reading is what the replica says of itself.
type Reading struct {
	Link      Link
	HeardAt   time.Time // last message of any kind from the inside
	AppliedAt time.Time // commit time of the newest change that is here
	ReadAt    time.Time
	Waiting   int // documents whose bytes are on their way
}

// Age is how long ago the inside was last heard of.
func (r Reading) Age() time.Duration { return max(r.ReadAt.Sub(r.HeardAt), 0) }

// Progress is what the source of readings returns; Found is false before replication was ever set up.
type Progress struct {
	Found              bool
	HeardAt, AppliedAt time.Time
	Now                time.Time // the database's own clock, on which the other times were written
	Waiting            int
}

// Source is asked for the progress of replication.
type Source interface {
	Progress(ctx context.Context) (Progress, error)
}

// Watch answers for all pages of the process.
type Watch struct {
	source Source
	now    func() time.Time
	failed func(error)

	mu   sync.Mutex
	last Reading
	read time.Time
}

// NewWatch makes a watch over source; failed (may be nil) is told why the source could not be asked.
func NewWatch(source Source, now func() time.Time, failed func(error)) *Watch {
	if failed == nil {
		failed = func(error) {}
	}
	return &Watch{source: source, now: now, failed: failed}
}

// Read returns the state of the link, at most a second old. It never fails: not being able to ask is a state.
func (w *Watch) Read(ctx context.Context) Reading {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := w.now(); !w.read.IsZero() && now.Sub(w.read) < keep && !now.Before(w.read) {
		return w.last
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	p, err := w.source.Progress(ctx)
	if err != nil {
		w.failed(err)
	}
	w.last, w.read = judge(p, err, w.now()), w.now()
	return w.last
}

// judge turns what the source said into a reading. Ages are taken on the database's clock and then carried over
// to ours, so that two clocks that differ do not make the link look down.
func judge(p Progress, err error, now time.Time) Reading {
	switch {
	case err != nil:
		return Reading{Link: Unknown, ReadAt: now}
	case !p.Found || p.HeardAt.IsZero():
		return Reading{Link: Never, ReadAt: now}
	}
	age := max(p.Now.Sub(p.HeardAt), 0)
	r := Reading{Link: Up, HeardAt: now.Add(-age), ReadAt: now, Waiting: p.Waiting}
	if !p.AppliedAt.IsZero() {
		r.AppliedAt = now.Add(-max(p.Now.Sub(p.AppliedAt), 0))
	}
	if age > StaleAfter {
		r.Link = Down
	}
	return r
}
