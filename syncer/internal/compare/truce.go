package compare

import (
	"fmt"
	"time"
)

const (
	// longStand is how long the stream may stand for one meeting without consequences.
	longStand  = 250 * time.Millisecond
	firstTruce = 15 * time.Second
	lastTruce  = 30 * time.Minute
)

// truce keeps the scheduled comparison from bringing both sides together for a while after that made the stream stand for long. Each
// truce that follows another is twice as long.
type truce struct {
	until time.Time
	next  time.Duration
}

func (t *truce) holds() bool { return time.Now().Before(t.until) }

// mayMeet refuses to begin what needs a meeting while the truce holds.
func (t *truce) mayMeet() error {
	if t.holds() {
		return fmt.Errorf("%w: the last common moment made the stream wait too long; the next is tried later", errUnsure)
	}
	return nil
}

// noteStood begins a truce of at most so long if the stream stood for long.
func (t *truce) noteStood(how, most time.Duration) {
	if how < longStand {
		t.next = 0
		return
	}
	t.next = min(max(2*t.next, firstTruce), lastTruce, most)
	t.until = time.Now().Add(t.next)
}
