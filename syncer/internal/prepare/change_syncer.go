package prepare

import (
	"context"
	"time"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
)

// findSyncer finds out whether a syncer is at work or about to try again, and whether its last try ended because of something that it
// could not follow. A syncer that has just lost its connections to the target appears again soon. One that was stopped, or has ended with
// a final error, has recorded that.
func (c *change) findSyncer(ctx context.Context) error {
	for syncer := (replica.Sightings{}); ; {
		there, gone, err := syncer.Look(ctx, c.target, c.cfg.Source.Slot)
		if err != nil {
			return err
		}
		c.running = there
		var stopped bool
		err = c.target.QueryRow(ctx, `SELECT state IN ('stopped', 'starting'), error IS NOT NULL FROM sync.progress WHERE slot = $1`, c.cfg.Source.Slot).Scan(&stopped, &c.failed)
		if err != nil {
			return targetError("read progress", err)
		}
		if there || stopped || gone {
			return nil
		}
		if err := link.Pause(ctx, lookPause); err != nil {
			return err
		}
	}
}

// lookPause is the pause between two looks at what the syncer does.
const lookPause = 50 * time.Millisecond

const (
	// takenWithin is how long a syncer that applies nothing may take to read the list; one that is at work on a large batch
	// finishes it first, however long that takes, up to takenAtMost (a batch may take 15 minutes).
	takenWithin = 30 * time.Second
	takenAtMost = 20 * time.Minute
)

// awaitTaken waits until the running syncer obeys the new list, so that nothing new in the publication surprises it. A syncer that is not
// running reads the list when it starts.
func (c *change) awaitTaken(ctx context.Context) error {
	began, moved := time.Now(), time.Now()
	var syncer replica.Sightings
	var last string
	for c.running {
		_, gone, err := syncer.Look(ctx, c.target, c.cfg.Source.Slot)
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
		if stands != last {
			last, moved = stands, time.Now()
		}
		switch {
		case epoch > c.epoch:
			return nil
		case gone:
			c.running = false
		case time.Since(moved) > takenWithin, time.Since(began) > takenAtMost:
			return fault.Unsafef("the running syncer has not read the new whitelist within %s (does it have the same file, and is it of this version?); the publication is not widened until it has: run the same command again", time.Since(began).Round(time.Second))
		}
		if err := link.Pause(ctx, lookPause); err != nil {
			return err
		}
	}
	return nil
}
