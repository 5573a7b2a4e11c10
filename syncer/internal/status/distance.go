package status

import (
	"time"

	"portal.example/syncer/internal/wire"
)

// distance is how far the replica is behind its source, by positions of the source's log and by the source's clock. The
// parameter now of its methods is the time by our own clock.
type distance struct {
	applied wire.LSN
	fresh   time.Time // source's clock: nothing older is missing
	told    wire.LSN  // source's position in the last message
	toldAt  time.Time // source's clock in that message
	toldIn  time.Time // our clock when it came
	anew    bool      // the next message's clock counts, whatever the last one said
	marks   []reached // sent and not confirmed, oldest first; only in a unit that does not apply
}

// reached is a pair: where everything up to lsn has arrived, nothing older than at (source's clock) is missing.
type reached struct {
	lsn wire.LSN
	at  time.Time
}

// mostMarks is how many marks are kept. When there are more, every second one is dropped.
const mostMarks = 4096

// beginAt notes the position at which a stream begins. fresh is the moment of the source before which nothing is missing there; nil if
// that is not known.
func (d *distance) beginAt(applied wire.LSN, fresh *time.Time) {
	d.applied, d.fresh, d.anew = applied, time.Time{}, true
	if fresh != nil {
		d.fresh = *fresh
	}
	d.catchUp()
}

// noteSource notes what a message says of the source. Its clock counts only if it is ahead of the source's clock as we know it: a
// message that was held up on its way knows less than an earlier one that was not.
func (d *distance) noteSource(position wire.LSN, clock, now time.Time) {
	d.told = max(d.told, position)
	if d.anew || clock.After(d.sourceClock(now)) {
		d.toldAt, d.toldIn, d.anew = clock, now, false
	}
	d.catchUp()
}

// catchUp notes that nothing older than the last message is missing, once everything that messages told of is durable. A unit that is
// paused before anything was applied knows by this alone since when something may be missing.
func (d *distance) catchUp() {
	if d.told > 0 && d.told <= d.applied {
		d.fresh = laterOf(d.fresh, d.toldAt)
	}
}

// sourceClock estimates the source's clock from the last message.
func (d *distance) sourceClock(now time.Time) time.Time { return d.toldAt.Add(now.Sub(d.toldIn)) }

// reachedAt notes that nothing older than clock is missing where everything up to position has arrived.
func (d *distance) reachedAt(position wire.LSN, clock time.Time) {
	if position <= d.applied {
		d.fresh = laterOf(d.fresh, clock)
		return
	}
	if n := len(d.marks); n > 0 && position <= d.marks[n-1].lsn {
		if position == d.marks[n-1].lsn {
			d.marks[n-1].at = laterOf(d.marks[n-1].at, clock)
		}
		return
	}
	d.marks = append(d.marks, reached{position, clock})
	if len(d.marks) > mostMarks {
		for i := range mostMarks / 2 {
			d.marks[i] = d.marks[2*i+1]
		}
		d.marks = append(d.marks[:mostMarks/2], reached{position, clock})
	}
}

// confirm notes that everything up to position is durable, and reports whether that is news.
func (d *distance) confirm(position wire.LSN) bool {
	if position <= d.applied {
		return false
	}
	d.applied = position
	passed := 0
	for passed < len(d.marks) && d.marks[passed].lsn <= position {
		d.fresh = laterOf(d.fresh, d.marks[passed].at)
		passed++
	}
	d.marks = append(d.marks[:0], d.marks[passed:]...)
	d.catchUp()
	return true
}

// measureLag returns how far the replica is behind the last message of the source, in bytes and in seconds; nil if that is not known.
func (d *distance) measureLag(now time.Time) (bytes *int64, behind *float64) {
	if d.told == 0 || d.applied == 0 {
		return nil, nil
	}
	missing, seconds := int64(0), 0.0
	if d.told > d.applied {
		missing = int64(d.told - d.applied)
		if d.fresh.IsZero() {
			return &missing, nil
		}
		seconds = max(d.sourceClock(now).Sub(d.fresh).Seconds(), 0)
	}
	return &missing, &seconds
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
