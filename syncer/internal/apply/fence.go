package apply

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// A fence brings source and target to the same moment. A comparison requests it in sync.fences. The writer then stands still,
// gets a snapshot of the source, applies exactly the transactions that are visible in it, and exports a snapshot of the target
// at that point.

const (
	fenceSet    = 2 * time.Second  // how long to stand still for the source's snapshot
	fenceReach  = 10 * time.Minute // to apply what it shows
	fenceTaken  = 30 * time.Second // to take the target's
	fenceRepair = 10 * time.Second // the same, while nothing more is applied
	fenceLook   = 4 * time.Millisecond
)

// lookForFence starts to answer a requested fence, one at a time.
func (c *control) lookForFence(ctx context.Context, ended chan struct{}) error {
	select {
	case <-ended:
		c.asked = ""
	default:
	}
	if c.asked != "" {
		return nil
	}
	err := c.pulse.QueryRow(ctx, `
		SELECT id::text FROM sync.fences
		 WHERE slot = $1 AND state = 'asked' AND at > now() - interval '1 minute' ORDER BY at LIMIT 1`, c.o.Slot).Scan(&c.asked)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return link.Fail("target: look for fences", err)
	}
	id := c.asked
	c.fences.Go(func() {
		if err := c.answerFence(ctx, id); err != nil && ctx.Err() == nil {
			c.o.Log.Info("fence not reached", "id", id, "why", link.Text(err))
		}
		ended <- struct{}{}
	})
	return nil
}

// answerFence answers one request.
func (c *control) answerFence(ctx context.Context, id string) (err error) {
	f := &fence{gate: c.gate, id: id}
	if f.conn, err = openLike(ctx, c.pulse, "writer fence"); err != nil {
		return err
	}
	defer link.Close(f.conn)
	if f.shown, err = openLike(ctx, c.pulse, "writer fence"); err != nil {
		return err
	}
	defer link.Close(f.shown)
	err = f.answerRequest(ctx)
	switch {
	case errors.Is(err, errMissed):
		_, _ = f.changeState(ctx, "missed", "", "")
	case err != nil:
		_, _ = f.changeState(ctx, "expired", "", "")
	}
	return err
}

// fence is one request that is being answered.
type fence struct {
	gate  *gate
	id    string
	conn  *pgx.Conn // changes its row
	shown *pgx.Conn // keeps the exported snapshot
}

func (f *fence) answerRequest(ctx context.Context) error {
	reach, cancel := context.WithTimeout(ctx, fenceReach)
	defer cancel()
	release, err := f.gate.bring(reach, func(_ context.Context, at wire.LSN) (*sourceSnapshot, wire.LSN, error) {
		switch ok, err := f.changeState(ctx, "held", "held_lsn = '"+at.String()+"'::pg_lsn", "asked"); {
		case err != nil:
			return nil, 0, err
		case !ok:
			return nil, 0, errGivenUp
		}
		return f.awaitSnapshot(ctx)
	})
	if err != nil {
		return err
	}
	defer release()
	return f.exportSnapshot(ctx, release)
}

// errGivenUp says that whoever asked for the fence no longer wants it.
var errGivenUp = errors.New("given up")

// awaitSnapshot waits for the source's snapshot.
func (f *fence) awaitSnapshot(ctx context.Context) (*sourceSnapshot, wire.LSN, error) {
	var snapshot, at string
	err := f.awaitState(ctx, fenceSet, func(state string) bool { return state == "set" }, &snapshot, &at)
	if err != nil {
		return nil, 0, err
	}
	var lsn wire.LSN
	if err := lsn.Scan(at); err != nil {
		return nil, 0, err
	}
	s, err := parseSourceSnapshot(snapshot)
	return s, lsn, err
}

// awaitState waits until the fence's row has a state that ok accepts.
func (f *fence) awaitState(ctx context.Context, patience time.Duration, ok func(string) bool, snapshot, lsn *string) error {
	tick := time.NewTicker(fenceLook)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; {
		var state string
		err := f.conn.QueryRow(ctx, `SELECT state, coalesce(snapshot, ''), coalesce(lsn, '0/0')::text FROM sync.fences WHERE id = $1::text::uuid`, f.id).
			Scan(&state, snapshot, lsn)
		switch {
		case err != nil:
			return link.Fail("target: fence", err)
		case ok(state):
			return nil
		case state == "expired" || time.Now().After(deadline):
			return errGivenUp
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// exportSnapshot exports a snapshot of the target and lets the stream go on, unless the request is for a repair.
func (f *fence) exportSnapshot(ctx context.Context, release func()) error {
	if _, err := f.shown.Exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
		return link.Fail("target: fence", err)
	}
	var name string
	if err := f.shown.QueryRow(ctx, `SELECT pg_catalog.pg_export_snapshot()`).Scan(&name); err != nil {
		return link.Fail("target: fence", err)
	}
	if ok, err := f.changeState(ctx, "ready", "exported = '"+name+"'", "set"); err != nil || !ok {
		return err
	}
	var hold bool
	if err := f.conn.QueryRow(ctx, `SELECT hold FROM sync.fences WHERE id = $1::text::uuid`, f.id).Scan(&hold); err != nil {
		return link.Fail("target: fence", err)
	}
	patience := fenceTaken
	if hold {
		patience = fenceRepair
	} else {
		release()
	}
	var ignored [2]string
	return f.awaitState(ctx, patience, func(state string) bool { return state == "taken" }, &ignored[0], &ignored[1])
}

// changeState changes the row's state if it is from; "" stands for any state that is not final.
func (f *fence) changeState(ctx context.Context, to, set, from string) (bool, error) {
	if set != "" {
		set = ", " + set
	}
	tag, err := f.conn.Exec(ctx, `UPDATE sync.fences SET state = $2`+set+`
		 WHERE id = $1::text::uuid AND (state = $3 OR $3 = '' AND state IN ('asked', 'held', 'set', 'ready'))`, f.id, to, from)
	if err == nil {
		_, err = f.conn.Exec(ctx, `SELECT pg_catalog.pg_notify('sync_control', '')`)
	}
	if err != nil {
		return false, link.Fail("target: fence", err)
	}
	return tag.RowsAffected() == 1, nil
}
