package apply

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// flushEvery is how often visible batches are flushed and acknowledged if commits do not wait for the disk.
const flushEvery = 100 * time.Millisecond

// sqlFlush commits a few bytes of log and waits until they are on disk. Everything that was committed earlier comes before them
// in the log, so it is on disk too.
const sqlFlush = `SELECT pg_catalog.pg_logical_emit_message(true, 'syncer', '')`

// acknowledger tells the reader how far the replica is on the target's disk.
type acknowledger struct {
	wire      io.Writer
	like      *pgx.Conn     // whose role and database the connection that flushes is of
	early     bool          // see Options
	safe      atomic.Uint64 // what was acknowledged last
	visible   atomic.Uint64 // what readers see, when early
	unflushed chan struct{} // that is more than what was acknowledged
}

// acknowledge tells the reader that what it sent up to lsn is on the target's disk.
func (a *acknowledger) acknowledge(lsn wire.LSN) error {
	a.safe.Store(uint64(lsn))
	if _, err := a.wire.Write(wire.AppendAck(nil, wire.Ack{LSN: lsn})); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// noteCommitted acknowledges a durable batch, or leaves one that is only visible to keepFlushing.
func (a *acknowledger) noteCommitted(lsn wire.LSN) error {
	if !a.early {
		return a.acknowledge(lsn)
	}
	a.visible.Store(uint64(lsn))
	poke(a.unflushed)
	return nil
}

// keepFlushing flushes and acknowledges visible batches: one fsync for all batches of an interval instead of one for each. It
// does nothing if commits wait for the disk themselves.
func (a *acknowledger) keepFlushing(ctx context.Context) error {
	if !a.early {
		<-ctx.Done()
		return ctx.Err()
	}
	conn, err := openLike(ctx, a.like, "writer flush")
	if err != nil {
		return err
	}
	defer func() { link.Close(conn) }()
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.unflushed:
		}
		lsn := wire.LSN(a.visible.Load())
		if _, err := conn.Exec(ctx, sqlFlush); err != nil {
			return link.Fail("target: flush", err)
		}
		if err := a.acknowledge(lsn); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// tellPause tells the reader that nothing is applied because an operator has paused the writer.
func (a *acknowledger) tellPause() error {
	if _, err := a.wire.Write(wire.AppendAck(nil, wire.Ack{LSN: wire.LSN(a.safe.Load()), Paused: true})); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}
