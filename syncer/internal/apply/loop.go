package apply

import (
	"context"
	"time"
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
		if err := w.line.takeAnswers(ctx); err != nil {
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
		return w.line.takeAnswer(ctx, a)
	case <-w.queue.more:
	case <-w.gate.changed:
	case <-timer:
		return w.line.checkAnswersDue()
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
	if !w.line.main.begun && len(w.line.main.flights) == 0 && w.gate.standsStill(max(w.line.sent, w.line.started), w.queue) {
		return false, nil
	}
	class, xid, ok := w.queue.head()
	if !ok {
		return false, nil
	}
	switch class {
	case chunk:
		return w.sides.takeChunk(ctx, xid)
	case streamEnd:
		return w.sides.takeCommit(ctx, xid)
	case streamAbort:
		return true, w.sides.takeAbort(ctx)
	}
	if ready, again := w.line.pace.mayTakeBatch(w.line); !ready {
		w.again = max(again, 0)
		return false, nil
	}
	var allow func(unit, bool) bool
	if !w.line.main.begun {
		allow = w.gate.permission()
	}
	parts, found := w.queue.takeWhole(allow)
	switch found {
	case visible:
		kind := batch
		if w.line.main.begun {
			kind = finish
		}
		return true, w.line.sendParts(ctx, parts, kind)
	case begun:
		return true, w.line.sendParts(ctx, parts, piece)
	}
	return false, nil
}
