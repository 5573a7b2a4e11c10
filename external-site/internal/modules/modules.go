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

	mu   sync.Mutex
	last contract.Switches
	read time.Time
}

// NewWatch makes a watch over source.
func NewWatch(source Source, now func() time.Time) *Watch { return &Watch{source: source, now: now} }

// Switches returns the decisions, at most a second old.
func (w *Watch) Switches(ctx context.Context) (contract.Switches, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if !w.read.IsZero() && now.Sub(w.read) < keep && !now.Before(w.read) {
		return w.last, nil
	}
	all, err := w.source.Switches(ctx)
	if err != nil {
		return contract.Switches{}, err
	}
	w.last, w.read = all, now
	return all, nil
}
