package prepare

import (
	"context"
	"time"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/replica"
)

// findSyncer finds out whether a syncer is at work, or between two tries, and whether the last try ended for something that it
// could not follow. One whose connections to the target were lost a moment ago shows itself again soon; one that was stopped, or
// has ended with an error that it does not try again after, says so.
func (c *change) findSyncer(ctx context.Context) (err error) {
	for began := time.Now(); ; {
		if c.running, err = replica.IsRunning(ctx, c.target, c.cfg.Source.Slot); err != nil {
			return err
		}
		var stopped bool
		err := c.target.QueryRow(ctx, `SELECT state IN ('stopped', 'starting'), error IS NOT NULL FROM sync.progress WHERE slot = $1`, c.cfg.Source.Slot).Scan(&stopped, &c.failed)
		if err != nil {
			return targetError("read progress", err)
		}
		if c.running || stopped || time.Since(began) > goneAfter {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

const (
	// takenWithin is how long a syncer that applies nothing may take to read the list; one that is at work on a large batch
	// finishes it first, however long that takes, up to takenAtMost (a batch may take 15 minutes).
	takenWithin = 30 * time.Second
	takenAtMost = 20 * time.Minute
	// goneAfter is how long a syncer that the target does not see may take to come back: after an outage of the target it needs a
	// moment, and one of an earlier version shows itself only while it writes.
	goneAfter = 20 * time.Second
)

// awaitTaken waits until the syncer that runs obeys the new list: from then on nothing new in the publication is a
// surprise. One that is not running reads it when it starts.
func (c *change) awaitTaken(ctx context.Context) error {
	began, seen, moved := time.Now(), time.Now(), time.Now()
	var last string
	for c.running {
		there, err := replica.IsRunning(ctx, c.target, c.cfg.Source.Slot)
		if err != nil {
			return err
		}
		var epoch int64
		var stands string
		err = c.target.QueryRow(ctx, `
			SELECT epoch, concat_ws(' ', applied_lsn, heard_at) FROM sync.progress WHERE slot = $1`, c.cfg.Source.Slot).Scan(&epoch, &stands)
		if err != nil {
			return targetError("read progress", err)
		}
		if there {
			seen = time.Now()
		}
		if stands != last {
			last, moved = stands, time.Now()
		}
		switch {
		case epoch > c.epoch:
			return nil
		case time.Since(seen) > goneAfter:
			c.running = false
		case time.Since(moved) > takenWithin, time.Since(began) > takenAtMost:
			return fault.Unsafef("the running syncer has not read the new whitelist within %s (does it have the same file, and is it of this version?); the publication is not widened until it has: run the same command again", time.Since(began).Round(time.Second))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}
