package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

const (
	maxFlights    = 32      // batches on their way at a time
	flightBytes   = 3 << 20 // of frames in them, once there are two
	batchDeadline = 15 * time.Minute
)

// applyAll applies what the queue holds until ctx ends or something fails. It never waits for an answer
// while there is something to send.
func (w *Writer) applyAll(ctx context.Context) error {
	defer func() { w.open.close(); w.spools.close() }()
	stop := context.AfterFunc(ctx, w.open.interrupt)
	defer stop()
	main, err := w.newSession(ctx, w.conn)
	if err != nil {
		return err
	}
	w.main = main
	w.open.add(main)
	for {
		if err := w.settle(ctx); err != nil {
			return err
		}
		did, err := w.step(ctx)
		if err != nil {
			return err
		}
		if !did {
			if err := w.wait(ctx); err != nil {
				return err
			}
		}
	}
}

// settle takes the answers that are there.
func (w *Writer) settle(ctx context.Context) error {
	for {
		for len(w.kept) > 0 {
			a := w.kept[0]
			w.kept = w.kept[1:]
			if err := w.answered(ctx, a); err != nil {
				return err
			}
		}
		select {
		case a := <-w.answers:
			if err := w.answered(ctx, a); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// wait waits until there may be something to do.
func (w *Writer) wait(ctx context.Context) error {
	if len(w.kept) > 0 {
		return nil
	}
	var timer <-chan time.Time
	if len(w.main.flights) > 0 || w.again > 0 {
		d := lookAgain
		if w.again > 0 {
			d, w.again = w.again, 0
		}
		t := time.NewTimer(d)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case a := <-w.answers:
		return w.answered(ctx, a)
	case <-w.queue.more:
	case <-w.gate.changed:
	case <-timer:
		return w.late()
	}
	return nil
}

// late fails when the oldest flight is not answered for too long.
func (w *Writer) late() error {
	for _, s := range w.open.all() {
		if len(s.flights) > 0 && time.Since(s.flights[0].sent) > batchDeadline {
			return fmt.Errorf("target: no answer to a batch for %s: %w", batchDeadline, context.DeadlineExceeded)
		}
	}
	return nil
}

// step does the next thing that can be done now; false when there is none.
func (w *Writer) step(ctx context.Context) (bool, error) {
	if w.control.reload.Load() && !w.main.begun {
		if len(w.main.flights) > 0 { // nothing more is sent, however much waits
			return false, nil
		}
		return false, ErrReload
	}
	if !w.main.begun && len(w.main.flights) == 0 && w.gate.stands(max(w.sent, w.started), w.queue) {
		return false, nil
	}
	class, xid, ok := w.queue.head()
	if !ok {
		return false, nil
	}
	switch class {
	case chunk:
		return w.chunk(ctx, xid)
	case streamEnd:
		return w.streamEnd(ctx, xid)
	case streamAbort:
		return true, w.streamAbort(ctx)
	}
	if ready, again := w.pace.ready(w); !ready {
		w.again = max(again, 0)
		return false, nil
	}
	var allow func(unit, bool) bool
	if !w.main.begun {
		allow = w.gate.allow()
	}
	parts, found := w.queue.take(allow)
	switch found {
	case visible:
		kind := batch
		if w.main.begun {
			kind = finish
		}
		return true, w.dispatch(ctx, parts, kind)
	case begun:
		return true, w.dispatch(ctx, parts, piece)
	}
	return false, nil
}

// dispatch sends plain frames to the main session.
func (w *Writer) dispatch(ctx context.Context, parts []part, k kind) error {
	f := w.flight(parts, k)
	if err := w.compose(ctx, w.main, f, true); err != nil {
		return err
	}
	if k == piece {
		w.opened.add(f.done)
	}
	if len(f.origin) == 0 { // nothing happened in it
		w.queue.released(parts)
		return nil
	}
	return w.launch(w.main, f)
}

// flight begins a flight of the main session where the frames stand.
func (w *Writer) flight(parts []part, k kind) *flight {
	f := &flight{parts: parts, kind: k, before: w.at, since: w.sent, began: time.Now()}
	if k == batch || k == finish {
		f.opened, w.opened = w.opened, Applied{}
	}
	return f
}

// compose turns the flight's frames into statements.
func (w *Writer) compose(ctx context.Context, s *session, f *flight, fold bool) error {
	failpoint.Hit("apply.before_send")
	f.origin, f.done, f.size = f.origin[:0], f.fixed, 0
	sc := &script{w: w, s: s, f: f, fold: fold, trust: f.since >= w.Settled, at: f.before, arena: &w.arena}
	if !fold {
		sc.arena = &arena{}
	}
	if f.kind == batch {
		sc.open()
	}
	if err := sc.walk(ctx, f.parts); err != nil {
		return err
	}
	w.at = sc.at
	f.done.add(Applied{Bytes: int64(f.size), At: sc.end.Time, Fresh: sc.fresh(), last: sc.end})
	w.close(sc)
	return nil
}

// fresh is the source's time up to which nothing is missing.
func (s *script) fresh() time.Time {
	if s.idle.Time.After(s.end.Time) {
		return s.idle.Time
	}
	return s.end.Time
}

// close ends the flight's statements as its kind wants it.
func (w *Writer) close(sc *script) {
	f := sc.f
	if (f.kind == piece || f.kind == finish) && sc.opened {
		sc.run(nil, nil, sqlPieceDone)
	}
	if f.kind != batch && f.kind != finish {
		return
	}
	f.done.add(f.opened)
	if !w.Unrecorded {
		sc.advance(f.since, f.done.LSN)
	}
	if !w.alone(f) {
		sc.run(nil, nil, sqlCommit)
	}
	sc.s.committed()
	w.sent = max(w.sent, f.done.LSN)
}

// alone reports whether the flight is a transaction of its own, which ends with it however it ends. What was sent
// ahead after it fails by its position, so it must record one.
func (w *Writer) alone(f *flight) bool { return f.kind == batch && !w.Unrecorded }

// launch sends a composed flight.
func (w *Writer) launch(s *session, f *flight) error {
	w.pace.sent(&f.done)
	return s.send(f)
}

// answered handles what a session says to its oldest flight.
func (w *Writer) answered(ctx context.Context, a answer) error {
	s := a.session
	if a.dead {
		return dead(a.err)
	}
	if len(s.flights) == 0 {
		return fmt.Errorf("target: an answer to nothing: %w", errors.Join(wire.ErrFrame, a.err))
	}
	if a.err != nil {
		return w.failed(ctx, a)
	}
	f := s.flights[0]
	s.flights = append(s.flights[:0], s.flights[1:]...)
	return w.done(f)
}

func dead(err error) error { return link.Fail("target", err) }

// done is told of each flight that the target has carried out.
func (w *Writer) done(f *flight) error {
	failpoint.Hit("apply.after_send")
	w.queue.released(f.parts)
	w.applied.Add(uint64(f.size) + 1) //nolint:gosec // bytes
	if f.kind == aside && f.then != nil {
		f.then()
	}
	if f.kind != batch && f.kind != finish {
		return nil
	}
	w.lost = w.lost && w.main.begun
	w.stands.Store(max(w.stands.Load(), uint64(f.done.LSN)))
	if !w.Unrecorded {
		if err := w.committed(f.done.LSN); err != nil {
			return err
		}
	}
	failpoint.Hit("apply.after_ack")
	f.done.Took = time.Since(f.began)
	for _, skipped := range f.done.Skipped {
		w.Log.Warn("transaction left out, as asked for", "lsn", skipped.LSN.String(), "changes", skipped.Changes, "tables", skipped.Tables)
	}
	if w.OnApplied != nil {
		w.OnApplied(f.done)
	}
	return nil
}

// failed handles a flight that the server refused: whatever was sent after it failed with it. It is taken back and
// gone through once more in source order, which is right whenever the source itself was right, and names the
// change that is not.
func (w *Writer) failed(ctx context.Context, a answer) error {
	s := a.session
	f, rest := s.flights[0], append([]*flight(nil), s.flights[1:]...)
	if slices.ContainsFunc(rest, func(f *flight) bool { return f.kind == aside }) {
		s.flights = rest // what failed was taken back in the source
		s.forget()
		return nil
	}
	s.flights = s.flights[:0]
	if f.parts == nil {
		return w.explain(f, a)
	}
	for _, f := range rest {
		if err := w.mustFail(ctx, s, f); err != nil {
			return err
		}
	}
	if !mayName(f, a) {
		return w.explain(f, a)
	}
	w.Log.Debug("batch applied again in source order", "sqlstate", link.Code(a.err))
	if err := w.takeBack(ctx, s, f, a); err != nil {
		return err
	}
	for n, again := range append([]*flight{f}, rest...) {
		if again.kind == bare || again.kind == aside {
			return w.explain(f, a)
		}
		if err := w.compose(ctx, s, again, n > 0); err != nil {
			return err
		}
		again.done.Replayed = again.done.Replayed || n == 0
		if err := w.launch(s, again); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if a, err := w.await(ctx, s); err != nil {
			return err
		} else if a.err != nil {
			return w.explain(again, a)
		}
		s.flights = s.flights[:0]
		if err := w.done(again); err != nil {
			return err
		}
	}
	return nil
}

// mustFail takes the answer to a flight that was sent after one that failed. Only what commits nothing may succeed.
func (w *Writer) mustFail(ctx context.Context, s *session, f *flight) error {
	a, err := w.await(ctx, s)
	if err != nil {
		return err
	}
	if a.err == nil && (f.kind == batch || f.kind == finish) {
		return fault.Unsafef("target: a batch was applied although the one before it was not; compare source and target with `syncer compare`")
	}
	return nil
}

// await returns the next answer of s; what others say meanwhile is kept for later, so that one failure is dealt
// with at a time.
func (w *Writer) await(ctx context.Context, s *session) (answer, error) {
	for n, a := range w.kept {
		if a.session == s {
			w.kept = slices.Delete(w.kept, n, n+1)
			return a, nil
		}
	}
	for {
		select {
		case <-ctx.Done():
			return answer{}, ctx.Err()
		case a := <-w.answers:
			switch {
			case a.dead:
				return a, dead(a.err)
			case a.session == s:
				return a, nil
			}
			w.kept = append(w.kept, a)
		}
	}
}

// quiet waits until no more than n flights of s are under way.
func (w *Writer) quiet(ctx context.Context, s *session, n int) error {
	for len(s.flights) > n {
		a, err := w.await(ctx, s)
		if err == nil {
			err = w.answered(ctx, a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeBack rolls the session back to where f began. What was prepared in between may not have been.
func (w *Writer) takeBack(ctx context.Context, s *session, f *flight, a answer) error {
	s.forget()
	back := sqlRollback
	if f.kind == piece || f.kind == finish {
		back = sqlPieceBack
	}
	s.begun = f.kind != batch
	s.unsure = s.unsure || !s.begun
	w.sent = f.since
	s.out.parse("", back.sql)
	s.out.simple("")
	s.out.parse("", sqlForget.sql)
	s.out.simple("")
	s.out.sync()
	if err := s.write(true); err != nil {
		return err
	}
	b, err := w.await(ctx, s)
	if err == nil && b.err != nil { // the transaction was ended by its COMMIT
		err = w.explain(f, a)
	}
	return err
}
