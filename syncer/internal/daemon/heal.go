package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/snapshot"
)

// healsMost is how often a day a lost slot is answered by a new load. If it is lost more often, a person must find out why.
const healsMost = 3

var errHealed = &link.Error{Line: "the slot was lost, so every table is loaded anew (on_lost: resync)"}

// healLostSlot answers a lost slot, if configured so, by loading everything anew beside the old rows. It returns any other error as it
// is.
func (w *Writer) healLostSlot(ctx context.Context, err error) error {
	if w.Config.OnLost != config.ResyncOnLost || ctx.Err() != nil || !errors.Is(err, publisher.ErrLost) {
		return err
	}
	list, failed := w.list()
	if failed != nil {
		return failed
	}
	conn, failed := replica.Connect(ctx, w.Config.Target.DSN, "heal")
	if failed != nil {
		return failed
	}
	defer link.Close(conn)
	times, failed := replica.LoadAnew(ctx, conn, w.Config.Source.Slot, w.notes.epoch, names(list), healsMost)
	switch {
	case errors.Is(failed, replica.ErrHealedEnough):
		return fault.Unsafef("%w", fmt.Errorf("the slot was lost %d times within a day and is not made anew by itself any more (on_lost: resync); see what holds the syncer up or writes so much log, raise max_slot_wal_keep_size, then: %w", healsMost+1, err))
	case failed != nil:
		return failed
	}
	w.Live.Healed()
	w.Log.Error("the replication slot was lost; every table is loaded anew by itself (on_lost: resync), readers see the old rows until then",
		"time_within_a_day", times, "of", healsMost, "error", link.Text(err))
	return errHealed
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

// loadAgain answers a collision that only a resumed load can have, because its pieces are of several moments: the next session
// loads the table from the start. It returns any other error as it is.
func (w *Writer) loadAgain(ctx context.Context, s *session, err error) error {
	var poison *replica.Poison
	if !errors.As(err, &poison) || !snapshot.Collides(err) || poison.LSN >= s.progress.Settled {
		return err
	}
	all := newDestinations(s.list)
	i := slices.IndexFunc(all, func(t snapshot.Table) bool { return t.FullName() == poison.Table })
	if i < 0 {
		return err
	}
	conn, failed := replica.Connect(ctx, w.Config.Target.DSN, "forget")
	if failed != nil {
		return failed
	}
	defer link.Close(conn)
	if failed := snapshot.Forget(ctx, conn, s.progress.Slot, s.progress.Epoch, all[i]); failed != nil {
		return failed
	}
	return &link.Error{Line: "the load of " + poison.Table + " collided with later changes; loading it from the start"}
}
