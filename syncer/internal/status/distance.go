package status

import (
	"time"

	"portal.example/syncer/internal/wire"
)

// distance is how far the replica is behind its source, by positions of the source's log and by the source's clock. Where a method is
// given now, that is our clock.
type distance struct {
	applied wire.LSN
	fresh   time.Time // source's clock: nothing older is missing
	told    wire.LSN  // source's position in the last message
	toldAt  time.Time // source's clock in that message
	toldIn  time.Time // our clock when it came
	anew    bool      // the next message's clock counts, whatever the last one said
	marks   []reached // of what was sent and is not confirmed, oldest first; of a unit that does not apply
}

// reached says that nothing older than at (source's clock) is missing to whoever has everything up to lsn.
type reached struct {
	lsn wire.LSN
	at  time.Time
}

// mostMarks bounds the marks; of more than that, every second one is forgotten.
const mostMarks = 4096

// beginAt notes where a stream begins and, unless it is nil, than which moment of the source nothing older is missing there.
func (d *distance) beginAt(applied wire.LSN, fresh *time.Time) {
	d.applied, d.fresh, d.anew = applied, time.Time{}, true
	if fresh != nil {
		d.fresh = *fresh
	}
}

// noteSource takes the clock only when it is ahead of what the last one has become: a message that waited on its way
// says less than an earlier one that did not.
func (d *distance) noteSource(position wire.LSN, clock, now time.Time) {
	d.told = max(d.told, position)
	if d.anew || clock.After(d.sourceClock(now)) {
		d.toldAt, d.toldIn, d.anew = clock, now, false
	}
}

// sourceClock is the source's, as far as we were told.
func (d *distance) sourceClock(now time.Time) time.Time { return d.toldAt.Add(now.Sub(d.toldIn)) }

// reachedAt notes than which moment nothing older is missing to whoever has everything up to position.
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
	return true
}

// measureLag is how far the replica is behind what the source told last, in bytes and in seconds; nil is not known.
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
