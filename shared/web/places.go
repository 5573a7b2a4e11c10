package web

import (
	"context"
	"sync"
	"time"

	"portal.example/shared/fault"
)

// Places limits how many requests of one key run at a time. Further requests wait for a place and are refused after a while.
type Places struct {
	each     int           // places of one key
	patience time.Duration // how long to wait for one

	mu   sync.Mutex
	keys map[string]*place
}

// place holds the places of one key; it is kept while somebody uses or waits for one.
type place struct {
	taken chan struct{}
	users int
}

// NewPlaces makes the given number of places for each key; a request waits for one as long as patience.
func NewPlaces(each int, patience time.Duration) *Places {
	return &Places{each: each, patience: patience, keys: map[string]*place{}}
}

// Take waits for a place of key and returns the function that gives it back. When none becomes free in time, or ctx ends,
// the error is TooMany with the message under refusal.
func (p *Places) Take(ctx context.Context, key, refusal string) (free func(), err error) {
	its := p.enter(key)
	timer := time.NewTimer(p.patience)
	defer timer.Stop()
	select {
	case its.taken <- struct{}{}:
		return func() { <-its.taken; p.leave(key, its) }, nil
	case <-timer.C:
	case <-ctx.Done():
	}
	p.leave(key, its)
	return nil, fault.New(fault.TooMany, refusal)
}

func (p *Places) enter(key string) *place {
	p.mu.Lock()
	defer p.mu.Unlock()
	its := p.keys[key]
	if its == nil {
		its = &place{taken: make(chan struct{}, p.each)}
		p.keys[key] = its
	}
	its.users++
	return its
}

func (p *Places) leave(key string, its *place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if its.users--; its.users == 0 {
		delete(p.keys, key)
	}
}
