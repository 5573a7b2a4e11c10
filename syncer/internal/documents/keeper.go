package documents

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// Keeper is the writer's side: it keeps the target's store equal to what the replica's rows name.
type Keeper struct {
	TargetDSN string
	// List reads the whitelist again for each session.
	List    func() (*whitelist.List, error)
	Store   *blob.Bucket
	Workers int
	// Dial opens a connection to the reader.
	Dial     func(context.Context) (net.Conn, error)
	Touched  <-chan struct{} // rows that name objects were changed
	OnObject func(outcome string)
	Log      *slog.Logger
}

const (
	lookEvery  = 10 * time.Second // rows and due retries are looked at without being told, too
	mostFlying = 256              // objects that are wanted and not yet recorded
)

// Run works until ctx ends. It tries again after any failure and never ends the stream.
func (k *Keeper) Run(ctx context.Context) error {
	again := link.Retry{Log: k.Log, What: "documents: interrupted; trying again", First: 250 * time.Millisecond, Longest: 10 * time.Second}
	for {
		err := k.runExchange(ctx, false)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := again.Wait(ctx, err); err != nil {
			return err
		}
	}
}

// CatchUp does everything that is due, once.
func (k *Keeper) CatchUp(ctx context.Context) error { return k.runExchange(ctx, true) }

// exchange is a control connection to the reader with its lanes, and a connection to the target. It lasts until something fails.
type exchange struct {
	k       *Keeper
	list    *whitelist.List
	conn    *pgx.Conn
	control net.Conn
	in      *wire.Reader
	id      string

	done   chan outcome    // what became of an object
	flying map[string]bool // keys that somebody works on; only the session's goroutine uses it
	room   chan struct{}   // for removals
	again  bool            // something failed and is to be tried again soon

	mu     sync.Mutex
	wanted map[uint32]object // by number of the offer, until a lane brings it
}

// outcome is what became of an object.
type outcome struct {
	object
	size int64
	err  error
}

func (k *Keeper) runExchange(ctx context.Context, once bool) error {
	list, err := k.List()
	if err != nil {
		return err
	}
	s := &exchange{
		k: k, list: list, done: make(chan outcome, mostFlying+k.Workers), flying: map[string]bool{},
		room: make(chan struct{}, k.Workers), wanted: map[uint32]object{},
	}
	if s.conn, err = link.Open(ctx, k.TargetDSN, link.Options{Name: "target.dsn", Application: "documents", MaxAnswer: link.SmallAnswer}); err != nil {
		return err
	}
	defer link.Close(s.conn)
	var hello wire.Hello
	if s.control, s.in, hello, err = k.connect(ctx, ""); err != nil {
		return err
	}
	if err := sameDocuments(list, hello.Digest); err != nil {
		_ = s.control.Close()
		return err
	}
	s.id = hello.Session
	g, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, func() { _ = s.control.Close() })()
	for range k.Workers {
		g.Go(func() error { return s.runLane(ctx) })
	}
	g.Go(func() error { return s.keepWorking(ctx, once) })
	if err = g.Wait(); errors.Is(err, errCaughtUp) {
		return nil
	}
	return err
}

// sameDocuments refuses a reader whose list of documents differs from this side's: it would offer objects that are not wanted, and
// wanted ones would never come. A reader of an older version sends only the digest of its tables, which is accepted.
func sameDocuments(list *whitelist.List, digest string) error {
	if digest == list.WholeDigest() || digest == list.Digest() {
		return nil
	}
	return fault.Unsafef("documents: the reader obeys another whitelist than the writer, in its tables or its documents; give both units the same file")
}

var errCaughtUp = errors.New("nothing is due")

