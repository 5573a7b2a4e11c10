package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// pipeline sends flights to the main session, ahead of the answers to those before them, and takes the answers. What
// fails it takes back and sends once more in source order.
type pipeline struct {
	o          *Options
	queue      *queue
	control    *control
	tables     *definer
	acks       *acknowledger
	pace       batchPacer
	started    wire.LSN   // where the reader said that it begins
	countSides func() int // sessions that hold transactions which still run, see sides

	recorded *statement // the position

	answers answers
	open    sessions // every session that is open
	main    *session
	at      standing // where the frames stand
	sent    wire.LSN // where the replica stands once everything sent is durable
	opened  Applied  // of the transaction that is open on the main session
	lost    bool     // that holds what cannot be applied again

	// stands is up to where everything is committed here, applied counts what was, in bytes of frames: see Holder.
	stands, applied atomic.Uint64

	arena arena // memory for the values of a flight
	rows  []wire.RawRow
}

// beginAt notes where the stream begins.
func (p *pipeline) beginAt(at wire.LSN) {
	p.started = at
	p.stands.Store(uint64(at))
}

// answers are what sessions say to their flights.
type answers struct {
	come chan answer
	kept []answer // that came while another session's was waited for
}

// nextAnswer returns an answer that is there; ok is false when there is none.
func (x *answers) nextAnswer() (a answer, ok bool) {
	if len(x.kept) > 0 {
		a, x.kept = x.kept[0], x.kept[1:]
		return a, true
	}
	select {
	case a = <-x.come:
		return a, true
	default:
		return a, false
	}
}

// awaitAnswer returns the next answer of s; what others say meanwhile is kept for later, so that one failure is dealt
// with at a time.
func (x *answers) awaitAnswer(ctx context.Context, s *session) (answer, error) {
	for n, a := range x.kept {
		if a.session == s {
			x.kept = slices.Delete(x.kept, n, n+1)
			return a, nil
		}
	}
	for {
		select {
		case <-ctx.Done():
			return answer{}, ctx.Err()
		case a := <-x.come:
			switch {
			case a.dead:
				return a, connectionLost(a.err)
			case a.session == s:
				return a, nil
			}
			x.kept = append(x.kept, a)
		}
	}
}

const (
	maxFlights    = 32      // batches on their way at a time
	flightBytes   = 3 << 20 // of frames in them, once there are two
	batchDeadline = 15 * time.Minute
)

// takeAnswers takes the answers that are there.
func (p *pipeline) takeAnswers(ctx context.Context) error {
	for {
		a, ok := p.answers.nextAnswer()
		if !ok {
			return nil
		}
		if err := p.takeAnswer(ctx, a); err != nil {
			return err
		}
	}
}

// checkAnswersDue fails when the oldest flight is not answered for too long.
func (p *pipeline) checkAnswersDue() error {
	for _, s := range p.open.all() {
		if len(s.flights) > 0 && time.Since(s.flights[0].sent) > batchDeadline {
			return fmt.Errorf("target: no answer to a batch for %s: %w", batchDeadline, context.DeadlineExceeded)
		}
	}
	return nil
}

// sendParts sends plain frames to the main session.
func (p *pipeline) sendParts(ctx context.Context, parts []part, k kind) error {
	f := p.newFlight(parts, k)
	if err := p.composeFlight(ctx, p.main, f, true); err != nil {
		return err
	}
	if k == piece {
		p.opened.add(f.done)
	}
	if len(f.origin) == 0 { // nothing happened in it
		p.queue.releaseParts(parts)
		return nil
	}
	return p.sendFlight(p.main, f)
}

// newFlight begins a flight of the main session where the frames stand.
func (p *pipeline) newFlight(parts []part, k kind) *flight {
	f := &flight{parts: parts, kind: k, before: p.at, since: p.sent, began: time.Now()}
	if k == batch || k == finish {
		f.opened, p.opened = p.opened, Applied{}
	}
	return f
}

// composeFlight turns the flight's frames into statements.
func (p *pipeline) composeFlight(ctx context.Context, s *session, f *flight, fold bool) error {
	failpoint.Hit("apply.before_send")
	f.origin, f.done, f.size = f.origin[:0], f.fixed, 0
	sc := &script{line: p, s: s, f: f, fold: fold, trust: f.since >= p.o.Settled, at: f.before, arena: &p.arena}
	if !fold {
		sc.arena = &arena{}
	}
	if f.kind == batch {
		sc.openFlight()
	}
	if err := sc.composeFrames(ctx, f.parts); err != nil {
		return err
	}
	p.at = sc.at
	f.done.add(Applied{Bytes: int64(f.size), At: sc.end.Time, Fresh: sc.freshUntil(), last: sc.end})
	p.closeFlight(sc)
	return nil
}

// freshUntil is the source's time up to which nothing is missing.
func (s *script) freshUntil() time.Time {
	if s.idle.Time.After(s.end.Time) {
		return s.idle.Time
	}
	return s.end.Time
}

// closeFlight ends the flight's statements as its kind wants it.
func (p *pipeline) closeFlight(sc *script) {
	f := sc.f
	if (f.kind == piece || f.kind == finish) && sc.opened {
		sc.addStatement(nil, nil, sqlPieceDone)
	}
	if f.kind != batch && f.kind != finish {
		return
	}
	f.done.add(f.opened)
	sc.addPosition(f.since, f.done.LSN)
	if !p.isOwnTransaction(f) {
		sc.addStatement(nil, nil, sqlCommit)
	}
	sc.s.noteCommitted()
	p.sent = max(p.sent, f.done.LSN)
}

