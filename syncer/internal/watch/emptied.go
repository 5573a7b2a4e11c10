package watch

import (
	"context"
	"slices"
	"sync"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// emptied is what the log has told of TRUNCATE of whole tables. The catalog, which is looked at beside the stream, shows the
// same for a TRUNCATE that names all partitions of a table, which the log does not record. So one is believed to be of the
// whole table if the log has told it of the same transaction, and is known not to be once the stream has passed the place where the
// catalog showed it. What an earlier stream told is remembered on the target, in the transaction that emptied the table there.
//
// The catalog names a subtransaction by its own number, the log mostly by that of the transaction around it; see mayBeInside.
type emptied struct {
	mu     sync.Mutex
	tables map[int][]truncate // in the order of the log, those that may still be shown by a look at the catalog
	upTo   wire.LSN           // the stream has come so far

	// These are the looks' alone.
	passed  wire.LSN     // the stream had come so far when this look began
	looked  wire.LSN     // where the source was at the end of the last look
	pending map[int]bool // tables that this look leaves to the next one
	doubts  map[int]doubt
}

// truncate is one of a whole table that the log has told.
type truncate struct {
	xid uint32
	end wire.LSN // where its transaction ends; earlier for one that an earlier stream told
	// next is the least of the later numbers of transactions that wrote to the table after it; 0 is none.
	next uint32
}

// earlier is where a TRUNCATE was told that an earlier stream brought: before everything that this one brings.
const earlier = 1

// isBefore compares numbers of transactions, which go round.
func isBefore(a, b uint32) bool { return int32(a-b) < 0 } //nolint:gosec // as PostgreSQL's TransactionIdPrecedes

// mayBeInside reports whether the (sub)transaction may be one inside this TRUNCATE's. It has a later number then, and an earlier one
// than transactions that wrote to the table afterwards. Only a TRUNCATE that names the partitions, in a transaction that got its
// number before those that wrote the rows it takes away, looks the same. Of one that an earlier stream told it is not known who
// wrote since.
func (t truncate) mayBeInside(xid uint32) bool {
	return t.end != earlier && isBefore(t.xid, xid) && (t.next == 0 || isBefore(xid, t.next))
}

// doubt is a change of a table's leaves that is judged once the stream has come to where the source was when a look first
// showed it.
type doubt struct {
	at     wire.LSN
	leaves string
}

// NoteTruncate notes that the log tells of TRUNCATE of a whole table, in a (sub)transaction that ends at the position.
func (w *Watch) NoteTruncate(table uint16, xid uint32, end wire.LSN) {
	w.emptied.note(int(table), truncate{xid: xid, end: end})
}

// noteEarlier notes what an earlier stream told.
func (e *emptied) noteEarlier(table int, xid uint32) { e.note(table, truncate{xid: xid, end: earlier}) }

func (e *emptied) note(table int, t truncate) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.tables == nil {
		e.tables = map[int][]truncate{}
	}
	e.tables[table] = append(e.tables[table], t)
}

// NoteWrite notes that a transaction that is committed by now wrote to the table.
func (w *Watch) NoteWrite(table uint16, xid uint32) {
	w.emptied.mu.Lock()
	defer w.emptied.mu.Unlock()
	told := w.emptied.tables[int(table)]
	for i := range told {
		if t := &told[i]; isBefore(t.xid, xid) && (t.next == 0 || isBefore(xid, t.next)) {
			t.next = xid
		}
	}
}

// NotePosition notes how far the stream has come.
func (w *Watch) NotePosition(upTo wire.LSN) {
	w.emptied.mu.Lock()
	defer w.emptied.mu.Unlock()
	w.emptied.upTo = upTo
}

// beginLook notes how far the stream has come: what it has told until here, this look knows.
func (e *emptied) beginLook() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.passed, e.pending = e.upTo, map[int]bool{}
}

// endLook forgets what was told before the last look, or by an earlier stream: its effects were in the catalog at this one. at is where
// the source is now.
func (e *emptied) endLook(at wire.LSN) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for table, told := range e.tables {
		if e.pending[table] {
			continue
		}
		told = slices.DeleteFunc(told, func(t truncate) bool { return t.end <= max(e.looked, earlier) })
		if e.tables[table] = told; len(told) == 0 {
			delete(e.tables, table)
		}
	}
	e.looked = at
}

// hasTold reports whether the log has told of a TRUNCATE of the whole table by just this (sub)transaction.
func (e *emptied) hasTold(table int, by uint32) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.ContainsFunc(e.tables[table], func(t truncate) bool { return t.xid == by })
}

// takeInside reports whether the subtransaction may be one of a TRUNCATE that the log has told, and forgets that one with those
// before it: it had one such at most.
func (e *emptied) takeInside(table int, by uint32) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	i := slices.IndexFunc(e.tables[table], func(t truncate) bool { return t.mayBeInside(by) })
	if i < 0 {
		return false
	}
	e.tables[table] = slices.Delete(e.tables[table], 0, i+1)
	return true
}

// findTruncate reports whether the log has told of the TRUNCATE by which a subtransaction emptied all leaves of a table; errMoving
// when the stream has not come so far yet.
func (w *Watch) findTruncate(ctx context.Context, db relation.Queryer, table int, by uint32, now leaves) (bool, error) {
	if err := w.awaitStream(ctx, db, table, now); err != nil {
		return false, err
	}
	return w.emptied.hasTold(table, by) || w.emptied.takeInside(table, by), nil
}

// awaitStream returns errMoving until the stream has come to where the source was when a look first showed the table with these
// leaves: then it has told everything that there is to tell of them.
func (w *Watch) awaitStream(ctx context.Context, db relation.Queryer, table int, now leaves) error {
	text := now.String()
	d, known := w.emptied.doubts[table]
	if known && d.leaves == text {
		if w.emptied.passed < d.at {
			return errMoving
		}
		delete(w.emptied.doubts, table)
		return nil
	}
	at, err := readPosition(ctx, db)
	if err != nil {
		return err
	}
	if w.emptied.doubts == nil {
		w.emptied.doubts = map[int]doubt{}
	}
	w.emptied.doubts[table] = doubt{at, text}
	return errMoving
}

// readPosition reads where the source's log is.
func readPosition(ctx context.Context, db relation.Queryer) (at wire.LSN, err error) {
	err = db.QueryRow(ctx, `
		SELECT (CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_insert_lsn() END)::text`).Scan(&at)
	if err != nil {
		return 0, link.Fail("source: position", err)
	}
	return at, nil
}
