package apply

import "time"

// batchPacer decides when to send a batch. If nothing is under way, whatever has arrived is sent immediately, so a quiet stream
// is never late. What arrives while a batch is under way is collected until the answer; if the target is far away, for a
// millisecond only, so that a change does not wait for the answer to another one.
//
// It is different for a stream that is catching up, whose commits were made over a longer time than they take to arrive (more
// than a hiccup of the machine explains), and for one that brings more than ten transactions per millisecond. Every batch costs
// the target a COMMIT, and a larger one changes neighbouring rows together, so batches are then made large.
type batchPacer struct {
	last     time.Time // when a batch was sent
	behind   bool
	lookedAt time.Time     // when behind was decided last
	commit   time.Time     // commit time of the last transaction applied then
	gained   time.Duration // how much commit times have run ahead of the clock
	count    int           // transactions since lookedAt
}

const (
	paceBytes = 128 << 10 // is worth a batch of its own
	paceWait  = time.Millisecond
	lookAgain = time.Second // whether flights are overdue

	// For a stream that is catching up.
	bulkBytes  = 3 << 20 // of a batch when nothing is under way or the target is far away
	bulkAhead  = 4 << 20 // of one that is sent ahead
	bulkWait   = 100 * time.Millisecond
	bulkPause  = 15 * time.Millisecond // nothing new for so long: that was all
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

// mayTakeBatch reports whether the next batch may be sent now. If not, it returns when to ask again; 0 means at the next event.
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
	case line.main.roundTrip < paceWait: // an answer comes as soon as a timer would fire
		return bytes >= paceBytes, 0
	}
	left := paceWait - time.Since(p.last)
	return bytes >= paceBytes || left <= 0, left
}