// isOwnTransaction reports whether the flight is a transaction of its own, which ends with it however it ends. What was sent
// ahead after it fails by its position.
func (p *pipeline) isOwnTransaction(f *flight) bool { return f.kind == batch }

// sendFlight sends a composed flight.
func (p *pipeline) sendFlight(s *session, f *flight) error {
	p.pace.noteSent(&f.done)
	return s.sendFlight(f)
}

// takeAnswer handles what a session says to its oldest flight.
func (p *pipeline) takeAnswer(ctx context.Context, a answer) error {
	s := a.session
	if a.dead {
		return connectionLost(a.err)
	}
	if len(s.flights) == 0 {
		return fmt.Errorf("target: an answer to nothing: %w", errors.Join(wire.ErrFrame, a.err))
	}
	if a.err != nil {
		return p.recoverFlight(ctx, a)
	}
	f := s.flights[0]
	s.flights = append(s.flights[:0], s.flights[1:]...)
	return p.finishFlight(f)
}

func connectionLost(err error) error { return link.Fail("target", err) }

// finishFlight is told of each flight that the target has carried out.
func (p *pipeline) finishFlight(f *flight) error {
	failpoint.Hit("apply.after_send")
	p.queue.releaseParts(f.parts)
	p.applied.Add(uint64(f.size) + 1) //nolint:gosec // bytes
	if f.kind == aside && f.then != nil {
		f.then()
	}
	if f.kind != batch && f.kind != finish {
		return nil
	}
	p.lost = p.lost && p.main.begun
	p.stands.Store(max(p.stands.Load(), uint64(f.done.LSN)))
	if err := p.acks.noteCommitted(f.done.LSN); err != nil {
		return err
	}
	failpoint.Hit("apply.after_ack")
	f.done.Took = time.Since(f.began)
	for _, skipped := range f.done.Skipped {
		p.o.Log.Warn("transaction skipped, as requested", "lsn", skipped.LSN.String(), "changes", skipped.Changes, "tables", skipped.Tables)
	}
	if p.o.OnApplied != nil {
		p.o.OnApplied(f.done)
	}
	return nil
}

// recoverFlight handles a flight that the server refused: whatever was sent after it failed with it. It is taken back and
// gone through once more in source order, which is right whenever the source itself was right, and names the
// change that is not.
func (p *pipeline) recoverFlight(ctx context.Context, a answer) error {
	s := a.session
	f, rest := s.flights[0], append([]*flight(nil), s.flights[1:]...)
	if slices.ContainsFunc(rest, func(f *flight) bool { return f.kind == aside }) {
		s.flights = rest // what failed was taken back in the source
		s.forgetPrepared()
		return nil
	}
	s.flights = s.flights[:0]
	if f.parts == nil {
		return p.explainFailure(f, a)
	}
	for _, f := range rest {
		if err := p.expectFailure(ctx, s, f); err != nil {
			return err
		}
	}
	if !mayNameChange(f, a) {
		return p.explainFailure(f, a)
	}
	p.o.Log.Debug("batch applied again in source order", "sqlstate", link.Code(a.err))
	if err := p.rollBackFlight(ctx, s, f, a); err != nil {
		return err
	}
	for n, again := range append([]*flight{f}, rest...) {
		if again.kind == bare || again.kind == aside {
			return p.explainFailure(f, a)
		}
		if err := p.composeFlight(ctx, s, again, n > 0); err != nil {
			return err
		}
		again.done.Replayed = again.done.Replayed || n == 0
		if err := p.sendFlight(s, again); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if a, err := p.answers.awaitAnswer(ctx, s); err != nil {
			return err
		} else if a.err != nil {
			return p.explainFailure(again, a)
		}
		s.flights = s.flights[:0]
		if err := p.finishFlight(again); err != nil {
			return err
		}
	}
	return nil
}

// expectFailure takes the answer to a flight that was sent after one that failed. Only what commits nothing may succeed.
func (p *pipeline) expectFailure(ctx context.Context, s *session, f *flight) error {
	a, err := p.answers.awaitAnswer(ctx, s)
	if err != nil {
		return err
	}
	if a.err == nil && (f.kind == batch || f.kind == finish) {
		return fault.Unsafef("target: a batch was applied although the one before it was not; compare source and target with `syncer compare`")
	}
	return nil
}

// waitForFlights waits until no more than n flights of s are under way.
func (p *pipeline) waitForFlights(ctx context.Context, s *session, n int) error {
	for len(s.flights) > n {
		a, err := p.answers.awaitAnswer(ctx, s)
		if err == nil {
			err = p.takeAnswer(ctx, a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rollBackFlight rolls the session back to where f began. What was prepared in between may not have been.
func (p *pipeline) rollBackFlight(ctx context.Context, s *session, f *flight, a answer) error {
	s.forgetPrepared()
	back := sqlRollback
	if f.kind == piece || f.kind == finish {
		back = sqlPieceBack
	}
	s.begun = f.kind != batch
	s.boundUnsure = s.boundUnsure || !s.begun
	p.sent = f.since
	s.out.parse("", back.sql)
	s.out.simple("")
	s.out.parse("", sqlForget.sql)
	s.out.simple("")
	s.out.sync()
	if err := s.writeOut(true); err != nil {
		return err
	}
	b, err := p.answers.awaitAnswer(ctx, s)
	if err == nil && b.err != nil { // the transaction was ended by its COMMIT
		err = p.explainFailure(f, a)
	}
	return err
}
