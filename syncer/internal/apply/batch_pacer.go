package apply

import "time"

// batchPacer decides when a batch is worth sending. With nothing under way whatever is there goes at once, so a quiet stream
// is never late. What arrives while a batch is under way is collected: for a millisecond where the target is far
// away, so that a change need not wait for the answer to another one, else until the answer.
//
// A stream that is behind, because its commits follow each other faster than the clock goes and have made up for
// more than a hiccup of the machine, or that brings more than ten transactions a millisecond, is another matter: each
// batch costs the target a COMMIT, and in a larger one neighbours in the table are changed together. Then batches are
// made large.
type batchPacer struct {
	last     time.Time // when a batch was sent
	behind   bool
	lookedAt time.Time     // when behind was looked at last
	commit   time.Time     // the commit that was applied then
	gained   time.Duration // how much commits' time was ahead of the clock's since they are quicker
	count    int           // transactions since mark
}

const (
	paceBytes = 128 << 10 // enough for a batch of its own
	paceWait  = time.Millisecond
	lookAgain = time.Second // at flights that are not answered

	// For a stream that is behind.
	bulkBytes  = 3 << 20 // of a batch when nothing is under way or the target is far away
	bulkAhead  = 4 << 20 // of one that is sent ahead
	bulkWait   = 100 * time.Millisecond
	bulkPause  = 15 * time.Millisecond // without anything new: that was all
	bulkGained = 100 * time.Millisecond
	bulkRate   = 10 // transactions per millisecond
	bulkWindow = 20 * time.Millisecond
	farAway    = 2 * time.Millisecond
)

// noteSent notes a batch.
func (p *batchPacer) noteSent(a *Applied) {
	p.last = time.Now()
	p.count += a.Transactions
	passed := p.last.Sub(p.lookedAt)
	if a.At.IsZero() || passed < bulkWindow {
		return
	}
	gained := a.At.Sub(p.commit) - passed
	if p.commit.IsZero() || gained < passed/2 {
		p.gained, gained = 0, 0
	}
	p.gained += gained
	p.behind = p.gained > bulkGained || p.count > bulkRate*int(passed.Milliseconds())
	p.lookedAt, p.commit, p.count = p.last, a.At, 0
}

// mayTakeBatch reports whether the next batch may be sent now, and else when to ask again by itself; 0 never.
func (p *batchPacer) mayTakeBatch(line *pipeline) (bool, time.Duration) {
	if time.Since(p.last) > 5*bulkWait {
		p.behind = false
	}
	flights, size := len(line.main.flights), 0
	for _, f := range line.main.flights {
		size += f.size
	}
	bytes, first, last := line.queue.waitingLoad()
	switch {
	case line.queue.isFull() && flights == 0:
		return true, 0
	case p.behind:
		enough := bulkBytes
		if flights > 0 && line.main.roundTrip < farAway || flights > 1 {
			enough = bulkAhead
		}
		left := min(bulkWait-time.Since(first), bulkPause-time.Since(last))
		return bytes >= enough && size < flightBytes || flights == 0 && left <= 0, left
	case flights == 0:
		return true, 0
	case flights >= maxFlights, flights >= 2 && size >= flightBytes:
		return false, 0
	case line.main.roundTrip < paceWait: // the answer comes as soon as a timer would
		return bytes >= paceBytes, 0
	}
	left := paceWait - time.Since(p.last)
	return bytes >= paceBytes || left <= 0, left
}
