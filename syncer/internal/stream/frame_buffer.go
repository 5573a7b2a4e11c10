package stream

import (
	"context"
	"slices"
	"time"

	"portal.example/syncer/internal/wire"
)

// frameBuffer collects frames and hands them to the frameWriter.
type frameBuffer struct {
	buf        []byte // frames that wait to be handed over
	whole      int    // of buf, before the transaction whose changes come now
	unfinished []byte // memory for what handOverWhole keeps
	out        *frameWriter
	announced  []*tableDescription         // by table: as the last frame described it
	verify     func(context.Context) error // before anything is handed over
	source     *sourceConn                 // is answered while the writer is busy
}

// handOverWhole hands over what has arrived but for the beginning of a small transaction, which nobody can use: its rest
// follows, though not always soon, and what comes before it does not wait for that.
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

// handOver passes the collected frames on; while the writer is busy it goes on answering the source.
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
	f.source.noteHeard() // waiting for the writer is not the source's silence
	return nil
}

// handOverLarge hands over once there is enough for one piece.
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

// announceChange puts before a change whatever the writer must know first: the chunk it belongs to, and the table as it
// was then, if the last description was another.
func (f *frameBuffer) announceChange(t *transaction, of *tableDescription) {
	f.openChunk(t)
	if f.announced[of.id] != of {
		f.announceTable(of)
	}
}

// announceTable puts the table's frame before its first change, and again before the first that needs another one.
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
