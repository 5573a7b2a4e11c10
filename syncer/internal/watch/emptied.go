package watch

import (
	"context"
	"slices"
	"strings"
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
// The catalog names a subtransaction by its own number, the log mostly by that of the transaction around it; see
// judgement.mayBeInside.
type emptied struct {
	mu     sync.Mutex
	tables map[int]*history // by table, where a look at the catalog may still show one
	upTo   wire.LSN         // the stream has come so far

	// These are the looks' alone.
	passed  wire.LSN     // the stream had come so far when this look began
	looked  wire.LSN     // where the source was at the end of the last look
	pending map[int]bool // tables that this look leaves to the next one
	doubts  map[int]doubt
}

// history is what the log has told of one table since a TRUNCATE of it as a whole, in the order of the log.
type history struct {
	told    []truncate // mostTold at most, the last ones
	writers []uint32   // transactions that wrote to the table since the first of them; nothing is changed in place
	full    bool       // and others of which there was no room for
}

// truncate is one of a whole table that the log has told.
type truncate struct {
	xid     uint32
	end     wire.LSN // where its transaction ends; earlier for one that an earlier stream told
	wrote   bool     // the transaction itself wrote to the table afterwards
	from    int      // where in the history's writers those begin that came after it
	writers []uint32 // these, and whether they are all; only set by list
	full    bool
}

// Where a stream has far to catch up, only so much is remembered.
const (
	mostTold    = 1 << 8
	mostWriters = 1 << 16
)

func (h *history) add(t truncate) {
	t.from = len(h.writers)
	h.told = append(h.told, t)
	h.forget(func(at int, _ truncate) bool { return at < len(h.told)-mostTold })
}

// forget forgets those that are such, and writers that only they are older than.
func (h *history) forget(such func(at int, t truncate) bool) {
	var kept []truncate
	for at, t := range h.told {
		if !such(at, t) {
			kept = append(kept, t)
		}
	}
	if h.told = kept; len(kept) == 0 {
		h.writers, h.full = nil, false
		return
	}
	if first := kept[0].from; first > mostWriters/2 {
		h.writers = slices.Clone(h.writers[first:])
		for i := range h.told {
			h.told[i].from -= first
		}
	}
}

func (h *history) list() []truncate {
	if h == nil {
		return nil
	}
	told := slices.Clone(h.told)
	for i := range told {
		told[i].writers, told[i].full = h.writers[told[i].from:len(h.writers):len(h.writers)], h.full
	}
	return told
}

// earlier is where a TRUNCATE was told that an earlier stream brought: before everything that this one brings.
const earlier = 1

// isBefore compares numbers of transactions, which go round.
func isBefore(a, b uint32) bool { return int32(a-b) < 0 } //nolint:gosec // as PostgreSQL's TransactionIdPrecedes

func earliest(xids []uint32) uint32 {
	return slices.MinFunc(xids, func(a, b uint32) int { return int(int32(a - b)) }) //nolint:gosec // as isBefore
}

// mayContain reports whether the (sub)transaction may be one inside that of this TRUNCATE. It has a later number then, and wrote
// to the table as none of its own. Of a TRUNCATE that an earlier stream told it is not known who wrote since.
func (t truncate) mayContain(xid uint32) bool {
	return t.end != earlier && isBefore(t.xid, xid) && !slices.Contains(t.writers, xid)
}

// lastOfOwn is the last number that rows can have that this TRUNCATE's transaction wrote in subtransactions of its own: by, that of the
// TRUNCATE's, or where it is known who else wrote, any before theirs and before next, the first that the stream may not have told.
func (t truncate) lastOfOwn(by, next uint32) uint32 {
	if !t.wrote || t.full {
		return by
	}
	others := []uint32{next}
	for _, w := range t.writers {
		if isBefore(t.xid, w) {
			others = append(others, w)
		}
	}
	if last := earliest(others) - 1; isBefore(by, last) {
		return last
	}
	return by
}

// isQuiet reports whether no transaction with an earlier number wrote to the table after this TRUNCATE, as far as is known.
func (t truncate) isQuiet(xid uint32) bool {
	return !t.wrote && !t.full && !slices.ContainsFunc(t.writers, func(w uint32) bool { return isBefore(w, xid) })
}

// doubt is a change of a table's leaves that is judged once the stream has come to where the source was when a look first
// showed it.
type doubt struct {
	at     wire.LSN
	next   uint32 // the first transaction that had not begun then
	leaves string
}

// NoteTruncate notes that the log tells of TRUNCATE of a whole table, in a (sub)transaction that ends at the position, and whether
// that wrote to the table afterwards.
func (w *Watch) NoteTruncate(table uint16, xid uint32, end wire.LSN, wrote bool) {
	w.emptied.note(int(table), truncate{xid: xid, end: end, wrote: wrote})
}

// noteEarlier notes what an earlier stream told.
func (e *emptied) noteEarlier(table int, xid uint32) { e.note(table, truncate{xid: xid, end: earlier}) }

func (e *emptied) note(table int, t truncate) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.tables == nil {
		e.tables = map[int]*history{}
	}
	h := e.tables[table]
	if h == nil {
		h = &history{}
		e.tables[table] = h
	}
	h.add(t)
}

// NoteWrite notes that a transaction that is committed by now wrote to the table.
func (w *Watch) NoteWrite(table uint16, xid uint32) {
	w.emptied.mu.Lock()
	defer w.emptied.mu.Unlock()
	h := w.emptied.tables[int(table)]
	if h == nil {
		return
	}
	if h.full = h.full || len(h.writers) >= mostWriters; !h.full {
		h.writers = append(h.writers, xid)
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
	for table, h := range e.tables {
		if e.pending[table] {
			continue
		}
		h.forget(func(_ int, t truncate) bool { return t.end <= max(e.looked, earlier) })
		if len(h.told) == 0 {
			delete(e.tables, table)
		}
	}
	e.looked = at
}

// listTold returns what the log has told of TRUNCATE of the whole table by now.
func (e *emptied) listTold(table int) []truncate {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tables[table].list()
}

// awaitStream returns errMoving until the stream has come to where the source was when a look first showed the table with these
// leaves: then it has told everything that there is to tell of them, and next is the first transaction that had not begun there.
func (w *Watch) awaitStream(ctx context.Context, db relation.Queryer, table int, now leaves) (next uint32, err error) {
	text := strings.ReplaceAll(now.String(), "+", "") // rows that come meanwhile are no other change
	d, known := w.emptied.doubts[table]
	if known && d.leaves == text {
		if w.emptied.passed < d.at {
			return 0, errMoving
		}
		delete(w.emptied.doubts, table)
		return d.next, nil
	}
	d.leaves = text
	if err := db.QueryRow(ctx, `SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::xid`).Scan(&d.next); err != nil {
		return 0, link.Fail("source: transactions", err)
	}
	if d.at, err = readPosition(ctx, db); err != nil {
		return 0, err
	}
	if w.emptied.doubts == nil {
		w.emptied.doubts = map[int]doubt{}
	}
	w.emptied.doubts[table] = d
	return 0, errMoving
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
