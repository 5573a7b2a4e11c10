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

// takeRelation takes a table's description: for the open transaction alone when that came in chunks, as nobody else sees
// what it did to the table before its commit.
func (a *assembler) takeRelation(ctx context.Context, m *message) error {
	msg := m.relation()
	if err := m.checkEnd(); err != nil {
		return err
	}
	of, err := a.relations.describeTable(ctx, msg)
	if err != nil {
		return err
	}
	if was := a.relations.byOID[msg.oid]; was != nil && !slices.Equal(was.key, of.key) {
		a.weigher.doubts.doubtEveryRow()
	}
	if a.tx != nil && a.tx.streamed {
		a.tx.describeTable(msg.oid, of)
	} else {
		a.relations.byOID[msg.oid] = of
	}
	return nil
}

// close gives back what open transactions hold.
func (a *assembler) close() {
	for _, t := range a.streams {
		t.leftOut.close()
	}
}

// takeMessage handles one pgoutput message.
func (a *assembler) takeMessage(ctx context.Context, data []byte) error {
	if len(data) == 0 {
		return errMessage
	}
	m, kind := message{rest: data[1:]}, data[0]
	switch kind {
	case msgInsert, msgUpdate, msgDelete, msgTruncate, msgRelation:
		if a.tx != nil && a.tx.streamed {
			if err := a.tx.enterSubtransaction(m.uint32()); err != nil {
				return err
			}
		}
	}
	switch kind {
	case msgInsert, msgUpdate, msgDelete:
		return a.takeRow(ctx, kind, &m)
	case msgBegin:
		return a.takeBegin(&m)
	case msgCommit:
		return a.takeCommit(ctx, &m)
	case msgRelation:
		return a.takeRelation(ctx, &m)
	case msgTruncate:
		return a.takeTruncate(ctx, &m)
	case msgOrigin, msgType: // where it came from, and names of types, which are asked for
		return nil
	}
	return a.takeStreamMessage(ctx, kind, &m)
}

// takeStreamMessage handles the messages of protocol version 2.
func (a *assembler) takeStreamMessage(ctx context.Context, kind byte, m *message) error {
	switch kind {
	case msgStreamStart:
		return a.takeStreamStart(m)
	case msgStreamStop:
		return a.takeStreamStop(m)
	case msgStreamCommit:
		return a.takeStreamCommit(ctx, m)
	case msgStreamAbort:
		return a.takeStreamAbort(m)
	}
	return fmt.Errorf("%w: kind %q", errMessage, kind)
}

// holdPosition is up to where everything must become visible together, 0 when nothing was read again.
func (w *weigher) holdPosition() wire.LSN {
	w.doubts.forgetPassed(w.positions.sent)
	return w.doubts.passing
}
