package locks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

// Patience is how to wait for locks on tables that an application uses.
type Patience struct {
	Side string        // source or target, for messages
	Try  time.Duration // how long one try may stand in the queue: so long everybody behind it waits
	Give time.Duration // up after so long; 0 never
	// Open makes another connection, to look who is in the way of locks that are on no table; nil for none.
	Open func(context.Context) (*pgx.Conn, error)
}

// Lock is what a transaction is about to do.
type Lock struct {
	What       string   // "set the replica identity of public.t"
	Relations  []string // quoted names of the tables that are locked
	Definition bool     // the lock lets rows be read and written: only who changes the table's definition is in the way
}

// between are the pauses after a try: whoever had to wait is served meanwhile.
const (
	shortPause = 250 * time.Millisecond
	longPause  = 3 * time.Second
)

// queueAnyway is how often a place in the queue is taken although somebody with an old transaction is before us: what
// is in the way may be gone before the try ends.
const queueAnyway = 15 * time.Second

// sayEvery is how often the same wait is told again.
const sayEvery = 10 * time.Second

// Do runs fn in a transaction whose every lock is waited for only a moment, and tries again until it gets them or
// patience ends. fn may run several times. The error then says who is in the way.
func (p Patience) Do(ctx context.Context, conn *pgx.Conn, l Lock, fn func(pgx.Tx) error) error {
	began, queued, pause := time.Now(), time.Time{}, shortPause
	for {
		holders, err := Holding(ctx, conn, l.Relations, l.Definition)
		if err != nil {
			return err
		}
		if !hasOld(holders, p.Try) || time.Since(queued) > queueAnyway {
			queued = time.Now()
			now, err := p.try(ctx, conn, l, fn)
			if err == nil || !isBusy(err) || ctx.Err() != nil {
				return err
			}
			if len(now) > 0 {
				holders = now
			}
		}
		if p.Give > 0 && time.Since(began) > p.Give {
			return p.givenUp(l, holders)
		}
		tell(ctx, p.Side+": waiting to "+l.What+": "+inTheWay(holders))
		if err := link.Pause(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, longPause)
	}
}

func inTheWay(holders []Holder) string {
	if len(holders) == 0 {
		return "others hold locks that it needs, one after the other"
	}
	return "in the way is " + Describe(holders)
}

func (p Patience) givenUp(l Lock, holders []Holder) error {
	return &busyError{fmt.Sprintf("%s: could not %s within %s: %s; nothing of it was changed, run the same command again", p.Side, l.What, p.Give, inTheWay(holders))}
}

// busyError ends a wait; what failed may be tried again, so the exit code is 1.
type busyError struct{ line string }

func (e *busyError) Error() string { return e.line }

// hasOld reports whether somebody's transaction is older than a try would wait.
func hasOld(holders []Holder, try time.Duration) bool {
	for _, h := range holders {
		if h.GID != "" || h.Age > 2*try {
			return true
		}
	}
	return false
}

// try runs fn once; holders is who was in the way of it.
func (p Patience) try(ctx context.Context, conn *pgx.Conn, l Lock, fn func(pgx.Tx) error) (holders []Holder, err error) {
	do := func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, p.limits(), pgx.QueryExecModeSimpleProtocol); err != nil {
				return link.Fail(p.Side, err)
			}
			return fn(tx)
		})
	}
	if p.Open == nil {
		if err = do(ctx); err != nil && isBusy(err) && ctx.Err() == nil {
			holders, _ = Holding(ctx, conn, l.Relations, l.Definition)
		}
		return holders, err
	}
	w := Watching{What: p.Side + ": waiting to " + l.What, PID: conn.PgConn().PID(), Open: p.Open, After: max(p.Try/3, 10*time.Millisecond)}
	return w.Watch(ctx, do)
}

// limits bound each wait for a lock, each statement, and how long the locks stay when this process is stopped or cut off.
func (p Patience) limits() string {
	ms := max(p.Try.Milliseconds(), 1)
	return fmt.Sprintf("SET LOCAL lock_timeout = %d; SET LOCAL idle_in_transaction_session_timeout = %d", ms, max(5*ms, 5000))
}

// isBusy reports whether somebody else's locks were in the way: not available in time, a deadlock that we lost, or a
// catalog row that somebody else was changing.
func isBusy(err error) bool {
	switch link.Code(err) {
	case "55P03", "40P01", "40001":
		return true
	case "XX000": // GRANT and ALTER of the same object at the same moment
		return strings.Contains(err.Error(), "concurrently updated")
	}
	return false
}

// IsBusy reports whether Do gave up.
func IsBusy(err error) bool {
	var busy *busyError
	return errors.As(err, &busy)
}
