package stream

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/wire"
)

// heartbeat keeps the log of an idle source moving, on a connection of its own that only its goroutine uses.
type heartbeat struct {
	o      *Options
	tables []publisher.Table
	beat   *pgx.Conn
	urge   chan struct{}              // receives when a transaction waits for a later position
	clock  atomic.Pointer[wire.Clock] // of the last beat; nil once it is passed on
	// watched: somebody else looks at the publication as often.
	watched bool
}

// keepBeating makes the source write a few bytes to its log at regular intervals, so that the slot moves even if nobody
// changes the tables, and immediately when a transaction waits for a later position. At each regular beat of a stream that nobody
// watches it also checks that the publication still matches the whitelist: a table that is no longer published would just be silent.
func (h *heartbeat) keepBeating(ctx context.Context) error {
	every := h.o.Heartbeat
	if h.o.Hurry {
		every = min(every, hurryEvery)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	looked := time.Now()
	for {
		transactional := h.o.Hurry // its commit is flushed at once
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-h.urge:
			transactional = true
		case <-tick.C:
		}
		if err := h.emitBeat(ctx, transactional); err != nil {
			return err
		}
		if h.watched || time.Since(looked) < h.o.Heartbeat {
			continue
		}
		looked = time.Now()
		if err := h.verifyPublication(ctx); err != nil {
			return err
		}
	}
}

func (h *heartbeat) emitBeat(ctx context.Context, transactional bool) error {
	within, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	var c wire.Clock
	var at string
	err := h.beat.QueryRow(within, `SELECT pg_catalog.pg_logical_emit_message($1, 'syncer', '')::text, clock_timestamp()`, transactional).Scan(&at, &c.Time)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		err = c.LSN.Scan(at)
	}
	if err != nil {
		return link.Fail("source: heartbeat", err)
	}
	if !h.o.Hurry {
		h.clock.Store(&c)
	}
	if h.o.OnHead != nil {
		h.o.OnHead(c.LSN, c.Time)
	}
	return nil
}

// verifyWithin is longer than askDeadline: the whole publication is read, which takes a busy source a while where there are thousands of
// tables, and nothing waits for it but the next beat.
const verifyWithin = 2 * time.Minute

func (h *heartbeat) verifyPublication(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, verifyWithin)
	defer cancel()
	err := publisher.Verify(within, h.beat, h.o.Publication, h.tables, h.o.Filters)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// PeerError wraps the error that ended a connection to the writer.
func PeerError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(wire.ErrPeer, err)
}
