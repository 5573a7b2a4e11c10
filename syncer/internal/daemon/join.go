package daemon

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/snapshot"
	"portal.example/syncer/internal/swap"
)

// joinTables loads tables beside the stream, one after the other, and closes done after the last. It tries again after a failure,
// which does not affect the stream of the other tables.
func (w *Writer) joinTables(ctx context.Context, s *session, main *apply.Writer, tables []swap.JoiningTable, done chan<- struct{}) error {
	for _, t := range tables {
		again := link.Retry{Log: w.Log.With("table", s.list.Tables[t.ID].FullName()), What: "the table could not be loaded beside the stream; trying again"}
		for {
			_, err := w.joinTable(ctx, s, main, t)
			if err == nil {
				break
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if errors.Is(err, swap.ErrUnsure) {
				return err // the next session reads what became of it
			}
			w.joinFailed(s, t, err)
			if err := again.Wait(ctx, err); err != nil {
				return err
			}
		}
	}
	close(done)
	<-ctx.Done()
	return ctx.Err()
}

// joinFailed records why a table is not loaded yet.
func (w *Writer) joinFailed(s *session, t swap.JoiningTable, err error) {
	w.recordOnTarget(func(ctx context.Context, conn *pgx.Conn) error {
		return replica.SetJoinError(ctx, conn, s.progress.Slot, s.progress.Epoch, s.list.Tables[t.ID].FullName(), err)
	})
}

func (w *Writer) joinTable(ctx context.Context, s *session, main *apply.Writer, t swap.JoiningTable) (swap.Changed, error) {
	j := &snapshot.Join{
		Options: snapshot.Options{
			DSN: w.Config.Target.DSN, Slot: s.progress.Slot, Epoch: s.progress.Epoch, Digest: s.list.Digest(),
			Lanes: w.Config.Target.CopyWorkers, Dial: w.Dial, MaxRow: w.Config.MaxRow(), Tables: destinations(s.list), OnProgress: w.OnSnapshot, Log: w.Log,
		},
		ID: t.ID, Joined: t.Joined, Plain: t.Plain, SystemID: s.progress.SystemID, Timeline: s.progress.Timeline, Main: main,
		Stand: w.Config.Target.JoinWait, OnProblem: func(err error) { w.joinFailed(s, t, err) },
	}
	return j.Run(ctx)
}

// leaveAlone answers a refused change of a table that is being loaded anew anyway: the stream goes on without that table until
// its new rows are there, which contain the change. It returns any other error as it is.
func (w *Writer) leaveAlone(ctx context.Context, s *session, err error) error {
	var poison *replica.Poison
	if ctx.Err() != nil || !errors.As(err, &poison) {
		return err
	}
	conn, failed := replica.Connect(ctx, w.Config.Target.DSN, "leave alone")
	if failed != nil {
		return failed
	}
	defer link.Close(conn)
	did, failed := replica.LeaveAlone(ctx, conn, s.progress.Slot, s.progress.Epoch, poison.Table)
	switch {
	case failed != nil:
		return failed
	case !did:
		return err
	}
	return &link.Error{Line: poison.Table + " is being loaded anew; until that is done the stream leaves it alone, as it cannot bring one of its changes"}
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
func (w *Writer) dropShadows(ctx context.Context, s *session) {
	shadows := make([]*swap.Shadow, len(s.list.Tables))
	for i, t := range s.list.Tables {
		shadows[i] = &swap.Shadow{Slot: s.progress.Slot, Schema: t.Schema, Name: t.Name}
	}
	names, err := swap.DropLeftovers(ctx, s.conn, s.progress.Slot, shadows)
	if len(names) > 0 {
		w.Log.Info("shadows of tables that are swapped in are dropped", "tables", names)
	}
	if err != nil {
		w.Log.Warn("shadows of tables that are swapped in may be left; the next start drops them", "error", link.Text(err))
	}
}
