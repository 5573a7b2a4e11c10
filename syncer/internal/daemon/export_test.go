package daemon

import "context"

// RunBeside is Run with one more part beside the stream.
func RunBeside(ctx context.Context, d *Daemon, c companion) error {
	w, stop, err := d.openUnits(ctx, false)
	if err != nil {
		return err
	}
	defer stop()
	w.more = true
	return w.runWith(ctx, []companion{c})
}
