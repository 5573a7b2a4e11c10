package stream

import (
	"context"
	"errors"
	"time"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/watch"
	"portal.example/syncer/internal/wire"
)

// heart makes an idle source write a few bytes, so that a slot whose tables nobody changes still moves, and at
// once when a transaction waits for a later position. At each regular beat it looks whether the publication still is the
// whitelist's: a table that was taken out of it says nothing any more.
func (r *Reader) heart(ctx context.Context) error {
	every := r.o.Heartbeat
	if r.o.Hurry {
		every = min(every, hurryEvery)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	looked := time.Now()
	for {
		transactional := r.o.Hurry // its commit is flushed at once
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.urge:
			transactional = true
		case <-tick.C:
		}
		if err := r.pulse(ctx, transactional); err != nil {
			return err
		}
		if time.Since(looked) < r.o.Heartbeat {
			continue
		}
		looked = time.Now()
		if err := r.look(ctx); err != nil {
			return err
		}
	}
}

func (r *Reader) pulse(ctx context.Context, transactional bool) error {
	within, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	var c wire.Clock
	var at string
	err := r.beat.QueryRow(within, `SELECT pg_catalog.pg_logical_emit_message($1, 'syncer', '')::text, clock_timestamp()`, transactional).Scan(&at, &c.Time)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		err = c.LSN.Scan(at)
	}
	if err != nil {
		return link.Fail("source: heartbeat", err)
	}
	if !r.o.Hurry {
		r.clock.Store(&c)
	}
	if r.o.OnHead != nil {
		r.o.OnHead(c.LSN, c.Time)
	}
	return nil
}

func (r *Reader) look(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	err := publisher.Verify(within, r.beat, r.o.Publication, r.tables, r.o.Filters)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// firstLook is before the stream begins, so that nothing that happened while it was down is passed over.
func (r *Reader) firstLook(ctx context.Context) error {
	if r.o.Only != nil { // the main stream watches
		return nil
	}
	r.watched = watch.New(r.o.Publication, r.tables, r.o.Marks, r.o.Board)
	return r.watched.Look(ctx, r.side)
}

// watch goes on looking, unless this is the connection of one table alone.
func (r *Reader) watch(ctx context.Context) error {
	if r.watched == nil {
		return nil
	}
	return r.watched.Run(ctx, r.o.DSN, r.o.Heartbeat)
}

// PeerError is what a connection to the writer ended with.
func PeerError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(wire.ErrPeer, err)
}
