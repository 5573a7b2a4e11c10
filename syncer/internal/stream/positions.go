package stream

import (
	"fmt"
	"sync/atomic"
	"time"

	"portal.example/syncer/internal/wire"
)

// positions are how far in the source's log the writer was given everything, and how far the target has it.
type positions struct {
	sent     wire.LSN  // last position handed over
	sentAt   time.Time // the source's clock, than which nothing older is missing up to there
	acked    atomic.Uint64
	onSent   func(upTo wire.LSN, clock time.Time)
	lastSent time.Time // when onSent was told

	idle      *wire.Progress // waits to be passed on
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

func (p *positions) moveTo(to wire.LSN, clock time.Time) { p.sent, p.sentAt = to, clock }

func (p *positions) noteAcknowledged(at wire.LSN) { p.acked.Store(max(p.acked.Load(), uint64(at))) }

// durablePosition is how far the target has got, as the writer says. The writer holds the DMZ's credentials: one that claims
// more than it was given is not believed at all, or the source would throw away log that nobody has.
func (p *positions) durablePosition() (wire.LSN, error) {
	at := wire.LSN(p.acked.Load())
	if at > p.sent {
		return 0, fmt.Errorf("%w: the writer acknowledges %s, of which it was given nothing", wire.ErrFrame, at)
	}
	return at, nil
}

// tellSent says what the writer was given: of a short stream, too, somebody will want to know how far it had come.
func (p *positions) tellSent(now time.Time, every time.Duration) {
	if p.onSent == nil || p.sentAt.IsZero() || now.Sub(p.lastSent) < every {
		return
	}
	p.lastSent = now
	p.onSent(p.sent, p.sentAt)
}
