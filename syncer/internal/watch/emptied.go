package watch

import (
	"context"
	"sync"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// emptied is what the log has told of TRUNCATE of whole tables. The catalog, which is looked at beside the stream, shows the
// same for a TRUNCATE that names all partitions of a table, which the log does not record. So one is believed to be of the
// whole table once the log has told it, and is known not to be once the stream has passed the place where the catalog showed it.
// What an earlier stream told is remembered on the target, in the transaction that emptied the table there.
type emptied struct {
	mu     sync.Mutex
	tables map[int]wire.LSN // of which the log has told a TRUNCATE that no look at the catalog has accounted for, and where
	upTo   wire.LSN         // the stream has come so far

	// These are the looks' alone.
	passed  wire.LSN     // the stream had come so far when this look began
	looked  wire.LSN     // where the source was at the end of the last look
	pending map[int]bool // tables that this look leaves to the next one
	doubts  map[int]doubt
}

// doubt is a change of a table's leaves that is judged once the stream has come to where the source was when a look first
// showed it.
type doubt struct {
	at     wire.LSN
	leaves string
}

// earlier is where a TRUNCATE was told that an earlier stream brought: before everything that this one brings.
const earlier = 1

// NoteTruncate notes that the log tells of TRUNCATE of a whole table, in a transaction that ends at the position.
func (w *Watch) NoteTruncate(table uint16, at wire.LSN) {
	w.emptied.mu.Lock()
	defer w.emptied.mu.Unlock()
	if w.emptied.tables == nil {
		w.emptied.tables = map[int]wire.LSN{}
	}
	w.emptied.tables[int(table)] = at
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
		if !e.pending[table] && told <= max(e.looked, earlier) {
			delete(e.tables, table)
		}
	}
	e.looked = at
}

// takeTruncate reports whether the log has told of TRUNCATE of the table.
func (e *emptied) takeTruncate(table int) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, is := e.tables[table]
	delete(e.tables, table)
	return is
}

// findTruncate reports whether the log has told of the TRUNCATE that emptied all leaves of a table; errMoving when the stream has
// not come so far yet.
func (w *Watch) findTruncate(ctx context.Context, db relation.Queryer, table int, now leaves) (bool, error) {
	if w.emptied.takeTruncate(table) {
		delete(w.emptied.doubts, table)
		return true, nil
	}
	return false, w.awaitStream(ctx, db, table, now)
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
