package target

import "time"

// pace decides when a batch is worth sending while others are under way. With nothing under way whatever is there
// goes at once, so a quiet stream is never late. Each batch costs the target a commit, so what arrives while one
// is under way is collected for a moment: about the time that a batch takes anyway, much less than the way to a
// distant target.
type pace struct {
	last  time.Time     // when a batch was sent
	trip  time.Duration // the quickest answer of late: mostly the way to the target and back
	trips [16]time.Duration
	n     int
}

const (
	paceBytes = 128 << 10 // enough for a batch of its own
	paceWait  = time.Millisecond
	lookAgain = time.Second // at flights that are not answered
)

func (p *pace) sent() { p.last = time.Now() }

func (p *pace) answered(f *flight) {
	p.trips[p.n%len(p.trips)] = time.Since(f.sent)
	p.n++
	p.trip = p.trips[0]
	for _, t := range p.trips[:min(p.n, len(p.trips))] {
		p.trip = min(p.trip, t)
	}
}

// ready reports whether the next batch may be sent now.
func (p *pace) ready(w *Writer) bool {
	flights := w.main.flights
	if len(flights) == 0 {
		return true
	}
	size := 0
	for _, f := range flights {
		size += f.size
	}
	if len(flights) >= maxFlights || len(flights) >= 2 && size >= flightBytes || w.Unrecorded {
		return false
	}
	return w.queue.load() >= paceBytes || time.Since(p.last) >= paceWait
}

// again is when ready may answer otherwise by itself; 0 never.
func (p *pace) again(w *Writer) time.Duration {
	if len(w.main.flights) == 0 {
		return 0
	}
	if w.queue.load() > 0 && len(w.main.flights) < maxFlights {
		if d := paceWait - time.Since(p.last); d > 0 {
			return d
		}
	}
	return lookAgain
}
