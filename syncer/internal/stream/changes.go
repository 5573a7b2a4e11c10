package stream

import (
	"context"
	"fmt"
	"slices"

	"portal.example/syncer/internal/wire"
)

// assembler follows the transactions whose changes arrive, one message of pgoutput after the other.
type assembler struct {
	start     wire.LSN // what was committed before is on the target already
	relations *relations
	frames    *frameBuffer
	weigher   *weigher
	rereader  *rereader
	positions *positions
	source    *sourceConn
	tuples    rowReader
	bytes     bool // the source takes any bytes for text, so that values must be looked at

	tx      *transaction // whose changes come now
	plain   transaction
	streams map[uint32]*transaction // open ones that came in chunks
}

// relation takes a table's description: for the open transaction alone when that came in chunks, as nobody else sees
// what it did to the table before its commit.
func (a *assembler) relation(ctx context.Context, m *message) error {
	msg := m.relation()
	if err := m.end(); err != nil {
		return err
	}
	of, err := a.relations.describe(ctx, msg)
	if err != nil {
		return err
	}
	if was := a.relations.byOID[msg.oid]; was != nil && !slices.Equal(was.key, of.key) {
		a.weigher.doubts.rename()
	}
	if a.tx != nil && a.tx.streamed {
		a.tx.describe(msg.oid, of)
	} else {
		a.relations.byOID[msg.oid] = of
	}
	return nil
}

// close gives back what open transactions hold.
func (a *assembler) close() {
	for _, t := range a.streams {
		t.lacking.close()
	}
}

// change handles one pgoutput message.
func (a *assembler) change(ctx context.Context, data []byte) error {
	if len(data) == 0 {
		return errMessage
	}
	m, kind := message{rest: data[1:]}, data[0]
	switch kind {
	case msgInsert, msgUpdate, msgDelete, msgTruncate, msgRelation:
		if a.tx != nil && a.tx.streamed {
			if err := a.tx.enter(m.uint32()); err != nil {
				return err
			}
		}
	}
	switch kind {
	case msgInsert, msgUpdate, msgDelete:
		return a.row(ctx, kind, &m)
	case msgBegin:
		return a.begin(&m)
	case msgCommit:
		return a.commit(ctx, &m)
	case msgRelation:
		return a.relation(ctx, &m)
	case msgTruncate:
		return a.truncate(ctx, &m)
	case msgOrigin, msgType: // where it came from, and names of types, which are asked for
		return nil
	}
	return a.streaming(ctx, kind, &m)
}

// streaming handles the messages of protocol version 2.
func (a *assembler) streaming(ctx context.Context, kind byte, m *message) error {
	switch kind {
	case msgStreamStart:
		return a.streamStart(m)
	case msgStreamStop:
		return a.streamStop(m)
	case msgStreamCommit:
		return a.streamCommit(ctx, m)
	case msgStreamAbort:
		return a.streamAbort(m)
	}
	return fmt.Errorf("%w: kind %q", errMessage, kind)
}

// held is up to where everything must become visible together, 0 when nothing was read again.
func (w *weigher) held() wire.LSN {
	w.doubts.pass(w.positions.sent)
	return w.doubts.passing
}
