package apply

import (
	"context"
	"slices"
	"sync/atomic"

	"portal.example/syncer/internal/wire"
)

// pipeline sends flights to the main session, ahead of the answers to those before them, and takes the answers. What
// fails it takes back and sends once more in source order.
type pipeline struct {
	o       *Options
	queue   *queue
	control *control
	tables  *definer
	acks    *acknowledger
	pace    pace
	started wire.LSN   // where the reader said that it begins
	besides func() int // sessions that hold transactions which still run, see sides

	recorded *statement // the position

	answers answers
	open    sessions // every session that is open
	main    *session
	at      standing // where the frames stand
	sent    wire.LSN // where the replica stands once everything sent is durable
	opened  Applied  // of the transaction that is open on the main session
	lost    bool     // that holds what cannot be applied again

	// stands is up to where everything is committed here, applied counts what was, in bytes of frames: see Holder.
	stands, applied atomic.Uint64

	arena arena // memory for the values of a flight
	rows  []wire.RawRow
}

// begin notes where the stream begins.
func (p *pipeline) begin(at wire.LSN) {
	p.started = at
	p.stands.Store(uint64(at))
}

// answers are what sessions say to their flights.
type answers struct {
	come chan answer
	kept []answer // that came while another session's was waited for
}

// next returns an answer that is there; ok is false when there is none.
func (x *answers) next() (a answer, ok bool) {
	if len(x.kept) > 0 {
		a, x.kept = x.kept[0], x.kept[1:]
		return a, true
	}
	select {
	case a = <-x.come:
		return a, true
	default:
		return a, false
	}
}

// await returns the next answer of s; what others say meanwhile is kept for later, so that one failure is dealt
// with at a time.
func (x *answers) await(ctx context.Context, s *session) (answer, error) {
	for n, a := range x.kept {
		if a.session == s {
			x.kept = slices.Delete(x.kept, n, n+1)
			return a, nil
		}
	}
	for {
		select {
		case <-ctx.Done():
			return answer{}, ctx.Err()
		case a := <-x.come:
			switch {
			case a.dead:
				return a, dead(a.err)
			case a.session == s:
				return a, nil
			}
			x.kept = append(x.kept, a)
		}
	}
}
