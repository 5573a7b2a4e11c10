package notices

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/background"
)

// Options says what a worker works with. Store, Writer and Log are required.
type Options struct {
	Store    *Store
	Writer   Writer
	Channels map[ChannelName]Channel // those that the installation has
	Log      *slog.Logger
	// PerDay is how many notices one address gets in a day; the others wait for the next morning. 10 when zero.
	PerDay int
	// Workers is how many letters are sent at once; 2 when zero.
	Workers int
	// Poll is how often an empty outbox is looked into; a second when zero.
	Poll time.Duration
	// Lease is how long a notice rests after a process died over it. It is longer than sending may take; 3 minutes when zero.
	Lease time.Duration
	// OnDone hears what became of each attempt, for counting; nil for nobody.
	OnDone func(ChannelName, State)
}

// sendTime is what sending one letter may take, with all its parts.
const sendTime = time.Minute

// Worker sends what waits in the outbox. Make one with New.
type Worker struct {
	Options
	has map[ChannelName]bool
}

// New makes a worker.
func New(o Options) *Worker {
	o.PerDay, o.Workers = cmp.Or(o.PerDay, 10), cmp.Or(o.Workers, 2)
	o.Poll, o.Lease = cmp.Or(o.Poll, time.Second), cmp.Or(o.Lease, 3*time.Minute)
	if o.OnDone == nil {
		o.OnDone = func(ChannelName, State) {}
	}
	w := &Worker{Options: o, has: map[ChannelName]bool{}}
	for name := range o.Channels {
		w.has[name] = true
	}
	return w
}

// Run sends until ctx ends; letters in hand are finished.
func (w *Worker) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for range w.Workers {
		running.Go(func() { w.work(ctx, w.Next) })
	}
	running.Go(func() { w.work(ctx, w.NextCopy) })
	running.Wait()
	return nil
}

// work sends one letter after the other until ctx ends.
func (w *Worker) work(ctx context.Context, next func(context.Context) (bool, error)) {
	q := background.Queue{
		Next: next, Pause: func(context.Context) time.Duration { return w.Poll },
		Retry: background.Retry{Log: w.Log, What: "notices: the database cannot be asked; trying again"},
	}
	q.Run(ctx)
}

// Tend ends what was interrupted and forgets what is of no use any more. It is called from time to time.
func (w *Worker) Tend(ctx context.Context) error {
	n, err := w.Store.endInterrupted(ctx)
	if n > 0 {
		w.Log.Warn("notices were being sent when a worker died; nobody knows whether they arrived", "notices", n)
	}
	return errors.Join(err, w.Store.forgetPersons(ctx), w.Store.tendFollowers(ctx), w.Store.channelsSeen(ctx, w.has))
}

// Next sends one notice that is due. found is false when none is. Only a failing database is an error.
func (w *Worker) Next(ctx context.Context) (found bool, err error) {
	n, found, err := w.Store.claim(ctx, w.Lease)
	if err != nil || !found {
		return false, err
	}
	// A letter in hand is finished even when the process is asked to stop.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Lease)
	defer cancel()
	return true, w.tell(ctx, n)
}

// tell judges a notice by what is true now and sends it, or says why not.
func (w *Worker) tell(ctx context.Context, n Notice) error {
	j, l, err := w.word(ctx, n)
	switch {
	case err != nil:
		return err
	case j.State != Waiting:
		w.OnDone(j.Channel, j.State)
		return w.Store.end(ctx, n.EventID, j.State, j.Reason, "")
	case !j.Until.IsZero():
		return w.Store.putOff(ctx, n.EventID, j.Until, "", "")
	}
	sent, err := w.Store.sentSince(ctx, j.To, today(w.Store.now()))
	if err != nil {
		return err
	}
	if sent >= w.PerDay {
		return w.Store.putOff(ctx, n.EventID, tomorrow(w.Store.now()), ReasonDaily, "")
	}
	return w.send(ctx, n, j, l)
}

// word judges a notice by what is true now, and words it.
func (w *Worker) word(ctx context.Context, n Notice) (Judgement, Letter, error) {
	if n.BookingID != uuid.Nil {
		a, err := w.Store.appointment(ctx, n)
		if err != nil {
			return Judgement{}, Letter{}, err
		}
		j := JudgeAppointment(n, a, w.has, w.Store.now())
		return j, w.Writer.WriteAppointment(n, a, j.Channel, j.To), nil
	}
	if n.CaseID == uuid.Nil {
		a, err := w.Store.asked(ctx, n)
		if err != nil {
			return Judgement{}, Letter{}, err
		}
		j := JudgeAsked(n, a, w.has, w.Store.now())
		return j, w.Writer.WriteAsked(n, a, j.Channel, j.To), nil
	}
	f, err := w.Store.facts(ctx, n)
	if err != nil {
		return Judgement{}, Letter{}, err
	}
	j := Judge(n, f, w.has, w.Store.now())
	return j, w.Writer.Write(n, f, j.Channel, j.To), nil
}

// errTaken says that another worker has taken the notice meanwhile.
var errTaken = errors.New("taken by another worker")

// send hands a letter to its channel and records what became of it.
func (w *Worker) send(ctx context.Context, n Notice, j Judgement, l Letter) error {
	receipt, err := w.hand(ctx, j.Channel, l, func() (bool, error) { return w.Store.handOver(ctx, n, j.Channel, w.Lease) })
	switch {
	case errors.Is(err, errTaken):
		return nil
	case err == nil:
		w.OnDone(j.Channel, Sent)
		return errors.Join(w.Store.sent(ctx, n, j.To, receipt), w.Store.channelWorked(ctx, j.Channel))
	}
	f := failureOf(err)
	if err := w.Store.channelFailed(ctx, j.Channel, f); err != nil {
		return err
	}
	w.Log.Warn("a notice was not taken", "channel", j.Channel, "notice", n.EventID, "reason", f.Reason, "answer", Said(f.Detail), "attempt", n.Attempts)
	switch f.Fate {
	case Later:
		w.OnDone(j.Channel, Waiting)
		return w.Store.putOff(ctx, n.EventID, w.Store.now().Add(pause(n.Attempts)), f.Reason, Said(f.Detail))
	case Never:
		w.OnDone(j.Channel, Failed)
		return w.Store.end(ctx, n.EventID, Failed, f.Reason, Said(f.Detail))
	default:
		w.OnDone(j.Channel, Unknown)
		return w.Store.end(ctx, n.EventID, Unknown, f.Reason, Said(f.Detail))
	}
}

// hand gives a letter to its channel, within the time that sending may take. handOver marks that it is about to leave, and says
// whether it is this worker's to send. A panic of a channel is a failure like another.
func (w *Worker) hand(ctx context.Context, name ChannelName, l Letter, handOver func() (bool, error)) (r Receipt, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("notices: panic", "letter", l.ID, "stack", string(debug.Stack()))
			err = &Failure{Fate: Nowhere, Reason: ReasonInterrupted, Detail: fmt.Sprint("panic in ", name)}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	return w.Channels[name].Send(ctx, l, func() error {
		mine, err := handOver()
		if err == nil && !mine {
			return errTaken
		}
		return err
	})
}
