// Package inbound pulls sealed messages in: it copies attachments into quarantine, hands the envelope over
// through one function inside, and only when that is durable does it acknowledge outside, where the copy
// is then erased. It cannot open what it carries.
//
// The side in the DMZ is hostile: every size, hash and name is checked before anything is believed, no answer of
// it is longer in bytes or in time than what was asked for can be, and what cannot be brought is remembered only up
// to a limit. It may import link, shared/blob, shared/fault and pgx.
package inbound

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/blob"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
)

// Fetcher pulls messages from outside to inside.
type Fetcher struct {
	OutsideDSN   string
	InsideDSN    string
	OutsideStore *blob.Bucket
	InsideStore  *blob.Bucket
	Poll         time.Duration
	OnMessage    func(outcome string)
	// OnLook hears how each look outside went: nil when everything that could be brought is inside. May be nil.
	OnLook func(err error)
	// Strict ends Run when a database refuses the very first connection for good: a wrong password is no outage.
	Strict bool
	Log    *slog.Logger
	Now    func() time.Time // nil means time.Now

	later   putOffs
	portion portion
	sweep   *sweeper
	met     bool          // both databases have answered once
	look    time.Duration // how long a look may take; 0: lookWithin
	first   chan struct{} // closed when everything that could be brought was inside for the first time
}

const (
	perLook      = 16 // with envelopes of the largest size, in the text form of bytes, 34 MB
	maxAnswer    = 64 << 20
	maxMessage   = 4 << 20
	damagedRetry = 10 * time.Minute
	floodWithin  = time.Hour        // one look through all messages
	lookWithin   = time.Minute      // neither side may keep us waiting for longer
	bringWithin  = 10 * time.Minute // twenty attachments of the largest size over a slow line
	firstPause   = 250 * time.Millisecond
)

// Run fetches until ctx ends. Beside that it removes unsent attachments outside, so that a slow or hostile store keeps no message
// waiting. It tries again after any failure, but see Strict.
func (f *Fetcher) Run(ctx context.Context) error {
	f.first = make(chan struct{})
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return f.fetch(ctx) })
	g.Go(func() error { return f.useSweeper().keepSwept(ctx, f.first, f.openOutside) })
	return g.Wait()
}

