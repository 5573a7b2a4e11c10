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

// before reports whether m lies behind the place. An outside that offers anything else could keep us here for ever.
func (p place) before(m message) bool {
	return m.SubmittedAt.After(p.at) || m.SubmittedAt.Equal(p.at) && m.ID > p.id
}

// bringFromAll goes once through everything that waits, since more of it cannot be brought than is remembered, so that a
// broken-in outside keeps no honest message behind such ones from coming. It asks for a few messages at a time and
// remembers no more than before. It always ends with an error, which the status and its alert show.
func (f *Fetcher) bringFromAll(ctx context.Context, l *lines) error {
	f.later.listIDs(time.Now()) // forgets those that have not been offered for long
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
			if time.Now().Before(f.later.find(m.ID).at) {
				continue
			}
			if err := f.bringMessage(through, l, m); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("inbound, outside: more than %d messages are offered that cannot be brought whole; those behind them are brought, but somebody may be filling the channel: look at inbound.messages outside, and at who can write to it", f.later.limit())
}

// readBehind reads the next messages behind a place.
func (f *Fetcher) readBehind(ctx context.Context, l *lines, at place) ([]message, error) {
	many := f.portion.size()
	within, cancel := context.WithTimeout(ctx, cmp.Or(f.look, lookWithin))
	defer cancel()
	messages, err := readPendingAfter(within, l.outside, many, at)
	f.portion.learn(many, err, ctx.Err() == nil && within.Err() != nil)
	return messages, err
}
