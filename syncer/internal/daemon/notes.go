package daemon

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/status"
)

// notes tells people how the writer is: at once through its own health, and through the target, where `syncer status` reads it on another
// machine and after the writer's end.
type notes struct {
	cfg   *config.Config
	live  *status.Live
	log   *slog.Logger
	epoch int64          // of the session that has claimed the target last; 0 before the first
	spare chan *pgx.Conn // the connection of an earlier note, when nobody uses it
}

func newNotes(cfg *config.Config, live *status.Live, log *slog.Logger) *notes {
	return &notes{cfg: cfg, live: live, log: log, spare: make(chan *pgx.Conn, 1)}
}

// close closes the connection that is kept.
func (n *notes) close() {
	select {
	case conn := <-n.spare:
		link.Close(conn)
	default:
	}
}

// noteState records the unit's state. If it cannot be recorded, that is only logged.
func (n *notes) noteState(state, problem string) {
	if state != status.Stopped {
		n.live.Set(state, problem)
	}
	n.recordOnTarget(func(ctx context.Context, conn *pgx.Conn) error {
		return replica.SetState(ctx, conn, n.cfg.Source.Slot, n.epoch, state, problem)
	})
}

// noteStateBy is noteState by a connection that is open already.
func (n *notes) noteStateBy(ctx context.Context, conn *pgx.Conn, state string) {
	n.live.Set(state, "")
	if err := replica.SetState(ctx, conn, n.cfg.Source.Slot, n.epoch, state, ""); err != nil {
		n.log.Debug("state could not be recorded", "error", link.Text(err))
	}
}

// noteFailure records the error that the unit stands at until it tries again.
func (n *notes) noteFailure(err error) {
	n.live.Set(status.Failed, link.Text(err))
	n.recordOnTarget(func(ctx context.Context, conn *pgx.Conn) error {
		return replica.SetFailed(ctx, conn, n.cfg.Source.Slot, n.epoch, err)
	})
}

// recordOnTarget runs what on the target, for a few seconds at most. Before a session has claimed the target it does nothing.
func (n *notes) recordOnTarget(what func(context.Context, *pgx.Conn) error) {
	if n.epoch == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := n.runOnTarget(ctx, what); err != nil {
		n.log.Debug("state could not be recorded", "error", link.Text(err))
	}
}

// keptAnswersWithin is how long a connection that was kept may take. Its line may have been cut since, and a new connection is the
// way to find that out.
const keptAnswersWithin = 1500 * time.Millisecond

// runOnTarget runs what, which may be run twice, on the connection of an earlier note. If that is lost or in use, a new one is opened.
func (n *notes) runOnTarget(ctx context.Context, what func(context.Context, *pgx.Conn) error) error {
	select {
	case conn := <-n.spare:
		within, cancel := context.WithTimeout(ctx, keptAnswersWithin)
		defer cancel()
		err := what(within, conn)
		if n.keep(conn) {
			return err
		}
	default:
	}
	conn, err := replica.Connect(ctx, n.cfg.Target.DSN, "note")
	if err != nil {
		return err
	}
	defer n.keep(conn)
	return what(ctx, conn)
}

// keep keeps a connection for the next note; it reports whether the connection still works.
func (n *notes) keep(conn *pgx.Conn) bool {
	if conn.IsClosed() {
		return false
	}
	select {
	case n.spare <- conn:
	default:
		link.Close(conn)
	}
	return true
}

// noteEnd records that the unit ends, and because of what.
func (n *notes) noteEnd(err error) {
	if err == nil {
		n.noteState(status.Stopped, "")
		return
	}
	n.live.Set(status.Failed, link.Text(err))
	n.recordOnTarget(func(ctx context.Context, conn *pgx.Conn) error {
		return replica.SetEnded(ctx, conn, n.cfg.Source.Slot, n.epoch, err)
	})
}

// noteJoinFailure records why a table is not loaded yet.
func (n *notes) noteJoinFailure(table string, err error) {
	n.recordOnTarget(func(ctx context.Context, conn *pgx.Conn) error {
		return replica.SetJoinError(ctx, conn, n.cfg.Source.Slot, n.epoch, table, err)
	})
}
