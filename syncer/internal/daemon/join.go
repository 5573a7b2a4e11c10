package daemon

import (
	"context"
	"errors"
	"log/slog"

	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/snapshot"
	"portal.example/syncer/internal/swap"
)

// joins loads tables beside the stream of one session.
type joins struct {
	cfg     *config.Config
	log     *slog.Logger
	notes   *notes
	loads   *loads
	session *session
}

// joinTables loads tables beside the stream, one after the other, and closes done after the last. It tries again after a failure,
// which does not affect the stream of the other tables.
func (j *joins) joinTables(ctx context.Context, main *apply.Writer, tables []swap.JoiningTable, done chan<- struct{}) error {
	for _, t := range tables {
		again := link.Retry{Log: j.log.With("table", j.session.tableName(t)), What: "the table could not be loaded beside the stream; trying again"}
		for {
			_, err := j.joinTable(ctx, main, t)
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if errors.Is(err, swap.ErrUnsure) {
				return err // the next session reads what became of it
			}
			j.notes.noteJoinFailure(j.session.tableName(t), err)
			if err := again.Wait(ctx, err); err != nil {
				return err
			}
		}
	}
	close(done)
	<-ctx.Done()
	return ctx.Err()
}

func (j *joins) joinTable(ctx context.Context, main *apply.Writer, t swap.JoiningTable) (swap.Changed, error) {
	s, o := j.session, j.loads.options(j.session)
	o.MaxRow, o.OnProgress = j.cfg.MaxRow(), j.loads.onSnapshot
	join := &snapshot.Join{
		Options: o,
		ID:      t.ID, Joined: t.Joined, Plain: t.Plain, SystemID: s.progress.SystemID, Timeline: s.progress.Timeline, Main: main,
		Stand: j.cfg.Target.JoinWait, OnProblem: func(err error) { j.notes.noteJoinFailure(s.tableName(t), err) },
	}
	return join.Run(ctx)
}

// untilDone ends the session with errDone once the stream has reached its end and no table waits to be loaded.
func untilDone(ctx context.Context, ends ...<-chan struct{}) error {
	for _, end := range ends {
		select {
		case <-end:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errDone
}

// dropShadows drops what an earlier process left of tables that it had swapped in. The next start can do it as well.
func (j *joins) dropShadows(ctx context.Context) {
	s := j.session
	shadows := make([]*swap.Shadow, len(s.list.Tables))
	for i, t := range s.list.Tables {
		shadows[i] = &swap.Shadow{Names: swap.Names{Slot: s.progress.Slot, Schema: t.Schema, Name: t.Name}}
	}
	names, err := swap.DropLeftovers(ctx, s.conn, s.progress.Slot, shadows)
	if len(names) > 0 {
		j.log.Info("shadows of tables that are swapped in are dropped", "tables", names)
	}
	if err != nil {
		j.log.Warn("shadows of tables that are swapped in may be left; the next start drops them", "error", link.Text(err))
	}
}
