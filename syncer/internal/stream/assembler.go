package stream

import (
	"context"
	"fmt"
	"slices"

	"portal.example/syncer/internal/wire"
)

// assembler takes one pgoutput message after another and keeps track of the transactions they belong to.
type assembler struct {
	start     wire.LSN // the target already has everything committed before it
	relations *relations
	frames    *frameBuffer
	weigher   *weigher
	rereader  *rereader
	positions *positions
	source    *sourceConn
	tuples    rowReader
	text      *textReader // makes UTF-8 of text that comes as it is stored; nil where the source does

	tx      *transaction // the one whose changes are arriving, or nil
	plain   transaction
	streams map[uint32]*transaction // open transactions that arrive in chunks, by number
	emptied []bool                  // by table: it is partitioned, and this stream has told of a TRUNCATE of it as a whole
}

// takeRelation stores a table's description. In a transaction that arrives in chunks the description is valid for that
// transaction only: no other sees what it did to the table until it commits.
func (a *assembler) takeRelation(ctx context.Context, m *message) error {
	msg := m.relation()
	if err := m.checkEnd(); err != nil {
		return err
	}
	if a.text != nil {
		if err := a.text.readNames(ctx, &msg); err != nil {
			return err
		}
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

// close releases the resources of open transactions.
func (a *assembler) close() {
	for _, t := range a.streams {
		t.leftOut.close()
	}
}

// takeMessage handles one pgoutput message.
func (a *assembler) takeMessage(ctx context.Context, data []byte) error {
	t := a.tx
	if err := a.dispatch(ctx, data); err != nil {
		return t.raise(err)
	}
	return nil
}

func (a *assembler) dispatch(ctx context.Context, data []byte) error {
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
	case msgOrigin, msgType: // the origin is not used, and names of types are read from the catalog
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

// holdPosition returns the position up to which everything must become visible at once, or 0 if no row was reread.
func (w *weigher) holdPosition() wire.LSN {
	w.doubts.forgetPassed(w.positions.sent)
	return w.doubts.passing
}
