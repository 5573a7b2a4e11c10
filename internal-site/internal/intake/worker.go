package intake

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/scan"
	"portal.example/shared/background"
	"portal.example/shared/blob"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// Options says what a worker works with. Store, Quarantine, Keys and Handlers are required.
type Options struct {
	Store      *Store
	Quarantine *blob.Bucket
	Keys       seal.Keyring
	Handlers   []Handler
	Scanner    scan.Scanner // nil: attachments are marked as not scanned
	Log        *slog.Logger
	// Lease is how long a message rests after a process died over it; 30 seconds when zero.
	Lease time.Duration
	// Poll bounds the wait when a notification was lost; 15 seconds when zero.
	Poll time.Duration
	// Workers is how many messages are handled at once; 2 when zero.
	Workers int
	// Allowance is how many messages of a kind are taken by themselves in an hour for one centre or authority;
	// DefaultAllowance for a kind that it does not name. The rest waits for a person.
	Allowance map[string]int
	// OnDone hears what became of each message, for counting: its outcome, and the reason when staff have to look
	// at it. May be nil.
	OnDone func(kind, outcome, reason string)
}

// DefaultAllowance is more than a busy centre has in an hour, and less than harms when somebody forges them.
const DefaultAllowance = 100

// allowances are those of kinds that go to no place, so that the whole region shares them: what a cabinet wants to be told of and
// how somebody rates a case is nothing that a person could judge, and their handlers have limits of their own.
var allowances = map[string]int{contract.KindFollow: 5000, contract.KindRating: 5000}

// Worker handles waiting messages. Make one with New.
type Worker struct {
	store      *Store
	quarantine *blob.Bucket
	keys       seal.Keyring
	handlers   map[string]Handler
	scanner    scan.Scanner
	log        *slog.Logger
	lease      time.Duration
	poll       time.Duration
	workers    int
	allowance  map[string]int
	onDone     func(kind, outcome, reason string)
}

const (
	// maxFailures of our own make a message one for staff; before that it is tried again.
	maxFailures = 8
	// messageTime is what one message may take: opening, scanning up to ten files, registering.
	messageTime = 4 * time.Minute
)

