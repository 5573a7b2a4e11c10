package stream

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"portal.example/syncer/internal/wire"
)

// transaction is one that is being received: either an ordinary one, from its begin to its commit, or a streamed one, which
// arrives in chunks while it is still running and can be rolled back, in part or as a whole.
type transaction struct {
	xid      uint32
	skip     bool // the target already has it
	streamed bool
	sent     bool           // frames of it were sent
	final    wire.LSN       // where it was committed; 0 while it still runs
	emptied  []emptiedTable // tables that it truncated as a whole
	wrote    []uint16       // tables that it wrote to after they had been truncated as a whole

	leftOut       *leftOutRows
	leftOutTables map[uint16]*tableDescription // the tables of those rows, as they were described

	// The rest is for streamed transactions only.
	sub    uint32 // the subtransaction of the last change
	chunk  uint32 // the subtransaction of the open chunk in the frames, or 0
	subs   []savepoint
	newest uint32                       // number of the latest subtransaction
	locals []local                      // the table descriptions it contained, in order
	tables map[uint32]*tableDescription // the last of them by oid
}

// emptiedTable is a table that a transaction truncated as a whole. xid is that of the subtransaction in a transaction that arrives in
// chunks; the source does not tell it of others.
type emptiedTable struct {
	table uint16
	xid   uint32
}

// savepoint is the state of a transaction when a subtransaction first appeared. Everything later belongs to that
// subtransaction, to one inside it, or to one around it that can only be rolled back together with it; so rolling it back
// means returning to this state.
type savepoint struct {
	xid     uint32
	told    bool // the writer has heard of it
	leftOut int64
	locals  int
	emptied int
	wrote   []uint16
}

type local struct {
	oid uint32
	of  *tableDescription
}

const (
	streamsMost = 1 << 14 // streamed transactions at a time; no server has that many sessions
	subsMost    = 1 << 24
)

func (t *transaction) describeTable(oid uint32, of *tableDescription) {
	t.locals = append(t.locals, local{oid, of})
	if t.tables == nil {
		t.tables = map[uint32]*tableDescription{}
	}
	t.tables[oid] = of
}

// enterSubtransaction sets the subtransaction of the next change.
func (t *transaction) enterSubtransaction(xid uint32) error {
	if xid == t.sub {
		return nil
	}
	t.sub = xid
	if xid == t.xid {
		return nil
	}
	later := int32(xid-t.newest) > 0 //nolint:gosec // numbers go round
	if len(t.subs) > 0 && !later && t.findSavepoint(xid) >= 0 {
		return nil
	}
	if len(t.subs) == 0 || later {
		t.newest = xid
	}
	if len(t.subs) >= subsMost {
		return errMessage
	}
	t.subs = append(t.subs, savepoint{xid: xid, leftOut: t.leftOut.position(), locals: len(t.locals), emptied: len(t.emptied), wrote: slices.Clone(t.wrote)})
	return nil
}

func (t *transaction) findSavepoint(xid uint32) int {
	for i := len(t.subs) - 1; i >= 0; i-- {
		if t.subs[i].xid == xid {
			return i
		}
	}
	return -1
}

// returnToSavepoint restores the state of savepoint i. told is the first subtransaction since then of which frames were sent, 0
// if there is none: the writer has to roll back to there.
func (t *transaction) returnToSavepoint(i int) (told uint32, err error) {
	for _, s := range t.subs[i:] {
		if s.told {
			told = s.xid
			break
		}
	}
	err = t.leftOut.returnTo(t.subs[i].leftOut)
	t.locals = t.locals[:t.subs[i].locals]
	t.emptied, t.wrote = t.emptied[:t.subs[i].emptied], t.subs[i].wrote
	t.subs, t.sub, t.newest = t.subs[:i], 0, 0
	for _, s := range t.subs {
		if t.newest == 0 || int32(s.xid-t.newest) > 0 { //nolint:gosec // numbers go round
			t.newest = s.xid
		}
	}
	t.tables = nil
	locals := t.locals
	t.locals = nil
	for _, l := range locals {
		t.describeTable(l.oid, l.of)
	}
	return told, err
}

func (a *assembler) takeBegin(m *message) error {
	b := wire.Begin{Final: m.lsn(), Commit: m.time(), XID: m.uint32()}
	if err := m.checkEnd(); err != nil || a.tx != nil {
		return errors.Join(errMessage, err)
	}
	a.source.noteAge(b.Commit)
	a.plain = transaction{xid: b.XID, skip: b.Final < a.start, final: b.Final}
	a.tx, a.frames.whole = &a.plain, len(a.frames.buf)
	if !a.tx.skip {
		a.frames.buf = wire.AppendBegin(a.frames.buf, b)
	}
	return nil
}

func (a *assembler) takeCommit(ctx context.Context, m *message) error {
	m.byte() // flags
	m.lsn()  // of the commit record; End is what to stream on from
	c := wire.Commit{End: m.lsn(), Time: m.time()}
	t := a.tx
	if err := m.checkEnd(); err != nil || t == nil || t.streamed {
		return errors.Join(errMessage, err)
	}
	a.tx = nil
	a.tellEmptied(t, c.End)
	if t.skip {
		return nil
	}
	if err := a.rereader.rereadLeftOut(ctx, t); err != nil {
		return err
	}
	a.positions.moveTo(c.End, c.Time)
	c.Hold = a.weigher.holdPosition()
	a.frames.buf = wire.AppendCommit(a.frames.buf, c)
	return nil
}

