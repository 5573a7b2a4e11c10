package intake

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/blob"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// Options says what a worker works with. Store, Quarantine, Keys and Cases are required.
type Options struct {
	Store      *Store
	Quarantine *blob.Bucket
	Keys       seal.Keyring
	Cases      Registrar
	Scanner    Scanner // nil: attachments are marked as not scanned
	Log        *slog.Logger
	Now        func() time.Time
	// Lease is how long a message rests after a process died over it; 30 seconds when zero.
	Lease time.Duration
	// Poll bounds the wait when a notification was lost; 15 seconds when zero.
	Poll time.Duration
	// Workers is how many messages are handled at once; 2 when zero.
	Workers int
}

// Worker handles waiting messages. Make one with New.
type Worker struct {
	store      *Store
	quarantine *blob.Bucket
	keys       seal.Keyring
	cases      Registrar
	scanner    Scanner
	log        *slog.Logger
	now        func() time.Time
	lease      time.Duration
	poll       time.Duration
	workers    int
	handlers   map[string]handler
}

// handler turns the record of one kind into an answer within tx, or says why it cannot with a *Refusal.
type handler func(ctx context.Context, tx Tx, m Message, record []byte) (Answer, error)

const (
	// maxFailures of our own make a message one for staff; before that it is tried again.
	maxFailures = 8
	// messageTime is what one message may take: opening, scanning up to ten files, registering.
	messageTime = 4 * time.Minute
)

// New makes a worker.
func New(o Options) *Worker {
	w := &Worker{
		store: o.Store, quarantine: o.Quarantine, keys: o.Keys, cases: o.Cases, scanner: o.Scanner,
		log: o.Log, now: o.Now, lease: o.Lease, poll: o.Poll, workers: o.Workers,
	}
	if w.log == nil {
		w.log = slog.Default()
	}
	if w.now == nil {
		w.now = time.Now
	}
	if w.lease == 0 {
		w.lease = 30 * time.Second
	}
	if w.poll == 0 {
		w.poll = 15 * time.Second
	}
	if w.workers == 0 {
		w.workers = 2
	}
	w.handlers = map[string]handler{contract.KindApplication: w.application}
	return w
}

// Run handles messages as they arrive until ctx ends, and lets those in hand finish.
func (w *Worker) Run(ctx context.Context) error {
	wake := make(chan struct{}, 1)
	var running sync.WaitGroup
	running.Go(func() { w.listen(ctx, wake) })
	for ctx.Err() == nil {
		wait := w.drain(ctx)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	running.Wait()
	return nil
}

// drain handles everything that is due and says how long to wait for more.
func (w *Worker) drain(ctx context.Context) time.Duration {
	var handlers sync.WaitGroup
	for range w.workers {
		handlers.Go(func() {
			for ctx.Err() == nil {
				found, err := w.Next(ctx)
				if err != nil {
					w.log.Error("intake: database", "error", err)
				}
				if !found {
					return
				}
			}
		})
	}
	handlers.Wait()
	wait, err := w.store.nextDue(ctx, w.poll)
	if err != nil {
		return 2 * time.Second // the database is away; ask again soon
	}
	return max(wait, 50*time.Millisecond)
}

// Next handles one message that is due. found is false when none is. Only a failing database is an error.
func (w *Worker) Next(ctx context.Context) (found bool, err error) {
	id, found, err := w.store.claim(ctx, w.lease)
	if err != nil || !found {
		return false, err
	}
	// A message in hand is finished even when the process is asked to stop.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), messageTime)
	defer cancel()
	m, err := w.handle(ctx, id)
	if err == nil {
		return true, nil
	}
	return true, w.failed(ctx, id, m, err)
}

// handle takes one message through its transaction. The returned message is what is known when it failed.
func (w *Worker) handle(ctx context.Context, id uuid.UUID) (m Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("intake: panic", "message", id, "stack", string(debug.Stack()))
			err = errors.New("handling the message panicked")
		}
	}()
	var done Answer
	err = w.store.inTx(ctx, func(tx Tx) error {
		var found bool
		if m, found, err = lock(ctx, tx, id); err != nil || !found {
			return err
		}
		if m.Failures > maxFailures+1 { // it even kills the process
			done, err = w.refuse(ctx, tx, m, &Refusal{Reason: ReasonGaveUp})
			return err
		}
		done, err = w.decide(ctx, tx, m)
		return err
	})
	if err == nil && done.Outcome == OutcomeRegistered {
		w.log.Info("intake: registered", "message", id, "kind", m.Kind, "case", done.CaseNumber)
		w.discardSealed(ctx, m)
	}
	return m, err
}

