package apply

import (
	"context"
	"errors"
	"time"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// flushEvery is how often what is visible is brought to the disk and acknowledged, when commits do not wait for it.
const flushEvery = 100 * time.Millisecond

// sqlFlush commits a few bytes of log and waits until they are on disk. Everything that was committed before lies before
// them in the log, so it is on disk, too.
const sqlFlush = `SELECT pg_catalog.pg_logical_emit_message(true, 'syncer', '')`

// acknowledge tells the reader that what it sent up to lsn is on the target's disk.
func (w *Writer) acknowledge(lsn wire.LSN) error {
	w.safe.Store(uint64(lsn))
	if _, err := w.wire.Write(wire.AppendAck(nil, wire.Ack{LSN: lsn})); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// committed acknowledges what is durable. What is only visible as yet is left to flush.
func (w *Writer) committed(lsn wire.LSN) error {
	if !w.Early {
		return w.acknowledge(lsn)
	}
	w.visible.Store(uint64(lsn))
	poke(w.unflushed)
	return nil
}

// flush acknowledges what is visible, a session's fsync for all batches of a moment instead of one for each batch. It
// does nothing where commits wait for the disk themselves.
func (w *Writer) flush(ctx context.Context) error {
	if !w.Early || w.Unrecorded {
		<-ctx.Done()
		return ctx.Err()
	}
	conn, err := dial(ctx, w.conn, "writer flush")
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
		case <-w.unflushed:
		}
		lsn := wire.LSN(w.visible.Load())
		if _, err := conn.Exec(ctx, sqlFlush); err != nil {
			return link.Fail("target: flush", err)
		}
		if err := w.acknowledge(lsn); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
