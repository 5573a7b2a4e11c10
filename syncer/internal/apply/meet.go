package apply

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// ErrMissed says that there was no common moment this time; another try may find one.
var ErrMissed = errMissed

const (
	meetShow  = time.Second     // how long the stream stands for the source's snapshot
	meetReach = 5 * time.Second // to apply what it shows
)

// Show takes a snapshot of the source: as pg_current_snapshot() writes it, and a position that nothing in it is behind.
type Show func(ctx context.Context) (snapshot string, lsn wire.LSN, err error)

// Meeting is the target at a moment of the source.
type Meeting struct {
	Progress replica.Progress // as the target has it at that moment
	Stood    time.Duration    // how long nothing could be applied for it

	release func()
}

// Release lets the stream go on; further calls do nothing.
func (m *Meeting) Release() { m.release() }

// Meet brings the target to a moment of the source and opens a transaction on conn that sees it, as a fence does for
// another program. The stream goes on at once, or with hold when the meeting is released. Whatever the reader does or leaves
// undone, the stream stands for no longer than meetShow and waits for no longer than meetReach.
func (w *Writer) Meet(ctx context.Context, conn *pgx.Conn, hold bool, show Show) (_ *Meeting, err error) {
	ctx, cancel := context.WithTimeout(ctx, meetReach)
	defer cancel()
	var stood time.Duration
	release, err := w.gate.bring(ctx, func(ctx context.Context, _ wire.LSN) (*sourceSnapshot, wire.LSN, error) {
		defer func(began time.Time) { stood = time.Since(began) }(time.Now())
		ctx, cancel := context.WithTimeout(ctx, meetShow)
		defer cancel()
		snapshot, lsn, err := show(ctx)
		if err != nil {
			return nil, 0, err
		}
		s, err := parseSourceSnapshot(snapshot)
		return s, lsn, err
	})
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			err = errors.Join(ErrMissed, err)
		}
		return nil, err
	}
	there := time.Now()
	defer func() {
		if err != nil || !hold {
			release()
		}
	}()
	if _, err := conn.Exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
		return nil, link.Fail("target: fence", err)
	}
	m := &Meeting{release: release}
	if m.Progress, err = replica.ReadProgress(ctx, conn, w.Slot); err != nil { // takes the snapshot, too
		return nil, err
	}
	m.Stood = stood + time.Since(there)
	return m, nil
}

// bring makes the applier stand, asks show for a snapshot of the source, and lets it apply exactly what that shows. It stands
// there until release.
func (g *gate) bring(ctx context.Context, show func(context.Context, wire.LSN) (*sourceSnapshot, wire.LSN, error)) (release func(), err error) {
	h := &hold{reached: make(chan wire.LSN, 1)}
	g.mu.Lock()
	g.holds = append(g.holds, h)
	g.mu.Unlock()
	poke(g.changed)
	drop := sync.OnceFunc(func() { g.dropHold(h) })
	defer func() {
		if err != nil {
			drop()
		}
	}()
	at, err := g.awaitHold(ctx, h)
	if err != nil {
		return nil, err
	}
	seen, lsn, err := show(ctx, at)
	if err != nil {
		return nil, err
	}
	g.moveHold(h, lsn, seen)
	_, err = g.awaitHold(ctx, h)
	return drop, err
}
