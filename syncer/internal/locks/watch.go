package locks

import (
	"cmp"
	"context"
	"regexp"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

type sayKey struct{}

// Telling returns a context in which waits are told by say, one line each time, from one goroutine at a time. Without
// it they are silent.
func Telling(ctx context.Context, say func(string)) context.Context {
	return context.WithValue(ctx, sayKey{}, &teller{say: say})
}

// teller repeats the same wait only from time to time.
type teller struct {
	mu   sync.Mutex
	say  func(string)
	last string // without what changes by itself
	at   time.Time
}

// Tell says a line where waits are told.
func Tell(ctx context.Context, line string) { tell(ctx, line) }

// figures are what changes of a wait by itself: ages and numbers.
var figures = regexp.MustCompile(`(?:\d[\d.]*(?:ms|µs|[hms])?)+`)

func tell(ctx context.Context, line string) {
	t, ok := ctx.Value(sayKey{}).(*teller)
	if !ok {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if bare := figures.ReplaceAllString(line, ""); bare != t.last || time.Since(t.at) >= sayEvery {
		t.last, t.at = bare, time.Now()
		t.say(line)
	}
}

// Watching is a statement that may have to wait for others' transactions.
type Watching struct {
	What string                                   // "source: building index i"
	PID  uint32                                   // of the session that runs it
	Open func(context.Context) (*pgx.Conn, error) // another connection, once it takes long
	// After is when to look first, and how often then; 0 means a second.
	After time.Duration
	// Give is how long it may be kept waiting before its context is cancelled; 0 for ever.
	Give time.Duration
}

// Watch runs do and says meanwhile who is in its way. holders is who was at the last look.
func (w Watching) Watch(ctx context.Context, do func(context.Context) error) (holders []Holder, err error) {
	doing, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- do(doing) }()
	var conn *pgx.Conn
	defer func() { link.Close(conn) }()
	every := cmp.Or(w.After, time.Second)
	timer := time.NewTimer(every)
	defer timer.Stop()
	for free := time.Now(); ; {
		select {
		case err := <-done:
			return holders, err
		case <-timer.C:
		}
		if conn == nil || conn.IsClosed() {
			conn, _ = w.Open(ctx)
		}
		if now := w.look(ctx, conn); len(now) > 0 {
			holders = now
		} else {
			free = time.Now()
		}
		if w.Give > 0 && time.Since(free) > w.Give {
			cancel()
		}
		timer.Reset(every)
	}
}

func (w Watching) look(ctx context.Context, conn *pgx.Conn) []Holder {
	if conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	holders, err := Blocking(ctx, conn, w.PID)
	if err == nil && len(holders) > 0 {
		tell(ctx, w.What+": in the way is "+Describe(holders))
	}
	return holders
}
