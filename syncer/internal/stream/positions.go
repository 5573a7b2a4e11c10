package stream

import (
	"fmt"
	"sync/atomic"
	"time"

	"portal.example/syncer/internal/wire"
)

// positions are how far the writer was sent the source's log, and how far the target has made it durable.
type positions struct {
	sent     wire.LSN  // last position handed over
	sentAt   time.Time // the source's clock then: nothing older is missing
	acked    atomic.Uint64
	onSent   func(upTo wire.LSN, clock time.Time)
	lastSent time.Time      // when onSent was told
	onMove   func(wire.LSN) // nil for nobody

	idle      *wire.Progress // not passed on yet
	passEvery time.Duration
	lastIdle  time.Time
}

func (p *positions) init(o *Options) {
	p.sent, p.onSent = o.Start.Applied, o.OnSent
	p.acked.Store(uint64(o.Start.Applied))
	if p.passEvery = progressEvery; o.Hurry {
		p.passEvery = hurryEvery
	}
}

func (p *positions) moveTo(to wire.LSN, clock time.Time) {
	p.sent, p.sentAt = to, clock
	if p.onMove != nil {
		p.onMove(to)
	}
}

func (p *positions) noteAcknowledged(at wire.LSN) { p.acked.Store(max(p.acked.Load(), uint64(at))) }

// durablePosition returns how far the target has got, as the writer says. The writer holds the DMZ's credentials and is not
// trusted: if it acknowledges more than it was sent, that is an error, or the source would discard log that is still needed.
func (p *positions) durablePosition() (wire.LSN, error) {
	at := wire.LSN(p.acked.Load())
	if at > p.sent {
		return 0, fmt.Errorf("%w: the writer acknowledges %s, of which it was given nothing", wire.ErrFrame, at)
	}
	return at, nil
}

// tellSent reports how far the writer was sent everything, at most once in every.
func (p *positions) tellSent(now time.Time, every time.Duration) {
	if p.onSent == nil || p.sentAt.IsZero() || now.Sub(p.lastSent) < every {
		return
	}
	p.lastSent = now
	p.onSent(p.sent, p.sentAt)
}