// New makes a worker.
func New(o Options) *Worker {
	w := &Worker{
		store: o.Store, quarantine: o.Quarantine, keys: o.Keys, handlers: map[string]Handler{}, scanner: o.Scanner,
		log: o.Log, lease: o.Lease, poll: o.Poll, workers: o.Workers, allowance: o.Allowance, onDone: o.OnDone,
	}
	for _, h := range o.Handlers {
		w.handlers[h.Kind()] = h
	}
	if w.log == nil {
		w.log = slog.Default()
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
	if w.onDone == nil {
		w.onDone = func(string, string, string) {}
	}
	return w
}

// Run handles messages as they arrive until ctx ends, and lets those in hand finish. Every worker waits and is woken
// by itself, so that one with a slow message keeps nothing from the others; one more opens the files that clerks wait for.
func (w *Worker) Run(ctx context.Context) error {
	wakes := make([]chan struct{}, w.workers+1)
	var running sync.WaitGroup
	for i := range wakes {
		wakes[i] = make(chan struct{}, 1)
		work := w.work
		if i == w.workers {
			work = w.workFiles
		}
		running.Go(func() { work(ctx, wakes[i]) })
	}
	w.listen(ctx, func() {
		for _, wake := range wakes {
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	})
	running.Wait()
	return nil
}

// work handles one message after the other until ctx ends.
func (w *Worker) work(ctx context.Context, wake <-chan struct{}) {
	q := background.Queue{
		Next: w.Next, Pause: w.untilDue, Wake: wake,
		Retry: background.Retry{Log: w.log, What: "intake: the database cannot be asked; trying again"},
	}
	q.Run(ctx)
}

// untilDue is how long to wait for the next message when nobody wakes us.
func (w *Worker) untilDue(ctx context.Context) time.Duration {
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
	var result done
	err = w.store.inTx(ctx, func(tx Tx) error {
		var found bool
		if m, found, err = lock(ctx, tx, id); err != nil || !found {
			return err
		}
		if m.Failures > maxFailures+1 { // it even kills the process
			result, err = w.refuse(ctx, tx, m, &Refusal{Reason: ReasonGaveUp})
			return err
		}
		result, err = w.decide(ctx, tx, m)
		return err
	})
	if err == nil {
		w.noteDone(ctx, m, result)
	}
	return m, err
}

// done is what became of a message; the zero value means that another worker had it.
type done struct {
	Answer
	reason string
}

func (w *Worker) noteDone(ctx context.Context, m Message, d done) {
	if d.Outcome == "" {
		return
	}
	w.onDone(m.Kind, d.Outcome, d.reason)
	if d.Outcome == OutcomeRegistered {
		w.log.Info("intake: registered", "message", m.ID, "kind", m.Kind, d.Subject, d.SubjectNumber)
		w.discardSealed(ctx, m)
	}
}

// decide lets the kind's handler work under a savepoint, so that a refusal can be written after it.
func (w *Worker) decide(ctx context.Context, tx Tx, m Message) (done, error) {
	var (
		a     Answer
		known Known
		r     contract.Record
	)
	err := savepoint(ctx, tx, func(sp Tx) (err error) {
		if r, err = w.open(m); err != nil {
			return err
		}
		if known, err = knownOf(r); err != nil {
			return err
		}
		if err := switchedOn(ctx, sp, m, known); err != nil {
			return err
		}
		if err := w.admit(ctx, sp, m, r, known); err != nil {
			return err
		}
		a, err = w.take(ctx, sp, m, r, known)
		return err
	})
	if hopeless(err) {
		err = &Refusal{Reason: ReasonMalformed, Cause: err}
	}
	var refusal *Refusal
	if errors.As(err, &refusal) {
		refusal.known = known
		w.noteHeld(ctx, tx, m, r)
		return w.refuse(ctx, tx, m, refusal)
	}
	if err != nil {
		return done{}, err
	}
	a.CodeHash = known.CodeHash
	return done{Answer: a}, w.finish(ctx, tx, m, known, a, said{})
}

// open unseals a message and judges what is in it.
func (w *Worker) open(m Message) (contract.Record, error) {
	raw, err := unseal(w.keys, m)
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	return judge(m, raw)
}

// admit lets a message through while its kind and place have something left of their allowance for this hour, and one that proves whose it is.
func (w *Worker) admit(ctx context.Context, tx Tx, m Message, r contract.Record, known Known) error {
	if m.Released {
		return nil
	}
	allowance, set := w.allowance[m.Kind]
	if !set {
		allowance = cmp.Or(allowances[m.Kind], DefaultAllowance)
	}
	place, err := placeOf(ctx, tx, known)
	if err != nil {
		return err
	}
	n, err := arrivedThisHour(ctx, tx, m.Kind, place)
	if err != nil || n < allowance {
		return err
	}
	if p, ok := w.handlers[m.Kind].(Prover); ok {
		if proven, err := p.Proven(ctx, tx, r, known.CodeHash); err != nil || proven {
			return err
		}
	}
	return &Refusal{Reason: ReasonAllowance}
}

// noteHeld notes at what an opened message is about that staff have to look at it. That it could not be noted keeps it from nobody.
func (w *Worker) noteHeld(ctx context.Context, tx Tx, m Message, r contract.Record) {
	p, ok := w.handlers[m.Kind].(Prover)
	if !ok || r == nil {
		return
	}
	known, err := knownOf(r)
	if err == nil {
		err = savepoint(ctx, tx, func(sp Tx) error { return p.Held(ctx, sp, r, known.CodeHash) })
	}
	if err != nil {
		w.log.Warn("intake: not noted that it is held", "message", m.ID, "kind", m.Kind, "error", err)
	}
}

// take hands a submission to the domain of its kind.
func (w *Worker) take(ctx context.Context, tx Tx, m Message, r contract.Record, known Known) (Answer, error) {
	h, ok := w.handlers[m.Kind]
	if !ok {
		return Answer{}, &Refusal{Reason: ReasonUnknownKind, Detail: m.Kind}
	}
	return h.Handle(ctx, tx, Opened{
		ID: m.ID, ReceiptNumber: m.ReceiptNumber, Record: r, CodeHash: known.CodeHash, FiledAt: filedAt(r.Header().SubmittedAt, m.ReceivedAt),
		files: func(ctx context.Context) ([]File, error) { return w.attachments(ctx, m, r.Files()) },
	})
}

func (w *Worker) refuse(ctx context.Context, tx Tx, m Message, r *Refusal) (done, error) {
	w.log.Warn("intake: handed to staff", "message", m.ID, "kind", m.Kind, "reason", r.Reason)
	if err := enqueue(ctx, tx, m, r); err != nil {
		return done{}, err
	}
	a := Answer{Outcome: OutcomeHeld, CodeHash: r.known.CodeHash}
	return done{Answer: a, reason: r.Reason}, w.finish(ctx, tx, m, r.known, a, said{own: explain(r.Reason)})
}

// finish writes what became of a message. The count of its hour comes last, as whoever counts at the same time waits.
func (w *Worker) finish(ctx context.Context, tx Tx, m Message, known Known, a Answer, words said) error {
	if err := finish(ctx, tx, m, a, words); err != nil {
		return err
	}
	place, err := placeOf(ctx, tx, known)
	if err != nil {
		return err
	}
	return countArrival(ctx, tx, m.Kind, place)
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
		if r, err := w.open(m); err == nil {
			w.noteHeld(ctx, tx, m, r)
		}
		_, err = w.refuse(ctx, tx, m, &Refusal{Reason: ReasonGaveUp, Detail: fault.MessageKey(cause)})
		return err
	})
}

// discardSealed removes the sealed attachments of a message that was taken; its opened ones stay. Failing to is
// no harm: nobody but the holder of the key can read them.
func (w *Worker) discardSealed(ctx context.Context, m Message) {
	files, err := contract.ParseSealedFiles(m.SealedID, m.Attachments)
	if err != nil {
		return
	}
	for _, f := range files {
		if err := w.quarantine.Remove(ctx, f.Key); err != nil {
			w.log.Warn("intake: sealed attachment stays", "message", m.ID, "error", err)
		}
	}
}

// listen calls knock when a message arrives, until ctx ends. It comes back by itself when the database went away.
func (w *Worker) listen(ctx context.Context, knock func()) {
	again := background.Retry{Log: w.log, What: "intake: not listening, polling", First: time.Second}
	for ctx.Err() == nil {
		if err := w.store.listen(ctx, knock); err != nil && ctx.Err() == nil {
			_ = again.Wait(ctx, err) // only when ctx has ended, which the loop sees
		}
	}
}
