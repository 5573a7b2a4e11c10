package apply

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// openTransaction is a transaction that arrives in chunks while it is still running on the source. Either a session of its own
// applies it right away without committing, or its frames wait in a spool; it may begin the first way and go on the second.
//
// A chunk may be executed only after everything before it in the stream is committed here, because it may change rows that
// came with that. A subtransaction's changes begin at a savepoint of its own. As long as it can be rolled back, everything after
// the savepoint belongs to it or to a subtransaction inside it, so rolling back to the savepoint is enough.
type openTransaction struct {
	xid     uint32
	session *session
	sub     uint32   // that the next changes belong to
	subs    []uint32 // whose savepoints are set, in order
	spool   *spool
	done    Applied
}

// maxSubs limits the savepoints of a transaction. With more than 64 subtransactions PostgreSQL no longer caches all of them in
// shared memory, which slows down every reader of the target; so the rest waits in a spool, where they cost nothing.
const maxSubs = 60

func subSavepoint(sub uint32) string { return fmt.Sprintf("SAVEPOINT s%d", sub) }

func subBack(sub uint32) string { return fmt.Sprintf("ROLLBACK TO SAVEPOINT s%d", sub) }

// entersSubtransaction reports whether the current subtransaction needs a savepoint now, and notes that it gets one.
func (st *openTransaction) entersSubtransaction() bool {
	if st.sub == st.xid || slices.Contains(st.subs, st.sub) {
		return false
	}
	st.subs = append(st.subs, st.sub)
	return true
}

// sides are the transactions that arrive in chunks and are kept apart from the main session until they end.
type sides struct {
	o        *Options
	line     *pipeline
	gate     *gate
	like     *pgx.Conn // whose role and database further sessions are of
	open     map[uint32]*openTransaction
	idle     []*session
	spools   spools
	spooling atomic.Bool // transactions that begin now are spooled
}

// countSessions returns how many sessions hold running transactions.
func (d *sides) countSessions() (n int) {
	for _, st := range d.open {
		if st.session != nil {
			n++
		}
	}
	return n
}

// takeChunk applies or spools frames of a running transaction.
func (d *sides) takeChunk(ctx context.Context, xid uint32) (bool, error) {
	defer d.tellStreams()
	st := d.open[xid]
	if st == nil {
		st = &openTransaction{xid: xid, sub: xid}
	}
	if st.spool == nil && (d.line.main.begun || st.session == nil && d.mustSpool()) {
		st.spool = d.spools.openSpool(d.o.SpoolDir, d.o.SpoolLimit)
	}
	if st.spool == nil {
		if len(d.line.main.flights) > 0 || st.session != nil && len(st.session.flights) >= 2 {
			return false, nil
		}
		if err := d.giveSession(ctx, st); err != nil {
			return false, err
		}
	}
	d.open[xid] = st
	parts := d.line.queue.takeRun(batchBytes)
	defer d.line.queue.releaseParts(parts)
	if st.spool == nil && (st.needsTooManySavepoints(parts) || holdRefusal(parts)) {
		st.spool = d.spools.openSpool(d.o.SpoolDir, d.o.SpoolLimit)
	}
	if st.spool != nil {
		return true, d.spoolFrames(ctx, st, parts)
	}
	return true, d.applyBeside(ctx, st, parts)
}

// tellStreams reports open transactions and spooled bytes for the metrics.
func (d *sides) tellStreams() {
	if d.o.OnStreams != nil {
		d.o.OnStreams(len(d.open), d.spools.used)
	}
}

func (d *sides) mustSpool() bool { return d.spooling.Load() || d.countSessions() >= d.o.SideSessions }

// giveSession gives the transaction a session of its own, or a spool if no session can be opened.
func (d *sides) giveSession(ctx context.Context, st *openTransaction) error {
	if st.session != nil {
		return nil
	}
	if n := len(d.idle); n > 0 {
		st.session, d.idle = d.idle[n-1], d.idle[:n-1]
		return nil
	}
	conn, err := openLike(ctx, d.like, "writer side")
	if err != nil {
		d.o.Log.Warn("no further session; a large transaction waits for its end instead of being applied while it runs", "error", link.Text(err))
		st.spool = d.spools.openSpool(d.o.SpoolDir, d.o.SpoolLimit)
		return nil
	}
	if st.session, err = d.line.newSession(ctx, conn); err != nil {
		return err
	}
	st.session.own = true
	d.line.open.add(st.session)
	return nil
}

