package daemon

import (
	"context"
	"errors"
	"fmt"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/replica"
)

// healsMost is how often a day a lost slot is answered by a new load. If it is lost more often, a person must find out why.
const healsMost = 3

var errHealed = &link.Error{Line: "the slot was lost, so every table is loaded anew (on_lost: resync)"}

// heal answers a lost slot, if configured so, by loading everything anew beside the old rows. It returns any other error as it
// is.
func (w *Writer) heal(ctx context.Context, err error) error {
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
	times, failed := replica.LoadAnew(ctx, conn, w.Config.Source.Slot, w.epoch, names(list), healsMost)
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
