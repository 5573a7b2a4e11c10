package prepare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// tidyWithin is how long to try to remove what a failed or interrupted index build has left.
const tidyWithin = 20 * time.Second

// buildIndexes makes the indexes that identities lack. Neither the build nor the waiting for it blocks the application.
func (a *alteration) buildIndexes(ctx context.Context) error {
	lacking := slices.DeleteFunc(slices.Clone(a.report.Tables), func(t publisher.Table) bool {
		plan := t.PlanIdentity()
		return plan == nil || plan.Build == ""
	})
	return a.inLanes(ctx, lacking, func(ctx context.Context, lane *alteration, t publisher.Table) error {
		return lane.buildPatiently(ctx, t, t.PlanIdentity())
	})
}

// buildPatiently begins again after a deadlock between the index build and the application's own changes of the table's definition. The
// server ends one of the two: ours, if our role may ask for that.
func (a *alteration) buildPatiently(ctx context.Context, t publisher.Table, plan *publisher.Identity) error {
	for began := time.Now(); ; {
		err := a.buildIndex(ctx, t, plan)
		if link.Code(err) != "40P01" || time.Since(began) > a.cfg.Source.LockPatience {
			return err
		}
		plan.Broken = true // unless it was taken away already
		locks.Tell(ctx, "source: building index "+plan.Build+" of "+t.FullName()+" stepped aside for the application, which changes the table's definition; it begins again")
		if err := link.Pause(ctx, a.cfg.Source.LockTimeout); err != nil {
			return err
		}
	}
}

// yieldDeadlocks makes the server end this session, not the application's, if the two wait for each other: this session looks for
// deadlocks sooner. Only a role with that right may ask for it.
func yieldDeadlocks(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `SELECT pg_catalog.set_config('deadlock_timeout', '50', false) WHERE pg_catalog.has_parameter_privilege('deadlock_timeout', 'SET')`)
	return err
}

func (a *alteration) buildIndex(ctx context.Context, t publisher.Table, plan *publisher.Identity) error {
	if plan.Broken {
		if err := a.dropIndex(ctx, t.Schema, plan.Build, a.cfg.Source.LockPatience); err != nil {
			return err
		}
	}
	err := a.runWatched(ctx, "building index "+plan.Build+" of "+t.FullName(), plan.BuildSQL(t), a.cfg.Source.LockPatience)
	if err == nil {
		return nil
	}
	if link.Code(err) == "42P07" { // somebody else's: nothing of ours is there
		return err
	}
	if left := a.dropInvalid(ctx, t.Schema, plan.Build); left != nil {
		return fmt.Errorf("%w; an INVALID index is left, as %s; the next `syncer init` drops it, or: %s", err, link.Text(left), publisher.DropIndexSQL(t.Schema, plan.Build))
	}
	return explainBuild(t, plan, err)
}

// explainBuild says which of the table's values no index can hold.
func explainBuild(t publisher.Table, plan *publisher.Identity, err error) error {
	if link.Code(err) != "54000" {
		return err
	}
	return fault.Unsafef("source: a row of %s is too long for an index over its key and filter columns (%s), so its changes could not be followed: %s; nothing is left of the index. Filter by shorter columns (whitelist, %s)",
		t.FullName(), relation.QuoteList("", plan.Columns), link.Scrub(err), t.At)
}

// runWatched runs one statement that cannot run in a transaction, on the lane's connection for such statements, and says who keeps it
// waiting. If it fails, nothing of it goes on on the server.
func (a *alteration) runWatched(ctx context.Context, what, sql string, give time.Duration) error {
	conn, err := a.buildingConn(ctx)
	if err != nil {
		return err
	}
	pid := conn.PgConn().PID()
	w := locks.Watching{What: "source: " + what, PID: pid, Open: a.sourceOpener("look"), Give: give}
	holders, err := w.Watch(ctx, func(ctx context.Context) error { _, err := conn.Exec(ctx, sql); return err })
	if err == nil {
		return nil
	}
	if conn.IsClosed() { // interrupted: the server may not have noticed
		a.cancelSession(ctx, pid)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("source: %s was given up after %s of waiting: in the way is %s", what, give, locks.Describe(holders))
	}
	return stepFault(Step{Side: "source", SQL: sql}, err)
}

// cancelSession cancels what the session does and waits until that has ended.
func (a *alteration) cancelSession(ctx context.Context, pid uint32) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), tidyWithin/2)
	defer done()
	conn, err := a.sourceOpener("cancel")(ctx)
	if err != nil {
		return
	}
	defer link.Close(conn)
	for ctx.Err() == nil {
		var there bool
		err := conn.QueryRow(ctx, `
			SELECT coalesce(bool_or(pg_catalog.pg_cancel_backend(pid)), false) FROM pg_catalog.pg_stat_activity
			 WHERE pid = $1 AND application_name = 'syncer index'`, int32(pid)).Scan(&there) //nolint:gosec // a process id
		if err != nil || !there {
			return
		}
		_ = link.Pause(ctx, 50*time.Millisecond)
	}
}

// dropInvalid drops the index if it is there and INVALID, also when ctx has ended.
func (a *alteration) dropInvalid(ctx context.Context, schema, name string) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), tidyWithin)
	defer done()
	conn, err := a.sourceOpener("tidy")(ctx)
	if err != nil {
		return err
	}
	defer link.Close(conn)
	var invalid bool
	err = conn.QueryRow(ctx, `SELECT NOT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass($1)`,
		relation.Quote(schema, name)).Scan(&invalid)
	switch {
	case errors.Is(err, pgx.ErrNoRows), err == nil && !invalid:
		return nil
	case err != nil:
		return link.Fail("source", err)
	}
	return a.dropIndex(ctx, schema, name, tidyWithin/2)
}

func (a *alteration) dropIndex(ctx context.Context, schema, name string, give time.Duration) error {
	return a.runWatched(ctx, "dropping index "+name, publisher.DropIndexSQL(schema, name), give)
}

// dropSuperseded drops indexes of ours that no identity uses any more. If somebody's open transaction keeps one, it is left for the next
// time: it costs the application a little time and does no harm.
func (a *alteration) dropSuperseded(ctx context.Context) error {
	defer func() { link.Close(a.builder); a.builder = nil }()
	tables, err := publisher.Tables(ctx, a.conn, a.list)
	if err == nil {
		err = publisher.Describe(ctx, a.conn, tables)
	}
	if err != nil {
		return err
	}
	for _, t := range tables {
		if t.Info == nil || t.PlanIdentity() != nil {
			continue
		}
		if err := a.dropSupersededOf(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (a *alteration) dropSupersededOf(ctx context.Context, t publisher.Table) error {
	for _, name := range t.Superseded(nil) {
		if err := a.dropIndex(ctx, t.Schema, name, min(tidyWithin/2, a.cfg.Source.LockPatience)); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			locks.Tell(ctx, link.Text(err)+"; the index is of no more use: "+publisher.DropIndexSQL(t.Schema, name))
		}
	}
	return nil
}
