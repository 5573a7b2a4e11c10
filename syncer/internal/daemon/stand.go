package daemon

import (
	"context"
	"errors"
	"time"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
)

// standFor is between two looks whether a stream that ended for good can go on: a person has mended something, or asked for
// a skip or another load.
const standFor = 10 * time.Second

// followOn is follow for a syncer that has more to do than the stream. A stream that cannot go on without a person ends none
// of the rest: it stands, /healthz is red, status says why, and it looks from time to time whether it may go on.
// When the syncer is stopped meanwhile it ends with what the stream stands at. What is configured wrongly from the start
// ends it at once.
func (w *Writer) followOn(ctx context.Context) error {
	again := link.Retry{Log: w.Log, What: "the stream has ended and needs a person; everything else goes on, and it is tried again", First: standFor, Longest: standFor}
	for {
		err := w.runSessions(ctx)
		if ctx.Err() != nil || errors.Is(err, errDone) || w.Until > 0 || !w.running && fault.ExitCode(err) == fault.ExitUsage {
			return err
		}
		w.noteFailure(err)
		if again.Wait(ctx, err) != nil {
			return err
		}
	}
}
