// Package modules knows which modules of the portal are switched on, as the inside decided. What belongs to a module
// that is off is not on this site. It may import shared; store.go holds the SQL.
package modules

import (
	"context"
	"sync"
	"time"

	"portal.example/shared/contract"
)

// Source is asked for the decisions of the inside.
type Source interface {
	Switches(ctx context.Context) (contract.Switches, error)
}

// keep is how long an answer serves: every page asks.
const keep = time.Second

// Watch answers for all pages of the process.
type Watch struct {
	source Source
	now    func() time.Time

	mu    sync.Mutex
	last  contract.Switches
	asked time.Time
	known bool
}

// NewWatch makes a watch over source.
func NewWatch(source Source, now func() time.Time) *Watch { return &Watch{source: source, now: now} }

// Switches returns the decisions, at most a second old. While the source cannot be asked, what it said last holds: a page
// then answers for itself, with what its reader typed.
func (w *Watch) Switches(ctx context.Context) (contract.Switches, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if w.known && now.Sub(w.asked) < keep && !now.Before(w.asked) {
		return w.last, nil
	}
	all, err := w.source.Switches(ctx)
	switch {
	case err == nil:
		w.last, w.known = all, true
	case !w.known:
		return contract.Switches{}, err
	}
	w.asked = now
	return w.last, nil
}
