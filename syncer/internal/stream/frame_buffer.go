package stream

import (
	"context"
	"slices"
	"time"

	"portal.example/syncer/internal/wire"
)

// frameBuffer collects frames and hands them to the frameWriter in pieces.
type frameBuffer struct {
	buf        []byte // frames not handed over yet
	whole      int    // length of buf before the current transaction's frames
	unfinished []byte // memory that handOverWhole reuses
	out        *frameWriter
	announced  []*tableDescription         // by table: the description that was sent last
	verify     func(context.Context) error // is called before anything is handed over
	source     *sourceConn                 // must get its answers while the writer is busy
}

// handOverWhole hands over everything except the beginning of a small transaction that has not ended: the writer could not
// use it yet, and what comes before it should not wait for its rest.
func (f *frameBuffer) handOverWhole(ctx context.Context, between bool) error {
	switch {
	case between || len(f.buf) >= chunkSize:
		return f.handOver(ctx)
	case f.whole == 0:
		return nil
	}
	begun := append(f.unfinished[:0], f.buf[f.whole:]...)
	f.buf = f.buf[:f.whole]
	err := f.handOver(ctx)
	f.buf, f.unfinished = append(f.buf, begun...), begun
	return err
}

// handOver hands over all collected frames. If there is no room because the writer is busy, it waits, and keeps answering
// the source meanwhile.
func (f *frameBuffer) handOver(ctx context.Context) error {
	if len(f.buf) == 0 {
		return nil
	}
	if err := f.verify(ctx); err != nil {
		return err
	}
	f.whole = 0
	var ok bool
	if f.buf, ok = f.out.enqueue(f.buf); ok {
		return nil
	}
	tick := time.NewTicker(statusEvery)
	defer tick.Stop()
	for !ok {
		select {
		case <-f.out.room:
			f.buf, ok = f.out.enqueue(f.buf)
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if err := f.source.reportProgress(false); err != nil {
				return err
			}
		}
	}
	f.source.noteHeard() // the time spent here does not count as silence of the source
	return nil
}

// handOverLarge hands over if there is enough for a piece.
func (f *frameBuffer) handOverLarge(ctx context.Context) error {
	if len(f.buf) < chunkSize {
		return nil
	}
	return f.handOver(ctx)
}

// openChunk tells the writer which transaction the next change belongs to.
func (f *frameBuffer) openChunk(t *transaction) {
	if !t.streamed || t.chunk != 0 && t.chunk == t.sub {
		return
	}
	f.buf = wire.AppendChunk(f.buf, wire.Chunk{XID: t.xid, Sub: t.sub})
	t.chunk, t.sent = t.sub, true
	if i := t.findSavepoint(t.sub); i >= 0 {
		t.subs[i].told = true
	}
}

func (f *frameBuffer) closeChunk(t *transaction) {
	if t.chunk != 0 {
		f.buf = wire.AppendChunkEnd(f.buf)
		t.chunk = 0
	}
}

// announceChange appends what the writer must know before a change of the table: the chunk that the change belongs to, and
// the table's description if a different one was sent last.
func (f *frameBuffer) announceChange(t *transaction, of *tableDescription) {
	f.openChunk(t)
	if f.announced[of.id] != of {
		f.announceTable(of)
	}
}

// announceTable appends the table's description unless an equal one was sent last.
func (f *frameBuffer) announceTable(of *tableDescription) {
	last := f.announced[of.id]
	f.announced[of.id] = of
	if last != nil && sameRelation(&last.rel, &of.rel) {
		return
	}
	f.buf = wire.AppendRelation(f.buf, of.rel)
}

func sameRelation(a, b *wire.Relation) bool {
	return slices.Equal(a.Columns, b.Columns) && slices.Equal(a.Key, b.Key)
}
