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
type emptied struct {
	mu     sync.Mutex
	tables map[int]bool     // of which the log has told a TRUNCATE that no look at the catalog has accounted for
	upTo   wire.LSN         // the stream has come so far
	doubts map[int]wire.LSN // by table, where the source was when the catalog showed all its leaves emptied; the looks' alone
}

// NoteTruncate notes that the log tells of TRUNCATE of a whole table.
func (w *Watch) NoteTruncate(table uint16) {
	w.emptied.mu.Lock()
	defer w.emptied.mu.Unlock()
	if w.emptied.tables == nil {
		w.emptied.tables = map[int]bool{}
	}
	w.emptied.tables[int(table)] = true
}

// NotePosition notes how far the stream has come.
func (w *Watch) NotePosition(upTo wire.LSN) {
	w.emptied.mu.Lock()
	defer w.emptied.mu.Unlock()
	w.emptied.upTo = upTo
}

// takeTruncate reports whether the log has told of TRUNCATE of the table, and how far the stream has come.
func (w *Watch) takeTruncate(table int) (is bool, upTo wire.LSN) {
	w.emptied.mu.Lock()
	defer w.emptied.mu.Unlock()
	is = w.emptied.tables[table]
	delete(w.emptied.tables, table)
	return is, w.emptied.upTo
}

// findTruncate reports whether the log has told of the TRUNCATE that emptied all leaves of a table; errMoving when the stream has
// not come so far yet.
func (w *Watch) findTruncate(ctx context.Context, db relation.Queryer, table, leaves int) (bool, error) {
	is, upTo := w.takeTruncate(table)
	if is {
		delete(w.emptied.doubts, table)
		return true, nil
	}
	if !w.began && leaves > 1 { // before this stream: the one before may have brought it, and ended before it was remembered
		return true, nil
	}
	doubt, known := w.emptied.doubts[table]
	if known && upTo >= doubt {
		return false, nil
	}
	if !known {
		at, err := readPosition(ctx, db)
		if err != nil {
			return false, err
		}
		if w.emptied.doubts == nil {
			w.emptied.doubts = map[int]wire.LSN{}
		}
		w.emptied.doubts[table] = at
	}
	return false, errMoving
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
