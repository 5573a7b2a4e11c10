package stream

import (
	"context"
	"fmt"
	"slices"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// takeRow sends one change on, or leaves its row out until the transaction is committed.
func (a *assembler) takeRow(ctx context.Context, kind byte, m *message) error {
	t, of, err := a.findTable(ctx, m)
	if err != nil {
		return err
	}
	a.noteWrite(t, of)
	if t.skip || of.drop {
		return nil
	}
	c, err := a.tuples.readChange(kind, m, of)
	if err != nil {
		return fmt.Errorf("%w: a change of %s", err, of.table.FullName())
	}
	unreadable := ""
	if a.text != nil {
		if unreadable, err = a.text.readValues(ctx, of, &c); err != nil {
			return err
		}
	}
	if err := of.checkFilter(&c); err != nil {
		if !of.table.Joining || a.relations.o.Only != nil {
			return err
		}
		return a.weigher.refuse(t, of, "", link.Text(err)) // its own connection brings the table as it is by now
	}
	if why := a.refusal(of, &c, unreadable); why != "" {
		return a.weigher.refuse(t, of, of.keyText(named(&c)), why)
	}
	if c.New.Unchanged != nil || !t.leftOut.isEmpty() || a.weigher.doubts.anyRow() {
		err = a.weigher.weighChange(t, of, &c)
	} else {
		err = a.weigher.passChange(t, of, &c)
	}
	if err != nil {
		return err
	}
	return a.frames.handOverLarge(ctx)
}

// findTable returns the current transaction and the table that a change belongs to.
func (a *assembler) findTable(ctx context.Context, m *message) (*transaction, *tableDescription, error) {
	t := a.tx
	oid := m.uint32()
	if t == nil {
		return nil, nil, fmt.Errorf("%w: a change outside of a transaction", errMessage)
	}
	of, ok := t.tables[oid]
	if !ok {
		of, ok = a.relations.byOID[oid]
	}
	if !ok {
		return nil, nil, fmt.Errorf("%w: a change of a table that was not described", errMessage)
	}
	if of.alien != "" && !of.drop {
		return t, of, a.relations.judgeUnlisted(ctx, of)
	}
	return t, of, nil
}

// weigher decides how a change is sent: as the log has it, converted into what it means for a target that already holds later
// versions of some rows, or not at all until the transaction commits and the row is reread.
type weigher struct {
	frames    *frameBuffer
	positions *positions
	settled   wire.LSN // see Options
	maxRow    int
	doubts    doubts
	key       []byte // memory for row keys
	old       []byte
}

// passChange appends a change.
func (w *weigher) passChange(t *transaction, of *tableDescription, c *wire.Change) error {
	w.frames.announceChange(t, of)
	before := len(w.frames.buf)
	w.frames.buf = wire.AppendChange(w.frames.buf, *c)
	if len(w.frames.buf)-before > w.maxRow {
		w.frames.buf = w.frames.buf[:before]
		return w.refuse(t, of, of.keyText(named(c)), tooLarge(w.maxRow))
	}
	return nil
}

// weighChange sends a change if the target has, or now gets, every value of the row; otherwise the row is left out
// (leftOutRows). It also accounts for the difference between the log and what the target holds since rows were reread (doubts).
// A running transaction may be rolled back, so it removes no doubt; its doubtful rows are left out as well.
func (w *weigher) weighChange(t *transaction, of *tableDescription, c *wire.Change) error {
	if c.Kind == wire.KindDelete {
		return w.weighDelete(t, of, c)
	}
	key, ok := of.rowKey(w.key[:0], c.New)
	w.key = key
	if !ok && of.bare {
		return w.refuse(t, of, of.keyText(c.New), "its key is NULL")
	}
	if !ok {
		return fmt.Errorf("%w: a row of %s without its key", errMessage, of.table.FullName())
	}
	if c.Kind == wire.KindUpdate && c.Old.Values != nil {
		old, ok := of.rowKey(w.old[:0], c.Old)
		w.old = old
		if !ok {
			return fmt.Errorf("%w: a row of %s without its key", errMessage, of.table.FullName())
		}
		if string(old) != string(key) {
			return w.weighKeyChange(t, of, c, old, key)
		}
	}
	if t.leftOut.contains(key) {
		return w.leaveRowOutAgain(t, of, c, key)
	}
	now := w.doubts.aboutRow(key)
	switch {
	case c.New.Partial() && (c.Kind == wire.KindInsert || now == isGone || now == mayBeAny || w.isUnsettled()), t.streamed && now != noDoubt:
		gone := c.Kind == wire.KindInsert && now == noDoubt && !w.isUnsettled()
		return w.leaveRowOut(t, of, c.New, key, gone)
	case c.New.Partial():
		return w.passChange(t, of, c) // the target has the row, and the right values or later ones (isHere)
	}
	w.doubts.settleRow(key)
	return w.passWholeRow(t, of, c, now)
}

// isUnsettled reports whether the rows of a resumed snapshot may still be of different moments, so that it is unknown which
// version of a row the target has.
func (w *weigher) isUnsettled() bool { return w.positions.sent < w.settled }

// passWholeRow appends an insert or update that has all values, converted into what it means for the target.
func (w *weigher) passWholeRow(t *transaction, of *tableDescription, c *wire.Change, now doubt) error {
	switch {
	case now == mayBeAny, now == isHere && c.Kind == wire.KindInsert:
		if err := w.passDelete(t, of, c.New); err != nil {
			return err
		}
		c.Kind = wire.KindInsert
	case now == isGone:
		c.Kind = wire.KindInsert
	}
	if c.Kind == wire.KindInsert {
		c.Old = wire.Row{}
	}
	return w.passChange(t, of, c)
}

// weighKeyChange handles an update that changes the row's key.
func (w *weigher) weighKeyChange(t *transaction, of *tableDescription, c *wire.Change, old, key []byte) error {
	was, now := w.doubts.aboutRow(old), w.doubts.aboutRow(key)
	wasOut, isOut := t.leftOut.contains(old), t.leftOut.contains(key)
	doubtful := was != noDoubt || now != noDoubt
	switch {
	case wasOut || isOut || c.New.Partial() && (doubtful || w.isUnsettled()) || t.streamed && doubtful:
		if !wasOut || t.leftOut.isBlind(old) {
			if err := w.passDelete(t, of, c.Old); err != nil {
				return err
			}
		}
		if isOut && !t.leftOut.isBlind(key) {
			return nil
		}
		return w.leaveRowOut(t, of, c.New, key, !doubtful && !w.isUnsettled() && !isOut)
	case doubtful:
		if err := w.passDelete(t, of, c.Old); err != nil {
			return err
		}
		w.doubts.settleRow(old)
		w.doubts.settleRow(key)
		if now == isHere || now == mayBeAny {
			if err := w.passDelete(t, of, c.New); err != nil {
				return err
			}
		}
		c.Kind, c.Old = wire.KindInsert, wire.Row{}
	}
	return w.passChange(t, of, c)
}

func (w *weigher) weighDelete(t *transaction, of *tableDescription, c *wire.Change) error {
	key, ok := of.rowKey(w.key[:0], c.Old)
	w.key = key
	if !ok {
		return fmt.Errorf("%w: a row of %s without its key", errMessage, of.table.FullName())
	}
	if t.leftOut.contains(key) && !t.leftOut.isBlind(key) {
		return nil // rereading will not find it
	}
	if !t.streamed {
		w.doubts.settleRow(key)
	}
	return w.passChange(t, of, c)
}

// leaveRowOutAgain handles a further change of a row that is left out.
func (w *weigher) leaveRowOutAgain(t *transaction, of *tableDescription, c *wire.Change, key []byte) error {
	if !t.leftOut.isBlind(key) {
		return nil
	}
	return w.leaveRowOut(t, of, c.New, key, false)
}

// leaveRowOut removes the row from the target, unless it is certain not to be there, and notes that it must be reread.
func (w *weigher) leaveRowOut(t *transaction, of *tableDescription, row wire.Row, key []byte, surelyGone bool) error {
	if !surelyGone {
		if err := w.passDelete(t, of, row); err != nil {
			return err
		}
	}
	if t.leftOut == nil {
		t.leftOut, t.leftOutTables = &leftOutRows{}, map[uint16]*tableDescription{}
	}
	if was := t.leftOutTables[of.id]; was != nil && !slices.Equal(was.key, of.key) {
		return w.refuse(t, of, of.keyText(row), "the transaction changes the table's replica identity between rows whose large values are not in the log")
	}
	t.leftOutTables[of.id] = of
	return t.leftOut.addKey(key)
}

// passDelete appends the removal of the row with row's key. The target need not have it.
func (w *weigher) passDelete(t *transaction, of *tableDescription, row wire.Row) error {
	values := make([][]byte, len(row.Values))
	for _, at := range of.key {
		values[at] = row.Values[at]
	}
	return w.passChange(t, of, &wire.Change{Kind: wire.KindDelete, Table: of.id, Old: wire.Row{Values: values}})
}
