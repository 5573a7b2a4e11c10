package submission

import (
	"context"
	"runtime"
	"runtime/debug"
	"time"
)

// Scrubber makes the process forget soon what it had in the clear: after a submission it collects garbage and gives
// free memory back to the system, which hands it out again zeroed. That stops nobody who reads the memory while a
// person is typing; it keeps what was typed from lying there until chance overwrites it (decision 0003).
type Scrubber struct {
	due           chan struct{}
	scrub         func()
	settle, pause time.Duration
}

const (
	// scrubAfter is how long the answer, and the page with the receipt that follows it, may still be on their way.
	scrubAfter = 5 * time.Second
	// scrubEvery is how much time is between two scrubs at least: one costs two collections of the whole heap.
	scrubEvery = 20 * time.Second
)

// NewScrubber makes a scrubber; Run does its work.
func NewScrubber() *Scrubber {
	return &Scrubber{due: make(chan struct{}, 1), scrub: forget, settle: scrubAfter, pause: scrubEvery}
}

// forget collects twice: what a sync.Pool keeps survives the first time.
func forget() {
	runtime.GC()
	debug.FreeOSMemory()
}

// Soon asks for a scrub. It never waits.
func (s *Scrubber) Soon() {
	select {
	case s.due <- struct{}{}:
	default:
	}
}

// Run scrubs a moment after it is asked to, not too often, until ctx ends.
func (s *Scrubber) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.due:
		}
		if !wait(ctx, s.settle) {
			return
		}
		s.scrub()
		if !wait(ctx, s.pause) {
			return
		}
	}
}

// wait returns false when ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