// decide lets the kind's handler work under a savepoint, so that a refusal can be written after it.
func (w *Worker) decide(ctx context.Context, tx Tx, m Message) (Answer, error) {
	var a Answer
	err := savepoint(ctx, tx, func(sp Tx) error {
		record, err := open(w.keys, m)
		if err != nil {
			return err
		}
		defer clear(record)
		h, ok := w.handlers[m.Kind]
		if !ok {
			return &Refusal{Reason: ReasonUnknownKind, Detail: m.Kind}
		}
		a, err = h(ctx, sp, m, record)
		return err
	})
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return w.refuse(ctx, tx, m, refusal)
	}
	if err != nil {
		return a, err
	}
	return a, finish(ctx, tx, m, a, locale.Text{})
}

func (w *Worker) refuse(ctx context.Context, tx Tx, m Message, r *Refusal) (Answer, error) {
	w.log.Warn("intake: handed to staff", "message", m.ID, "kind", m.Kind, "reason", r.Reason)
	if err := enqueue(ctx, tx, m, r); err != nil {
		return Answer{}, err
	}
	a := Answer{Outcome: OutcomeHeld, CodeHash: r.Known.CodeHash}
	return a, finish(ctx, tx, m, a, explain(r.Reason))
}

// failed puts a message off, or hands it to staff when it has failed too often by itself.
func (w *Worker) failed(ctx context.Context, id uuid.UUID, m Message, cause error) error {
	if fault.Is(cause, fault.Unavailable) {
		w.log.Warn("intake: waits", "message", id, "error", cause)
		return w.store.putOff(ctx, id, backoff(m.Attempts, 20*time.Second), false, fault.MessageKey(cause))
	}
	w.log.Error("intake: failed", "message", id, "failures", m.Failures, "error", cause)
	if m.Failures < maxFailures {
		return w.store.putOff(ctx, id, backoff(m.Failures, 10*time.Minute), true, fault.MessageKey(cause))
	}
	return w.store.inTx(ctx, func(tx Tx) error {
		m, found, err := lock(ctx, tx, id)
		if err != nil || !found {
			return err
		}
		_, err = w.refuse(ctx, tx, m, &Refusal{Reason: ReasonGaveUp, Detail: fault.MessageKey(cause)})
		return err
	})
}

// discardSealed removes the sealed attachments of a message that became a case; its opened ones stay. Failing to is
// no harm: nobody but the holder of the key can read them.
func (w *Worker) discardSealed(ctx context.Context, m Message) {
	files, err := contract.ParseSealedFiles(m.ID, m.Attachments)
	if err != nil {
		return
	}
	for _, f := range files {
		if err := w.quarantine.Remove(ctx, f.Key); err != nil {
			w.log.Warn("intake: sealed attachment stays", "message", m.ID, "error", err)
		}
	}
}

// listen wakes the worker when a message arrives. It comes back by itself when the database went away.
func (w *Worker) listen(ctx context.Context, wake chan<- struct{}) {
	knock := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	for ctx.Err() == nil {
		if err := w.store.listen(ctx, knock); err != nil && ctx.Err() == nil {
			w.log.Warn("intake: not listening, polling", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}