// needsTooManySavepoints reports whether parts would need more savepoints than there may be.
func (st *openTransaction) needsTooManySavepoints(parts []part) bool {
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

// holdRefusal reports whether the reader refused a change among parts. What follows it waits in a spool: only at its end does the
// transaction have the position by which it can be skipped, and a rollback until then takes the refusal back.
func holdRefusal(parts []part) (is bool) {
	_ = eachFrame(parts, func(_ part, _ int, kind wire.Kind, _ []byte) error {
		is = is || kind == wire.KindRefusal
		return nil
	})
	return is
}

// applyBeside executes frames in the transaction's own session.
func (d *sides) applyBeside(ctx context.Context, st *openTransaction, parts []part) error {
	if st.spool != nil { // no session could be opened
		return d.spoolFrames(ctx, st, parts)
	}
	f := &flight{kind: bare, since: d.line.sent, before: standing{tables: d.line.at.tables}}
	sc := &script{line: d.line, s: st.session, f: f, fold: true, trust: d.line.sent >= d.o.Settled, at: f.before, arena: &d.line.arena, side: st}
	if err := sc.composeFrames(ctx, parts); err != nil {
		return err
	}
	d.line.at.tables = sc.at.tables
	f.done.Bytes = int64(f.size)
	st.done.add(f.done)
	if len(f.origin) == 0 {
		return nil
	}
	failpoint.Hit("apply.before_chunk")
	return st.session.sendFlight(f)
}

// spoolFrames writes frames to the transaction's spool. Tables are defined immediately, as the source describes each only once.
func (d *sides) spoolFrames(ctx context.Context, st *openTransaction, parts []part) error {
	return eachFrame(parts, func(p part, at int, kind wire.Kind, payload []byte) error {
		switch kind {
		case wire.KindChunk:
			c, err := wire.ParseChunk(payload)
			if err != nil {
				return err
			}
			st.sub = c.Sub
			if c.Sub != st.xid && !slices.Contains(st.subs, c.Sub) {
				st.spool.enterSubtransaction(c.Sub)
			}
			return nil
		case wire.KindChunkEnd:
			return nil
		case wire.KindRelation:
			if frame, err := wire.Decode(kind, payload); err != nil {
				return err
			} else if d.line.at.tables, err = d.line.tables.defineTable(ctx, d.line.at.tables, *frame.(*wire.Relation)); err != nil {
				return err
			}
		}
		return st.spool.writeFrame(p.slab.b[at : at+wire.HeadSize+len(payload)])
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

// takeAbort rolls back a transaction or one of its subtransactions; there is nothing to do for one that was never seen. What
// follows in the stream may touch the same rows, so it waits for the rollback.
func (d *sides) takeAbort(ctx context.Context) error {
	defer d.tellStreams()
	parts := d.line.queue.takeRun(0)
	defer d.line.queue.releaseParts(parts)
	a, err := wire.ParseStreamAbort(parts[0].bytes()[wire.HeadSize:])
	st := d.open[a.XID]
	if err != nil || st == nil {
		return err
	}
	if a.Sub == a.XID {
		delete(d.open, a.XID)
		d.spools.dropSpool(st.spool)
		return d.dismissSession(ctx, st)
	}
	n := slices.Index(st.subs, a.Sub)
	if n < 0 {
		if st.spool == nil {
			return nil
		}
		return st.spool.cutSubtransaction(a.Sub)
	}
	st.subs = st.subs[:n]
	if st.spool != nil {
		if err := st.spool.cutBehind(0); err != nil {
			return err
		}
	}
	// ROLLBACK TO would hide an earlier failure, so all answers are awaited first.
	if err := d.line.waitForFlights(ctx, st.session, 0); err != nil {
		return err
	}
	f := &flight{kind: bare, since: d.line.sent, origin: []origin{{}}}
	st.session.addOnce(subBack(a.Sub))
	clear(st.session.stages)
	if err := st.session.sendFlight(f); err != nil {
		return err
	}
	return d.line.waitForFlights(ctx, st.session, 0)
}

// dismissSession rolls the transaction's session back and keeps it for the next.
func (d *sides) dismissSession(ctx context.Context, st *openTransaction) error {
	s := st.session
	if s == nil {
		return nil
	}
	f := &flight{kind: aside, since: d.line.sent, origin: []origin{{}}, then: func() { d.idle = append(d.idle, s) }}
	s.addExecution(sqlRollback)
	s.begun, s.boundUnsure = false, true
	clear(s.stages)
	if err := s.sendFlight(f); err != nil {
		return err
	}
	return d.line.waitForFlights(ctx, s, 0)
}

// takeCommit commits a transaction that arrived in chunks: its session becomes the main one.
func (d *sides) takeCommit(ctx context.Context, xid uint32) (bool, error) {
	defer d.tellStreams()
	st := d.open[xid]
	if st == nil {
		st = &openTransaction{xid: xid}
	}
	u, _ := d.line.queue.nextUnit()
	if allow := d.gate.permission(); !d.line.main.begun && allow != nil && !allow(u, true) {
		return false, nil
	}
	if !d.line.main.begun && len(d.line.main.flights) > 0 {
		return false, nil
	}
	parts := d.line.queue.takeRun(0)
	defer d.line.queue.releaseParts(parts)
	c, err := wire.ParseStreamCommit(parts[0].bytes()[wire.HeadSize:])
	if err != nil {
		return false, err
	}
	delete(d.open, xid)
	defer d.spools.dropSpool(st.spool)
	what := Applied{LSN: c.End, At: c.Time, Fresh: c.Time, last: wire.Commit{End: c.End, Time: c.Time}, Transactions: 1, Bytes: int64(parts[0].size())}
	d.line.at.begin = wire.Begin{Final: c.Final, Commit: c.Time, XID: xid}
	if d.line.control.skips(c.Final) {
		what.Skipped = []Skipped{{LSN: c.Final, Changes: st.done.Changes, Tables: st.done.Tables}}
		err = d.dismissSession(ctx, st)
	} else {
		err = d.makeMain(ctx, st)
	}
	if err != nil {
		return false, err
	}
	if !u.visible {
		d.line.opened.add(what)
		return true, nil
	}
	return true, d.commitOpen(ctx, what)
}

// makeMain makes the transaction's session the main one, or applies its spool in the main session.
func (d *sides) makeMain(ctx context.Context, st *openTransaction) error {
	if st.session != nil && st.session.begun {
		if d.line.main.begun {
			d.o.Log.Warn("two transactions that must become visible together were applied side by side")
			return ErrSpool
		}
		d.idle = append(d.idle, d.line.main)
		d.line.main, d.line.lost = st.session, true
	} else if st.session != nil {
		d.idle = append(d.idle, st.session)
	}
	d.line.opened.add(st.done)
	if st.spool == nil {
		return nil
	}
	return d.replaySpool(ctx, st.spool)
}

// replaySpool applies what was spooled in the main session.
func (d *sides) replaySpool(ctx context.Context, from *spool) error {
	return from.readParts(d.line.queue.slabs, func(p part) error {
		if err := d.line.waitForFlights(ctx, d.line.main, 1); err != nil {
			return err
		}
		d.line.queue.borrowPart(p)
		return d.line.sendParts(ctx, []part{p}, piece)
	})
}

// commitOpen commits what is open on the main session.
func (d *sides) commitOpen(ctx context.Context, what Applied) error {
	k := batch
	if d.line.main.begun {
		k = finish
	}
	f := d.line.newFlight(nil, k)
	f.fixed = what
	failpoint.Hit("apply.before_stream_commit")
	if err := d.line.composeFlight(ctx, d.line.main, f, true); err != nil {
		return err
	}
	return d.line.sendFlight(d.line.main, f)
}
