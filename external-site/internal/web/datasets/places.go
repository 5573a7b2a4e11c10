package datasets

import (
	"sync"
	"time"

	"portal.example/shared/fault"
)

// again is when somebody who found no place is to ask again.
const again = time.Minute

// places are the downloads that run, by the address that has them. The zero map is not usable.
type places struct {
	mu   sync.Mutex
	all  int
	held map[string]int
}

// take takes a place, which leave gives back: TooMany when the address has its share, Unavailable when there is none for anybody.
func (p *places) take(key string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	refusal := fault.New(fault.Unavailable, "datasets.busy")
	switch {
	case p.held[key] >= atOnceEach:
		refusal = fault.New(fault.TooMany, "datasets.two_at_once")
	case p.all < atOnce:
		p.all++
		p.held[key]++
		return nil
	}
	refusal.Wait = again
	return refusal
}

func (p *places) leave(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all--
	if p.held[key]--; p.held[key] == 0 {
		delete(p.held, key)
	}
}