func (a *assembler) takeStreamStart(m *message) error {
	xid, first := m.uint32(), m.byte()
	t := a.streams[xid]
	if err := m.checkEnd(); err != nil || a.tx != nil || xid == 0 || (first == 1) != (t == nil) || len(a.streams) >= streamsMost {
		return errors.Join(errMessage, err)
	}
	if t == nil {
		t = &transaction{xid: xid, streamed: true}
		a.streams[xid] = t
	}
	t.sub = 0 // each row brings its own
	a.tx, a.frames.whole = t, len(a.frames.buf)
	return nil
}

func (a *assembler) takeStreamStop(m *message) error {
	t := a.tx
	if err := m.checkEnd(); err != nil || t == nil || !t.streamed {
		return errors.Join(errMessage, err)
	}
	a.frames.closeChunk(t)
	a.tx = nil
	return nil
}

func (a *assembler) takeStreamCommit(ctx context.Context, m *message) error {
	xid := m.uint32()
	m.byte() // flags
	c := wire.StreamCommit{XID: xid, Final: m.lsn(), End: m.lsn(), Time: m.time()}
	t := a.streams[xid]
	if err := m.checkEnd(); err != nil || t == nil || a.tx != nil {
		return errors.Join(errMessage, err)
	}
	if c.Final < a.start { // the target has it already
		a.tellEmptied(t, c.End)
		return a.abortTransaction(t)
	}
	t.sub = t.xid
	if err := a.rereader.rereadLeftOut(ctx, t); err != nil {
		return err
	}
	a.frames.closeChunk(t)
	a.tellEmptied(t, c.End)
	a.positions.moveTo(c.End, c.Time)
	c.Hold = a.weigher.holdPosition()
	if t.sent {
		a.frames.buf = wire.AppendStreamCommit(a.frames.buf, c)
	} else {
		a.positions.idle = &wire.Progress{LSN: c.End, Time: c.Time}
	}
	for _, l := range t.locals {
		a.relations.byOID[l.oid] = l.of
	}
	a.forgetTransaction(t)
	return nil
}

func (a *assembler) takeStreamAbort(m *message) error {
	xid, sub := m.uint32(), m.uint32()
	t := a.streams[xid]
	if err := m.checkEnd(); err != nil || a.tx != nil {
		return errors.Join(errMessage, err)
	}
	if t == nil {
		return nil // nothing of it was streamed
	}
	if sub == xid {
		return a.abortTransaction(t)
	}
	i := t.findSavepoint(sub)
	if i < 0 {
		return nil // nothing of it was streamed, or it was rolled back with an earlier one
	}
	told, err := t.returnToSavepoint(i)
	if told != 0 {
		a.frames.buf = wire.AppendStreamAbort(a.frames.buf, wire.StreamAbort{XID: xid, Sub: told})
	}
	return err
}

// abortTransaction rolls a streamed transaction back.
func (a *assembler) abortTransaction(t *transaction) error {
	if t.sent {
		a.frames.buf = wire.AppendStreamAbort(a.frames.buf, wire.StreamAbort{XID: t.xid, Sub: t.xid})
	}
	a.forgetTransaction(t)
	return nil
}

func (a *assembler) forgetTransaction(t *transaction) {
	t.leftOut.close()
	delete(a.streams, t.xid)
}

// tellEmptied tells who watches the catalog which partitioned tables the committed transaction has truncated as a whole, and which it
// wrote to after that.
func (a *assembler) tellEmptied(t *transaction, end wire.LSN) {
	for _, id := range t.wrote {
		a.relations.watched.NoteWrite(id, t.xid)
	}
	for _, e := range t.emptied {
		a.relations.watched.NoteTruncate(e.table, e.xid, end, slices.Contains(t.wrote, e.table))
		a.emptied[e.table] = true
	}
}

// noteWrite notes that the transaction writes to the table, if that has been truncated as a whole during this stream.
func (a *assembler) noteWrite(t *transaction, of *tableDescription) {
	if of.alien != "" || !a.emptied[of.id] && len(t.emptied) == 0 || slices.Contains(t.wrote, of.id) {
		return
	}
	if a.emptied[of.id] || slices.ContainsFunc(t.emptied, func(e emptiedTable) bool { return e.table == of.id }) {
		t.wrote = append(t.wrote, of.id)
	}
}

// noteTruncate notes that the transaction truncates the table as a whole. Of one that is not partitioned the catalog needs no
// explanation.
func (a *assembler) noteTruncate(t *transaction, of *tableDescription) {
	if of.alien != "" || a.relations.watched == nil || of.table.Info == nil || of.table.Info.Kind != 'p' {
		return
	}
	t.emptied = append(t.emptied, emptiedTable{of.id, cmp.Or(t.sub, t.xid)})
	t.wrote = slices.DeleteFunc(t.wrote, func(id uint16) bool { return id == of.id }) // what it wrote before is gone
}

func (a *assembler) takeTruncate(ctx context.Context, m *message) error {
	t := a.tx
	n := int(m.uint32())
	m.byte() // CASCADE and RESTART IDENTITY do not matter: the message names every table concerned
	if t == nil || n < 0 || n > len(m.rest)/4 {
		return errMessage
	}
	var all []*tableDescription
	for range n {
		_, of, err := a.findTable(ctx, m)
		if err != nil {
			return err
		}
		a.noteTruncate(t, of)
		if !of.drop {
			all = append(all, of)
		}
	}
	if err := m.checkEnd(); err != nil || t.skip || len(all) == 0 {
		return err
	}
	var frame wire.Truncate
	for _, of := range all {
		a.frames.announceChange(t, of)
		frame.Tables = append(frame.Tables, of.id)
	}
	a.frames.buf = wire.AppendTruncate(a.frames.buf, frame)
	return nil
}
