package daemon

import (
	"context"
	"time"

	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/compare"
)

// runCompares checks the replica against the source beside the stream. Neither what it finds nor its own failures end the stream.
func (w *Writer) runCompares(ctx context.Context, s *session, main *apply.Writer) error {
	c := w.Config.Compare
	schedule := &compare.Schedule{
		Every: c.Every.Duration(), ObjectsEvery: c.Objects.Duration(), Repair: c.Repair, MostRepaired: int64(c.RepairLimit), MaxRow: w.Config.MaxRow(),
		DSN: w.Config.Target.DSN, Slot: s.progress.Slot, List: s.list, Log: w.Log, Dial: w.Dial, Meet: main.Meet, Behind: w.measureBehind,
		OnBlock: w.Live.Compared, OnObject: w.Live.ObjectRead, OnMended: w.Live.Mended, OnStood: w.Live.Stood, OnObjects: w.noteTouched,
	}
	if d := w.Config.Documents; d != nil && len(s.list.Documents) > 0 {
		store, err := bucket("documents.target", d.Target)
		if err != nil {
			return err
		}
		schedule.Store = store
	}
	if w.Until > 0 { // a run with an end has other work
		<-ctx.Done()
		return ctx.Err()
	}
	return schedule.Run(ctx)
}

// measureBehind returns how far the replica is behind, as far as that is known.
func (w *Writer) measureBehind() time.Duration {
	if seconds := w.Live.Health().Seconds; seconds != nil {
		return time.Duration(*seconds * float64(time.Second))
	}
	return 0
}

// noteTouched has the keeper of the objects look at once.
func (w *Writer) noteTouched() {
	select {
	case w.touched <- struct{}{}:
	default:
	}
}
