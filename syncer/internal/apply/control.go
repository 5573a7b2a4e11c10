package apply

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// control obeys what operators ask for in the columns of sync.progress: pause, skip, reload, and fences.
type control struct {
	o     *Options
	pulse *pgx.Conn // signs of life and wishes
	gate  *gate
	queue *queue
	acks  *acknowledger
	heard atomic.Int64 // when the reader said something last, in nanoseconds

	skip       atomic.Uint64 // commit record of the transaction that is to be left out, 0: none
	reload     atomic.Bool   // the generation was raised: the whitelist must be read again
	generation int64
	paused     bool
	blocked    bool   // somebody holds a lock that is waited for
	asked      string // the fence that is being answered, "" none
	fences     sync.WaitGroup
}

const selectControl = `
	SELECT paused, coalesce(paused_by, ''), coalesce(skip_lsn, '0/0')::text, generation, state
	  FROM sync.progress WHERE slot = $1`

// readWishes reads the operator's wishes before anything is applied.
func (c *control) readWishes(ctx context.Context) error {
	if c.o.Beside != "" {
		return nil
	}
	if c.o.Generation != nil {
		c.generation = *c.o.Generation
		return c.obeyWishes(ctx)
	}
	if err := c.pulse.QueryRow(ctx, `SELECT generation FROM sync.progress WHERE slot = $1`, c.o.Slot).Scan(&c.generation); err != nil {
		return controlError(err)
	}
	return c.obeyWishes(ctx)
}

func controlError(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return replica.ErrNoProgress
	}
	return link.Fail("target: read control", err)
}

// obeyWishes reads the wishes and acts on those that have changed.
func (c *control) obeyWishes(ctx context.Context) error {
	var paused bool
	var by, skip, state string
	var generation int64
	if err := c.pulse.QueryRow(ctx, selectControl, c.o.Slot).Scan(&paused, &by, &skip, &generation, &state); err != nil {
		return controlError(err)
	}
	var lsn wire.LSN
	if err := lsn.Scan(skip); err != nil {
		return controlError(err)
	}
	c.skip.Store(uint64(lsn))
	if generation != c.generation {
		c.reload.Store(true)
		poke(c.gate.changed)
	}
	if paused == c.paused {
		return nil
	}
	c.paused = paused
	c.gate.setPaused(paused)
	next, why := "paused", by
	if paused {
		c.o.Log.Info("paused", "by", by)
	} else {
		next, why = "streaming", ""
		c.o.Log.Info("resumed after a pause")
	}
	if c.o.OnState != nil {
		c.o.OnState(next, why)
	}
	return replica.SetState(ctx, c.pulse, c.o.Slot, c.o.Epoch, next, "")
}

// skips reports whether the operator wants the transaction with this commit record skipped.
func (c *control) skips(final wire.LSN) bool {
	return final != 0 && c.skip.Load() == uint64(final)
}

// watchWishes obeys wishes as soon as it is notified, and looks for them every second. It also records signs of life while a
// batch takes long: the applier's own transaction would make them visible only at its end.
func (c *control) watchWishes(ctx context.Context) error {
	if c.o.Beside != "" {
		<-ctx.Done()
		return ctx.Err()
	}
	if _, err := c.pulse.Exec(ctx, "LISTEN sync_control"); err != nil {
		return controlError(err)
	}
	fences := make(chan struct{}, 1)
	defer c.fences.Wait()
	last := time.Now()
	for {
		wait, cancel := context.WithTimeout(ctx, max(time.Second-time.Since(last), time.Millisecond))
		err := link.WaitForNotification(wait, c.pulse)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && !pgconn.Timeout(err):
			return link.Fail("target: listen", err)
		case err != nil:
			last = time.Now()
			err = errors.Join(c.noteSignOfLife(ctx), c.tellPause(), c.tellBlocked(ctx))
		}
		if err == nil {
			err = c.obeyWishes(ctx)
		}
		if err == nil {
			err = c.lookForFence(ctx, fences)
		}
		if err != nil {
			return err
		}
	}
}

// tellPause tells the reader about a pause, unless it has said nothing yet and so expects nothing.
func (c *control) tellPause() error {
	if !c.paused || c.heard.Load() == 0 {
		return nil
	}
	return c.acks.tellPause()
}

// blockedAfter is how long a batch may take before somebody is looked for who is in its way.
const blockedAfter = 2 * time.Second

// tellBlocked says who holds the lock that is waited for.
func (c *control) tellBlocked(ctx context.Context) error {
	if c.o.OnBlocked == nil || c.queue.stuckFor() < blockedAfter && !c.blocked {
		return nil
	}
	wait, err := locks.Waiting(ctx, c.pulse, "syncer writer")
	if err != nil {
		return err
	}
	who := ""
	if wait != nil {
		who = wait.String()
	}
	if (wait != nil) != c.blocked {
		c.blocked = wait != nil
		if c.blocked {
			c.o.Log.Warn("the writer " + who)
		} else {
			c.o.Log.Info("the writer no longer waits for a lock")
		}
	}
	c.o.OnBlocked(who)
	return nil
}

// noteSignOfLife records that the source was heard.
func (c *control) noteSignOfLife(ctx context.Context) error {
	if time.Since(time.Unix(0, c.heard.Load())) > 1500*time.Millisecond && !c.queue.isFull() {
		return nil
	}
	if c.o.OnHeard != nil {
		c.o.OnHeard()
	}
	_, err := c.pulse.Exec(ctx, `
		UPDATE sync.progress SET heard_at = clock_timestamp()
		 WHERE slot = $1 AND epoch = $2 AND heard_at < clock_timestamp() - interval '900 milliseconds'`, c.o.Slot, c.o.Epoch)
	if err != nil {
		return link.Fail("target: note a sign of life", err)
	}
	return nil
}
