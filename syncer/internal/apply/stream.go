package apply

import (
	"context"
	"fmt"
	"slices"

	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// stream is a transaction that comes in chunks while it still runs in the source. It is applied at once, not
// committed, by a session of its own; or its frames wait in a spool; or first the one and then the other.
//
// A chunk may be executed only when everything before it in the stream is committed here, because it may change
// rows that came with it. A subtransaction's changes begin behind a savepoint of its own; everything behind it is of
// that subtransaction or of one within it as long as it may still be taken back, so going back to it is enough.
type stream struct {
	xid     uint32
	session *session
	sub     uint32   // that the next changes belong to
	subs    []uint32 // whose savepoints are set, in order
	spool   *spool
	done    Applied
}

// maxSubs bounds the savepoints of a transaction. Beyond it PostgreSQL no longer keeps all of its parts in shared
// memory, and every reader of the target pays for that; so the rest waits in a spool, where parts cost nothing.
const maxSubs = 60

func subSavepoint(sub uint32) string { return fmt.Sprintf("SAVEPOINT s%d", sub) }

func subBack(sub uint32) string { return fmt.Sprintf("ROLLBACK TO SAVEPOINT s%d", sub) }

// entersSub reports whether the current subtransaction needs its savepoint now, and notes that it has it.
func (st *stream) entersSub() bool {
	if st.sub == st.xid || slices.Contains(st.subs, st.sub) {
		return false
	}
	st.subs = append(st.subs, st.sub)
	return true
}

// sides is how many sessions hold transactions that still run.
func (w *Writer) sides() (n int) {
	for _, st := range w.streams {
		if st.session != nil {
			n++
		}
	}
	return n
}

// bounded says whether waiting for locks is to be bounded: see lockWait.
func (w *Writer) bounded() bool { return w.sides() > 0 }

// chunk applies or spools frames of a transaction that still runs.
func (w *Writer) chunk(ctx context.Context, xid uint32) (bool, error) {
	defer w.tellStreams()
	st := w.streams[xid]
	if st == nil {
		st = &stream{xid: xid, sub: xid}
	}
	if st.spool == nil && (w.main.begun || st.session == nil && w.mustSpool()) {
		st.spool = w.spools.open(w.SpoolDir, w.SpoolLimit)
	}
	if st.spool == nil {
		if len(w.main.flights) > 0 || st.session != nil && len(st.session.flights) >= 2 {
			return false, nil
		}
		if err := w.beside(ctx, st); err != nil {
			return false, err
		}
	}
	w.streams[xid] = st
	parts := w.queue.takeSome(batchBytes)
	defer w.queue.released(parts)
	if st.spool == nil && st.tooManySubs(parts) {
		st.spool = w.spools.open(w.SpoolDir, w.SpoolLimit)
	}
	if st.spool != nil {
		return true, w.store(ctx, st, parts)
	}
	return true, w.aside(ctx, st, parts)
}

// tellStreams is for the metrics.
func (w *Writer) tellStreams() {
	if w.OnStreams != nil {
		w.OnStreams(len(w.streams), w.spools.used)
	}
}

func (w *Writer) mustSpool() bool { return w.spooling.Load() || w.sides() >= w.SideSessions }

// beside gives the transaction a session of its own, or a spool where there is none to be had.
func (w *Writer) beside(ctx context.Context, st *stream) error {
	if st.session != nil {
		return nil
	}
	if n := len(w.idle); n > 0 {
		st.session, w.idle = w.idle[n-1], w.idle[:n-1]
		return nil
	}
	conn, err := dial(ctx, w.conn, "writer side")
	if err != nil {
		w.Log.Warn("no further session; a large transaction waits for its end instead of being applied while it runs", "error", link.Text(err))
		st.spool = w.spools.open(w.SpoolDir, w.SpoolLimit)
		return nil
	}
	if st.session, err = w.newSession(ctx, conn); err != nil {
		return err
	}
	st.session.own = true
	w.open.add(st.session)
	return nil
}

// tooManySubs reports whether parts would need more savepoints than there may be.
func (st *stream) tooManySubs(parts []part) bool {
	n := len(st.subs)
	last := st.sub
	_ = eachFrame(parts, func(_ part, _ int, kind wire.Kind, payload []byte) error {
		if kind != wire.KindChunk {
			return nil
		}
		c, err := wire.ParseChunk(payload)
		if c.Sub != last && c.Sub != st.xid && !slices.Contains(st.subs, c.Sub) {
			n++
		}
		last = c.Sub
		return err
	})
	return n > maxSubs
}

// aside executes frames in the transaction's own session.
func (w *Writer) aside(ctx context.Context, st *stream, parts []part) error {
	if st.spool != nil { // no session was to be had
		return w.store(ctx, st, parts)
	}
	f := &flight{kind: bare, since: w.sent, before: standing{tables: w.at.tables}}
	sc := &script{w: w, s: st.session, f: f, fold: true, trust: w.sent >= w.Settled, at: f.before, arena: &w.arena, stream: st}
	if err := sc.walk(ctx, parts); err != nil {
		return err
	}
	w.at.tables = sc.at.tables
	f.done.Bytes = int64(f.size)
	st.done.add(f.done)
	if len(f.origin) == 0 {
		return nil
	}
	failpoint.Hit("apply.before_chunk")
	return st.session.send(f)
}

// store puts frames in the transaction's spool; tables are defined at once, as the source describes each only once.
func (w *Writer) store(ctx context.Context, st *stream, parts []part) error {
	return eachFrame(parts, func(p part, at int, kind wire.Kind, payload []byte) error {
		switch kind {
		case wire.KindChunk:
			c, err := wire.ParseChunk(payload)
			if err != nil {
				return err
			}
			st.sub = c.Sub
			if c.Sub != st.xid && !slices.Contains(st.subs, c.Sub) {
				st.spool.enters(c.Sub)
			}
			return nil
		case wire.KindChunkEnd:
			return nil
		case wire.KindRelation:
			if frame, err := wire.Decode(kind, payload); err != nil {
				return err
			} else if w.at.tables, err = w.define(ctx, w.at.tables, *frame.(*wire.Relation)); err != nil {
				return err
			}
		}
		return st.spool.write(p.slab.b[at : at+wire.HeadSize+len(payload)])
	})
}

// eachFrame calls f for every frame of parts with its place in the slab.
func eachFrame(parts []part, f func(p part, at int, kind wire.Kind, payload []byte) error) error {
	for _, p := range parts {
		for at := p.from; at < p.to; {
			kind, size, _, err := wire.Head(p.slab.b[at:p.to], wire.MaxFrame)
			if err != nil {
				return err
			}
			end := at + wire.HeadSize + size
			if err := f(p, at, kind, p.slab.b[at+wire.HeadSize:end]); err != nil {
				return err
			}
			at = end
		}
	}
	return nil
}

// streamAbort takes back a transaction or one of its parts. One that was never seen had nothing to take back. What
// follows in the stream may touch what was taken back, so it waits for that.
func (w *Writer) streamAbort(ctx context.Context) error {
	defer w.tellStreams()
	parts := w.queue.takeSome(0)
	defer w.queue.released(parts)
	a, err := wire.ParseStreamAbort(parts[0].bytes()[wire.HeadSize:])
	st := w.streams[a.XID]
	if err != nil || st == nil {
		return err
	}
	if a.Sub == a.XID {
		delete(w.streams, a.XID)
		w.spools.drop(st.spool)
		return w.dismiss(ctx, st)
	}
	n := slices.Index(st.subs, a.Sub)
	if n < 0 {
		if st.spool == nil {
			return nil
		}
		return st.spool.back(a.Sub)
	}
	st.subs = st.subs[:n]
	if st.spool != nil {
		if err := st.spool.cut(0); err != nil {
			return err
		}
	}
	// Going back to a savepoint would hide that something before it had failed.
	if err := w.quiet(ctx, st.session, 0); err != nil {
		return err
	}
	f := &flight{kind: bare, since: w.sent, origin: []origin{{}}}
	st.session.once(subBack(a.Sub))
	clear(st.session.stages)
	if err := st.session.send(f); err != nil {
		return err
	}
	return w.quiet(ctx, st.session, 0)
}

// dismiss rolls the transaction's session back and keeps it for the next.
func (w *Writer) dismiss(ctx context.Context, st *stream) error {
	s := st.session
	if s == nil {
		return nil
	}
	f := &flight{kind: aside, since: w.sent, origin: []origin{{}}, then: func() { w.idle = append(w.idle, s) }}
	s.run(sqlRollback)
	s.begun, s.unsure = false, true
	clear(s.stages)
	if err := s.send(f); err != nil {
		return err
	}
	return w.quiet(ctx, s, 0)
}

// streamEnd commits a transaction that came in chunks: its session becomes the main one and goes on.
func (w *Writer) streamEnd(ctx context.Context, xid uint32) (bool, error) {
	defer w.tellStreams()
	st := w.streams[xid]
	if st == nil {
		st = &stream{xid: xid}
	}
	u, _ := w.queue.next()
	if allow := w.gate.allow(); !w.main.begun && allow != nil && !allow(u, true) {
		return false, nil
	}
	if !w.main.begun && len(w.main.flights) > 0 {
		return false, nil
	}
	parts := w.queue.takeSome(0)
	defer w.queue.released(parts)
	c, err := wire.ParseStreamCommit(parts[0].bytes()[wire.HeadSize:])
	if err != nil {
		return false, err
	}
	delete(w.streams, xid)
	defer w.spools.drop(st.spool)
	what := Applied{LSN: c.End, At: c.Time, Fresh: c.Time, last: wire.Commit{End: c.End, Time: c.Time}, Transactions: 1, Bytes: int64(parts[0].size())}
	w.at.begin = wire.Begin{Final: c.Final, Commit: c.Time, XID: xid}
	if w.skips(c.Final) {
		what.Skipped = []Skipped{{LSN: c.Final, Changes: st.done.Changes, Tables: st.done.Tables}}
		err = w.dismiss(ctx, st)
	} else {
		err = w.join(ctx, st)
	}
	if err != nil {
		return false, err
	}
	if !u.visible {
		w.opened.add(what)
		return true, nil
	}
	return true, w.finish(ctx, what)
}

// join makes the transaction's changes the main session's.
func (w *Writer) join(ctx context.Context, st *stream) error {
	if st.session != nil && st.session.begun {
		if w.main.begun {
			w.Log.Warn("two transactions that must become visible together were applied side by side")
			return ErrSpool
		}
		w.idle = append(w.idle, w.main)
		w.main, w.lost = st.session, true
	} else if st.session != nil {
		w.idle = append(w.idle, st.session)
	}
	w.opened.add(st.done)
	if st.spool == nil {
		return nil
	}
	return w.replay(ctx, st.spool)
}

// replay applies what was spooled in the main session.
func (w *Writer) replay(ctx context.Context, from *spool) error {
	return from.read(w.slabs, func(p part) error {
		if err := w.quiet(ctx, w.main, 1); err != nil {
			return err
		}
		w.queue.borrowed(p)
		return w.dispatch(ctx, []part{p}, piece)
	})
}

// finish commits what is open on the main session.
func (w *Writer) finish(ctx context.Context, what Applied) error {
	k := batch
	if w.main.begun {
		k = finish
	}
	f := w.flight(nil, k)
	f.fixed = what
	failpoint.Hit("apply.before_stream_commit")
	if err := w.compose(ctx, w.main, f, true); err != nil {
		return err
	}
	return w.launch(w.main, f)
}
