package submission

import (
	"context"
	"runtime/debug"
	"time"
)

// Scrubber makes the process forget soon what it had in the clear: after a submission it collects garbage and gives
// free memory back to the system, which hands it out again zeroed. That stops nobody who reads the memory while a
// person is typing; it keeps what was typed from lying there for minutes (decision 0003).
type Scrubber struct {
	due   chan struct{}
	scrub func()
	pause time.Duration
}

// scrubEvery is how much time is between two scrubs at least: one costs a collection of the whole heap.
const scrubEvery = 20 * time.Second

// NewScrubber makes a scrubber; Run does its work.
func NewScrubber() *Scrubber {
	return &Scrubber{due: make(chan struct{}, 1), scrub: debug.FreeOSMemory, pause: scrubEvery}
}

// Soon asks for a scrub. It never waits.
func (s *Scrubber) Soon() {
	select {
	case s.due <- struct{}{}:
	default:
	}
}

// Run scrubs when it is asked to, not too often, until ctx ends.
func (s *Scrubber) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.due:
		}
		s.scrub()
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.pause):
		}
	}
}
