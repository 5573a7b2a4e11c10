// Package live tells open pages that what they show may have changed. One connection to this node's own database hears for
// all of them; a page then asks for itself whether anything has changed for its reader. Nothing of anybody passes here.
//
// It knows no page. It may import pgx, shared/pg and shared/fault; store_listen.go holds the SQL.
package live

import (
	"cmp"
	"context"
	"sync"
	"time"

	"portal.example/shared/fault"
)

// Limits of open streams where nobody says otherwise: mobile operators put many people behind one address, and each stream
// holds a connection.
const (
	DefaultEach = 40
	DefaultAll  = 400
)

// Limits are those of a site's configuration.
type Limits struct {
	// Each is how many streams one address may have open; 40 when zero. Whatever is more asks from time to time. A hall with many displays behind one
	// address needs as many.
	Each int `koanf:"each"`
	// All is how many this process keeps open together; 400 when zero.
	All int `koanf:"all"`
}

// Hub makes the hub of the limits.
func (l Limits) Hub() *Hub { return NewHub(cmp.Or(l.Each, DefaultEach), cmp.Or(l.All, DefaultAll)) }

// Valid says whether the limits are some.
func (l Limits) Valid() bool { return l.Each >= 0 && l.All >= 0 }

// Hub is the open streams of this process. Make one with NewHub; it is safe for concurrent use.
type Hub struct {
	each, all int

	mu    sync.Mutex
	open  map[*Stream]struct{}
	keys  map[string]int
	ended bool
}

// NewHub makes a hub for so many streams of one address and of all together.
func NewHub(each, all int) *Hub {
	return &Hub{each: each, all: all, open: map[*Stream]struct{}{}, keys: map[string]int{}}
}

// Stream is one page that is open.
type Stream struct {
	hub  *Hub
	key  string
	told chan struct{}
	end  chan struct{}
}

// Open opens a stream for the address key. The error is TooMany when there are as many as may be, and Unavailable once the
// hub has ended; the page then asks by itself from time to time.
func (h *Hub) Open(key string) (*Stream, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ended:
		return nil, fault.New(fault.Unavailable, "")
	case len(h.open) >= h.all, h.keys[key] >= h.each:
		return nil, fault.New(fault.TooMany, "")
	}
	s := &Stream{hub: h, key: key, told: make(chan struct{}, 1), end: make(chan struct{})}
	h.open[s] = struct{}{}
	h.keys[key]++
	return s, nil
}

// Close gives the stream's place back.
func (s *Stream) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if _, open := s.hub.open[s]; !open {
		return
	}
	delete(s.hub.open, s)
	if s.hub.keys[s.key]--; s.hub.keys[s.key] == 0 {
		delete(s.hub.keys, s.key)
	}
}

// Wait returns true once something may have changed since it returned last, and false when ctx, the hub or patience ends.
func (s *Stream) Wait(ctx context.Context, patience time.Duration) (changed bool) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-s.told:
		return true
	case <-timer.C:
	case <-s.end:
	case <-ctx.Done():
	}
	return false
}

// Ended says whether the hub has ended, and the stream with it.
func (s *Stream) Ended() bool {
	select {
	case <-s.end:
		return true
	default:
		return false
	}
}

// quickest is how long a stream rests between two questions to the database when few are open.
const quickest = 200 * time.Millisecond

// Rest is how long a stream rests between two questions to the database: all of them together ask at most a hundred times a
// second, however many are open.
func (s *Stream) Rest() time.Duration {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return max(quickest, time.Duration(len(s.hub.open))*10*time.Millisecond)
}

// tell tells every stream. One that has not yet looked is told once.
func (h *Hub) tell() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.open {
		select {
		case s.told <- struct{}{}:
		default:
		}
	}
}

// finish ends every stream and lets no other begin.
func (h *Hub) finish() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return
	}
	h.ended = true
	for s := range h.open {
		close(s.end)
	}
}

// Streams is how many are open.
func (h *Hub) Streams() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.open)
}
