package daemon

import (
	"context"
	"errors"
	"time"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
)

// standFor is the interval at which a stream that ended for good is tried again: a person may have mended the cause, or asked for
// a skip or a new load.
const standFor = 10 * time.Second

// followOn is runSessions for a syncer that does more than stream. If the stream cannot go on without a person, the rest goes on:
// /healthz is red, status says why, and the stream is tried again from time to time. If the syncer is stopped meanwhile, it
// returns the error of the stream. A wrong configuration ends it right at the start.
func (w *Writer) followOn(ctx context.Context) error {
	again := link.Retry{Log: w.Log, What: "the stream has ended and needs a person; everything else goes on, and it is tried again", First: standFor, Longest: standFor}
	for {
		err := w.runSessions(ctx)
		if ctx.Err() != nil || errors.Is(err, errDone) || w.Until > 0 || !w.running && fault.ExitCode(err) == fault.ExitUsage {
			return err
		}
		w.notes.noteFailure(err)
		if again.Wait(ctx, err) != nil {
			return err
		}
	}
}
