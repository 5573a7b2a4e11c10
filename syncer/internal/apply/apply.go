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
	defer func() { w.line.open.close(); w.sides.spools.close() }()
	stop := context.AfterFunc(ctx, w.line.open.interrupt)
	defer stop()
	main, err := w.line.newSession(ctx, w.conn)
	if err != nil {
		return err
	}
	w.line.main = main
	w.line.open.add(main)
	for {
		if err := w.line.settle(ctx); err != nil {
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
func (p *pipeline) settle(ctx context.Context) error {
	for {
		a, ok := p.answers.next()
		if !ok {
			return nil
		}
		if err := p.answered(ctx, a); err != nil {
			return err
		}
	}
}

// wait waits until there may be something to do.
func (w *Writer) wait(ctx context.Context) error {
	if len(w.line.answers.kept) > 0 {
		return nil
	}
	var timer <-chan time.Time
	if len(w.line.main.flights) > 0 || w.again > 0 {
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
	case a := <-w.line.answers.come:
		return w.line.answered(ctx, a)
	case <-w.queue.more:
	case <-w.gate.changed:
	case <-timer:
		return w.line.late()
	}
	return nil
}

// late fails when the oldest flight is not answered for too long.
func (p *pipeline) late() error {
	for _, s := range p.open.all() {
		if len(s.flights) > 0 && time.Since(s.flights[0].sent) > batchDeadline {
			return fmt.Errorf("target: no answer to a batch for %s: %w", batchDeadline, context.DeadlineExceeded)
		}
	}
	return nil
}

// step does the next thing that can be done now; false when there is none.
func (w *Writer) step(ctx context.Context) (bool, error) {
	if w.control.reload.Load() && !w.line.main.begun {
		if len(w.line.main.flights) > 0 { // nothing more is sent, however much waits
			return false, nil
		}
		return false, ErrReload
	}
	if !w.line.main.begun && len(w.line.main.flights) == 0 && w.gate.stands(max(w.line.sent, w.line.started), w.queue) {
		return false, nil
	}
	class, xid, ok := w.queue.head()
	if !ok {
		return false, nil
	}
	switch class {
	case chunk:
		return w.sides.chunk(ctx, xid)
	case streamEnd:
		return w.sides.streamEnd(ctx, xid)
	case streamAbort:
		return true, w.sides.streamAbort(ctx)
	}
	if ready, again := w.line.pace.ready(w.line); !ready {
		w.again = max(again, 0)
		return false, nil
	}
	var allow func(unit, bool) bool
	if !w.line.main.begun {
		allow = w.gate.allow()
	}
	parts, found := w.queue.take(allow)
	switch found {
	case visible:
		kind := batch
		if w.line.main.begun {
			kind = finish
		}
		return true, w.line.dispatch(ctx, parts, kind)
	case begun:
		return true, w.line.dispatch(ctx, parts, piece)
	}
	return false, nil
}

// dispatch sends plain frames to the main session.
func (p *pipeline) dispatch(ctx context.Context, parts []part, k kind) error {
	f := p.flight(parts, k)
	if err := p.compose(ctx, p.main, f, true); err != nil {
		return err
	}
	if k == piece {
		p.opened.add(f.done)
	}
	if len(f.origin) == 0 { // nothing happened in it
		p.queue.released(parts)
		return nil
	}
	return p.launch(p.main, f)
}

// flight begins a flight of the main session where the frames stand.
func (p *pipeline) flight(parts []part, k kind) *flight {
	f := &flight{parts: parts, kind: k, before: p.at, since: p.sent, began: time.Now()}
	if k == batch || k == finish {
		f.opened, p.opened = p.opened, Applied{}
	}
	return f
}

// compose turns the flight's frames into statements.
func (p *pipeline) compose(ctx context.Context, s *session, f *flight, fold bool) error {
	failpoint.Hit("apply.before_send")
	f.origin, f.done, f.size = f.origin[:0], f.fixed, 0
	sc := &script{line: p, s: s, f: f, fold: fold, trust: f.since >= p.o.Settled, at: f.before, arena: &p.arena}
	if !fold {
		sc.arena = &arena{}
	}
	if f.kind == batch {
		sc.open()
	}
	if err := sc.walk(ctx, f.parts); err != nil {
		return err
	}
	p.at = sc.at
	f.done.add(Applied{Bytes: int64(f.size), At: sc.end.Time, Fresh: sc.fresh(), last: sc.end})
	p.close(sc)
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
func (p *pipeline) close(sc *script) {
	f := sc.f
	if (f.kind == piece || f.kind == finish) && sc.opened {
		sc.run(nil, nil, sqlPieceDone)
	}
	if f.kind != batch && f.kind != finish {
		return
	}
	f.done.add(f.opened)
	sc.advance(f.since, f.done.LSN)
	if !p.alone(f) {
		sc.run(nil, nil, sqlCommit)
	}
	sc.s.committed()
	p.sent = max(p.sent, f.done.LSN)
}

// alone reports whether the flight is a transaction of its own, which ends with it however it ends. What was sent
// ahead after it fails by its position.
func (p *pipeline) alone(f *flight) bool { return f.kind == batch }

// launch sends a composed flight.
func (p *pipeline) launch(s *session, f *flight) error {
	p.pace.sent(&f.done)
	return s.send(f)
}

// answered handles what a session says to its oldest flight.
func (p *pipeline) answered(ctx context.Context, a answer) error {
	s := a.session
	if a.dead {
		return dead(a.err)
	}
	if len(s.flights) == 0 {
		return fmt.Errorf("target: an answer to nothing: %w", errors.Join(wire.ErrFrame, a.err))
	}
	if a.err != nil {
		return p.failed(ctx, a)
	}
	f := s.flights[0]
	s.flights = append(s.flights[:0], s.flights[1:]...)
	return p.done(f)
}

func dead(err error) error { return link.Fail("target", err) }

// done is told of each flight that the target has carried out.
func (p *pipeline) done(f *flight) error {
	failpoint.Hit("apply.after_send")
	p.queue.released(f.parts)
	p.applied.Add(uint64(f.size) + 1) //nolint:gosec // bytes
	if f.kind == aside && f.then != nil {
		f.then()
	}
	if f.kind != batch && f.kind != finish {
		return nil
	}
	p.lost = p.lost && p.main.begun
	p.stands.Store(max(p.stands.Load(), uint64(f.done.LSN)))
	if err := p.acks.committed(f.done.LSN); err != nil {
		return err
	}
	failpoint.Hit("apply.after_ack")
	f.done.Took = time.Since(f.began)
	for _, skipped := range f.done.Skipped {
		p.o.Log.Warn("transaction left out, as asked for", "lsn", skipped.LSN.String(), "changes", skipped.Changes, "tables", skipped.Tables)
	}
	if p.o.OnApplied != nil {
		p.o.OnApplied(f.done)
	}
	return nil
}

// failed handles a flight that the server refused: whatever was sent after it failed with it. It is taken back and
// gone through once more in source order, which is right whenever the source itself was right, and names the
// change that is not.
func (p *pipeline) failed(ctx context.Context, a answer) error {
	s := a.session
	f, rest := s.flights[0], append([]*flight(nil), s.flights[1:]...)
	if slices.ContainsFunc(rest, func(f *flight) bool { return f.kind == aside }) {
		s.flights = rest // what failed was taken back in the source
		s.forget()
		return nil
	}
	s.flights = s.flights[:0]
	if f.parts == nil {
		return p.explain(f, a)
	}
	for _, f := range rest {
		if err := p.mustFail(ctx, s, f); err != nil {
			return err
		}
	}
	if !mayName(f, a) {
		return p.explain(f, a)
	}
	p.o.Log.Debug("batch applied again in source order", "sqlstate", link.Code(a.err))
	if err := p.takeBack(ctx, s, f, a); err != nil {
		return err
	}
	for n, again := range append([]*flight{f}, rest...) {
		if again.kind == bare || again.kind == aside {
			return p.explain(f, a)
		}
		if err := p.compose(ctx, s, again, n > 0); err != nil {
			return err
		}
		again.done.Replayed = again.done.Replayed || n == 0
		if err := p.launch(s, again); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if a, err := p.answers.await(ctx, s); err != nil {
			return err
		} else if a.err != nil {
			return p.explain(again, a)
		}
		s.flights = s.flights[:0]
		if err := p.done(again); err != nil {
			return err
		}
	}
	return nil
}

// mustFail takes the answer to a flight that was sent after one that failed. Only what commits nothing may succeed.
func (p *pipeline) mustFail(ctx context.Context, s *session, f *flight) error {
	a, err := p.answers.await(ctx, s)
	if err != nil {
		return err
	}
	if a.err == nil && (f.kind == batch || f.kind == finish) {
		return fault.Unsafef("target: a batch was applied although the one before it was not; compare source and target with `syncer compare`")
	}
	return nil
}

// quiet waits until no more than n flights of s are under way.
func (p *pipeline) quiet(ctx context.Context, s *session, n int) error {
	for len(s.flights) > n {
		a, err := p.answers.await(ctx, s)
		if err == nil {
			err = p.answered(ctx, a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeBack rolls the session back to where f began. What was prepared in between may not have been.
func (p *pipeline) takeBack(ctx context.Context, s *session, f *flight, a answer) error {
	s.forget()
	back := sqlRollback
	if f.kind == piece || f.kind == finish {
		back = sqlPieceBack
	}
	s.begun = f.kind != batch
	s.unsure = s.unsure || !s.begun
	p.sent = f.since
	s.out.parse("", back.sql)
	s.out.simple("")
	s.out.parse("", sqlForget.sql)
	s.out.simple("")
	s.out.sync()
	if err := s.write(true); err != nil {
		return err
	}
	b, err := p.answers.await(ctx, s)
	if err == nil && b.err != nil { // the transaction was ended by its COMMIT
		err = p.explain(f, a)
	}
	return err
}
