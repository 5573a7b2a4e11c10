package inbound

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// place is where a look through all messages has come to, in the order of sending.
type place struct {
	at time.Time
	id string
}

// before says whether m lies behind the place. What does not would be offered for ever.
func (p place) before(m message) bool {
	return m.SubmittedAt.After(p.at) || m.SubmittedAt.Equal(p.at) && m.ID > p.id
}

// full says whether no more messages are remembered that cannot be brought.
func (f *Fetcher) full() bool { return len(f.later) >= cmp.Or(f.most, maxPutOff) }

// remember puts a message off, if there is room to remember it. One that is not remembered is tried again by the next
// look through all messages.
func (f *Fetcher) remember(id string, p putOff) {
	if _, known := f.later[id]; known || !f.full() {
		f.later[id] = p
	}
}

// bringFromAll goes once through everything that waits, since more of it cannot be brought than is remembered, so that a
// broken-in outside keeps no honest message behind such ones from coming. It asks for a few messages at a time and
// remembers no more than before. It always ends with an error, which the status and its alert show.
func (f *Fetcher) bringFromAll(ctx context.Context, l *lines) error {
	f.putOffIDs() // forgets those that have not been offered for long
	through, end := context.WithTimeout(ctx, floodWithin)
	defer end()
	at := place{time.Unix(0, 0), uuid.Nil.String()}
	for through.Err() == nil {
		messages, err := f.readBehind(through, l, at)
		if err != nil {
			return err
		}
		if len(messages) == 0 {
			break
		}
		for _, m := range messages {
			if !at.before(m) {
				return errMoreThanAsked
			}
			at = place{m.SubmittedAt, m.ID}
			if p, known := f.later[m.ID]; known && time.Now().Before(p.at) {
				continue
			}
			if err := f.bringMessage(through, l, m); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("inbound, outside: more than %d messages are offered that cannot be brought whole; those behind them are brought, but somebody may be filling the channel: look at inbound.messages outside, and at who can write to it", cmp.Or(f.most, maxPutOff))
}

// readBehind reads the next messages behind a place.
func (f *Fetcher) readBehind(ctx context.Context, l *lines, at place) ([]message, error) {
	many := cmp.Or(f.few, perLook)
	within, cancel := context.WithTimeout(ctx, cmp.Or(f.look, lookWithin))
	defer cancel()
	messages, err := readPendingAfter(within, l.outside, many, at)
	f.learn(many, err, ctx.Err() == nil && within.Err() != nil)
	return messages, err
}
