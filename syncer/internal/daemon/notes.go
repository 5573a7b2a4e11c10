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
	epoch int64 // of the session that has claimed the target last; 0 before the first
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

// recordOnTarget runs what with a connection of its own to the target, for a few seconds at most. Before a session has claimed the target
// it does nothing.
func (n *notes) recordOnTarget(what func(context.Context, *pgx.Conn) error) {
	if n.epoch == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	conn, err := replica.Connect(ctx, n.cfg.Target.DSN, "note")
	if err == nil {
		defer link.Close(conn)
		err = what(ctx, conn)
	}
	if err != nil {
		n.log.Debug("state could not be recorded", "error", link.Text(err))
	}
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