// connect opens a connection for objects and reads the reader's Hello.
func (k *Keeper) connect(ctx context.Context, session string) (net.Conn, *wire.Reader, wire.Hello, error) {
	conn, err := k.Dial(ctx)
	if err != nil {
		return nil, nil, wire.Hello{}, fmt.Errorf("documents: the reader does not answer: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	_ = conn.SetDeadline(time.Now().Add(answerWithin))
	in := wire.NewReader(conn, maxFrame)
	var hello wire.Hello
	ok := false
	if _, err = conn.Write(wire.AppendHave(nil, wire.Have{Purpose: wire.PurposeObjects, Session: session})); err == nil {
		var frame any
		if frame, err = in.Next(); err == nil {
			hello, ok = frame.(wire.Hello)
		}
	}
	switch {
	case err != nil:
		err = fmt.Errorf("documents: the reader ended: %w", errors.Join(wire.ErrPeer, err))
	case !ok:
		err = fmt.Errorf("%w: the reader must begin with Hello", wire.ErrFrame)
	default:
		return conn, in, hello, conn.SetDeadline(time.Time{})
	}
	_ = conn.Close()
	return nil, nil, wire.Hello{}, err
}

// keepWorking repeatedly compares rows with objects, and records what became of objects.
func (s *exchange) keepWorking(ctx context.Context, once bool) error {
	for {
		more, err := s.passOnce(ctx)
		if err != nil {
			return err
		}
		if once && !more && len(s.flying) == 0 {
			return errCaughtUp
		}
		if err := s.waitForWork(ctx, once || more); err != nil {
			return err
		}
	}
}

// waitForWork returns when there may be something to do. busy says that further objects can start only when others are done.
func (s *exchange) waitForWork(ctx context.Context, busy bool) error {
	pause := time.NewTimer(s.pauseLength())
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.k.Touched:
			return nil
		case <-pause.C:
			return nil
		case o := <-s.done:
			if err := s.recordOutcome(ctx, o); err != nil {
				return err
			}
			if busy && len(s.flying) <= mostFlying/2 && len(s.done) == 0 {
				return nil
			}
		}
	}
}

// pauseLength returns how long to wait without a notification: less if something must be tried again soon.
func (s *exchange) pauseLength() time.Duration {
	if s.again {
		return firstRetry
	}
	return lookEvery
}

// passOnce compares rows with objects once and starts what is due; more is true if not everything could be started.
func (s *exchange) passOnce(ctx context.Context) (more bool, err error) {
	if err := s.reconcileRows(ctx); err != nil {
		return false, err
	}
	limit := mostFlying - len(s.flying)
	due, err := s.readDue(ctx, limit)
	if err != nil || len(due) == 0 {
		return limit == 0, err
	}
	missing := map[string]object{}
	for _, o := range due {
		if o.State == "deleting" {
			s.flying[o.Key] = true
			s.removeObject(ctx, o)
		} else {
			missing[o.Key] = o
		}
	}
	if len(missing) > 0 {
		err = s.takeOffers(ctx, missing)
	}
	return len(due) == limit, err
}

// takeOffers makes the reader offer every object that whitelisted rows name, and accepts those that are missing.
func (s *exchange) takeOffers(ctx context.Context, missing map[string]object) error {
	if err := s.answerOffer(0, true); err != nil {
		return err
	}
	deadline := time.Now().Add(roundWithin)
	for {
		_ = s.control.SetReadDeadline(earlierOf(deadline, time.Now().Add(answerWithin+maxRest)))
		frame, err := s.in.Next()
		if err != nil {
			return fmt.Errorf("documents: the reader ended: %w", errors.Join(wire.ErrPeer, err))
		}
		switch f := frame.(type) {
		case wire.Done:
			return s.notOffered(ctx, missing)
		case wire.Offer:
			if err := s.considerOffer(f, missing); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%w: %T among offers", wire.ErrFrame, frame)
		}
	}
}

func earlierOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// considerOffer answers an offer.
func (s *exchange) considerOffer(f wire.Offer, missing map[string]object) error {
	o, want := missing[f.Key]
	want = want && o.SHA256 == f.SHA256 && f.Number != 0
	if want {
		delete(missing, f.Key)
		s.flying[f.Key] = true
		s.mu.Lock()
		s.wanted[f.Number] = o
		s.mu.Unlock()
	}
	return s.answerOffer(f.Number, want)
}

func (s *exchange) answerOffer(number uint32, want bool) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(answerWithin))
	if _, err := s.control.Write(wire.AppendAck(nil, wire.Ack{LSN: wire.LSN(number), Want: want})); err != nil {
		return fmt.Errorf("documents: the reader ended: %w", errors.Join(wire.ErrPeer, err))
	}
	return nil
}

// notOffered records objects that the replica's rows name and the reader did not offer: their rows were changed
// inside since, or the two whitelists differ.
func (s *exchange) notOffered(ctx context.Context, missing map[string]object) error {
	for _, o := range missing {
		if err := s.recordOutcome(ctx, outcome{object: o, err: errNotNamed}); err != nil {
			return err
		}
	}
	return nil
}