func (f *Fetcher) fetch(ctx context.Context) error {
	again := link.Retry{Log: f.Log, What: "inbound: interrupted; trying again", First: firstPause, Longest: 10 * time.Second}
	for {
		err := f.listenForMessages(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if f.Strict && !f.met && !link.Temporary(err) {
			return err
		}
		f.tellLook(err)
		if err := again.Wait(ctx, err); err != nil {
			return err
		}
	}
}

func (f *Fetcher) tellLook(err error) {
	if f.OnLook != nil {
		f.OnLook(err)
	}
}

// useSweeper returns the fetcher's sweeper, which is made on first use.
func (f *Fetcher) useSweeper() *sweeper {
	if f.sweep == nil {
		f.sweep = &sweeper{store: f.OutsideStore, log: f.Log, now: time.Now}
		if f.Now != nil {
			f.sweep.now = f.Now
		}
	}
	return f.sweep
}

// lines are the connections to the outside, where messages wait, and to the inside, where they belong.
type lines struct {
	outside *pgx.Conn
	inside  *pgx.Conn
}

func (f *Fetcher) openLines(ctx context.Context) (*lines, error) {
	outside, err := f.openOutside(ctx, "fetcher")
	if err != nil {
		return nil, err
	}
	inside, err := link.Open(ctx, f.InsideDSN, link.Options{Name: "inbound.inside.dsn", Application: "fetcher"})
	if err != nil {
		link.Close(outside)
		return nil, err
	}
	f.met = true
	return &lines{outside, inside}, nil
}

func (f *Fetcher) openOutside(ctx context.Context, application string) (*pgx.Conn, error) {
	return link.Open(ctx, f.OutsideDSN, link.Options{
		Name: "inbound.outside.dsn", Application: application, MaxMessage: maxMessage, MaxAnswer: maxAnswer,
	})
}

func (l *lines) close() {
	link.Close(l.outside)
	link.Close(l.inside)
}

// listenForMessages fetches what is there, then whenever it is notified, and from time to time without a notification.
func (f *Fetcher) listenForMessages(ctx context.Context) error {
	l, err := f.openLines(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	if err := listenOutside(ctx, l.outside); err != nil {
		return err
	}
	for {
		if err := f.bringWaiting(ctx, l); err != nil {
			return err
		}
		f.tellLook(nil)
		select {
		case <-f.first:
		default:
			close(f.first)
		}
		wait, cancel := context.WithTimeout(ctx, f.Poll)
		err := link.WaitForNotification(wait, l.outside)
		cancel()
		if err != nil && (ctx.Err() != nil || !pgconn.Timeout(err)) {
			return link.Fail("inbound, outside", err)
		}
	}
}

// CatchUp fetches everything that is there, once.
func (f *Fetcher) CatchUp(ctx context.Context) error {
	l, err := f.openLines(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	if err := f.bringWaiting(ctx, l); err != nil {
		return err
	}
	f.useSweeper().sweepOutside(ctx, l.outside)
	return nil
}

// bringWaiting brings messages until none is left that can be brought now.
func (f *Fetcher) bringWaiting(ctx context.Context, l *lines) error {
	for {
		if f.later.isFull() {
			return f.bringFromAll(ctx, l)
		}
		messages, err := f.readNext(ctx, l)
		if err != nil || len(messages) == 0 {
			return err
		}
		for _, m := range messages {
			if err := f.bringMessage(ctx, l, m); err != nil {
				return err
			}
		}
	}
}

// readNext reads messages that were never tried, and only when none of those is left the ones that were put off and may be tried again:
// whoever offers many that cannot be brought must not delay those that can.
func (f *Fetcher) readNext(ctx context.Context, l *lines) ([]message, error) {
	resting, putOff := f.later.listIDs(time.Now())
	messages, err := f.readSome(ctx, l, putOff)
	if err != nil || len(messages) > 0 || len(resting) == len(putOff) {
		return messages, err
	}
	return f.readSome(ctx, l, resting)
}

// readSome reads messages that wait, but those of the ids. What does not come in time is asked for again in smaller portions: on a slow line the same look
// would fail for ever.
func (f *Fetcher) readSome(ctx context.Context, l *lines, except []string) ([]message, error) {
	many := f.portion.size()
	within, cancel := context.WithTimeout(ctx, cmp.Or(f.look, lookWithin))
	defer cancel()
	messages, err := readPending(within, l.outside, many, except)
	f.portion.learn(many, err, ctx.Err() == nil && within.Err() != nil)
	return messages, err
}

// bringMessage brings one message in. A damaged message is recorded inside so that staff see it; its sealed envelope stays outside,
// as there is no other copy.
func (f *Fetcher) bringMessage(ctx context.Context, l *lines, m message) error {
	err := m.checkMessage()
	var seen bool
	if err == nil {
		within, cancel := context.WithTimeout(ctx, bringWithin)
		seen, err = (&carrier{f.OutsideStore, f.InsideStore, f.Log}).bringAttachments(within, l, m)
		if err != nil && within.Err() != nil && ctx.Err() == nil {
			err = &damaged{fmt.Sprintf("its attachments do not come within %s", bringWithin), true}
		}
		cancel()
	}
	var outcome string
	if err == nil {
		failpoint.Hit("inbound.before_receive")
		outcome, err = handOver(ctx, l.inside, m)
		failpoint.Hit("inbound.after_receive")
	}
	var broken *damaged
	switch {
	case errors.As(err, &broken):
		return f.recordDamaged(ctx, l, m, broken)
	case err != nil:
		return err
	}
	f.later.forget(m.ID)
	if seen { // it should have been erased before: an outside that keeps it would make us carry it over and over
		f.later.remember(m.ID, putOff{at: time.Now().Add(damagedRetry)})
	}
	f.noteOutcome(outcome)
	f.Log.Info("inbound: message handed over", "id", m.ID, "outcome", outcome, "attachments", len(m.files))
	return f.eraseOutside(ctx, l, m)
}

// eraseOutside erases the outside copy of a message that is durable inside. An outside that refuses to do so for this message is asked
// again later, and keeps no other message waiting.
func (f *Fetcher) eraseOutside(ctx context.Context, l *lines, m message) error {
	err := acknowledge(ctx, l.outside, m)
	if code := link.Code(err); code != "" && !strings.HasPrefix(code, "42") && !link.Temporary(err) { // 42: rights and definitions are no message's
		f.Log.Warn("inbound: the outside does not erase a message that is inside", "id", m.ID, "error", link.Text(err))
		f.later.remember(m.ID, putOff{at: time.Now().Add(damagedRetry)})
		return nil
	}
	if err != nil {
		return err
	}
	failpoint.Hit("inbound.after_acknowledge")
	for _, a := range m.files {
		if err := f.OutsideStore.Remove(ctx, a.Key); err != nil {
			f.Log.Warn("inbound: sealed attachment could not be removed outside", "id", m.ID, "key", a.Key, "error", link.Text(err))
		}
	}
	return nil
}

func (f *Fetcher) noteOutcome(outcome string) {
	if f.OnMessage != nil {
		f.OnMessage(outcome)
	}
}

func (f *Fetcher) recordDamaged(ctx context.Context, l *lines, m message, why *damaged) error {
	before := f.later.find(m.ID)
	wait := damagedRetry
	if why.passing && before.attempts < passingTries { // a store may lag behind its database
		wait = firstPause << before.attempts
	}
	f.later.remember(m.ID, putOff{time.Now().Add(wait), before.attempts + 1})
	if wait != damagedRetry {
		return nil
	}
	f.Log.Error("inbound: message cannot be brought whole; staff are told, it stays outside", "id", m.ID, "reason", why.reason)
	f.noteOutcome("damaged")
	err := receiveDamaged(ctx, l.inside, m, why.reason)
	if err != nil && link.Code(err) == "" { // the inside was not reached, so nobody was told: not in ten minutes, at once
		f.later.remember(m.ID, before)
	}
	return err
}
