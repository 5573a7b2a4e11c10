// Package control passes an operator's wishes to a running syncer. It sets columns of schema sync on the target, which the writer
// reads every second and as soon as sync_control is notified. It touches no replicated row. It may import link, replica, wire and pgx.
package control

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// Channel is notified after a control column was changed; the payload is the slot.
const Channel = "sync_control"

// State is what the control columns and the writer say.
type State struct {
	State    string      // of the writer, as it said last; "error" as well when it has ended with one
	Since    time.Time   // of the state
	Error    string      // why it stands
	Poison   wire.LSN    // the transaction that it cannot apply, by its commit; 0: it stands for another reason
	Applied  wire.LSN    // 0: nothing yet
	Paused   bool        // asked for
	PausedBy string      // who asked, when and why
	Skip     wire.LSN    // the transaction that is to be left out; 0: none
	Heard    *time.Time  // the source's last sign of life, by the target's clock
	Fresh    *time.Time  // nothing older is missing, by the source's clock
	CommitAt *time.Time  // of the last applied transaction, by the source's clock
	Now      time.Time   // the target's clock
	Running  bool        // a writer holds the claim of the slot
	Healed   []time.Time // when a lost slot was answered by a new load of everything, of the last day
	Standby  bool        // the target is in recovery: it takes no changes, and what it knows of the writer comes from its primary
	ReadOnly bool        // the target takes no changes from sessions that do not ask for it
}

// Read reads the state. It returns replica.ErrNoProgress if `syncer init` was not run.
func Read(ctx context.Context, conn *pgx.Conn, slot string) (State, error) {
	var s State
	var applied, skip, poison string
	err := conn.QueryRow(ctx, `
		SELECT state, state_at, coalesce(error, ''), coalesce(poison_lsn, '0/0')::text, coalesce(applied_lsn, '0/0')::text, paused, coalesce(paused_by, ''),
		       coalesce(skip_lsn, '0/0')::text, heard_at, fresh_at,
		       applied_commit_at, clock_timestamp(), pg_catalog.pg_is_in_recovery(), current_setting('transaction_read_only') = 'on',
		       ARRAY(SELECT h FROM unnest(healed) h WHERE h > now() - interval '1 day' ORDER BY h)
		  FROM sync.progress WHERE slot = $1`, slot).
		Scan(&s.State, &s.Since, &s.Error, &poison, &applied, &s.Paused, &s.PausedBy, &skip, &s.Heard, &s.Fresh, &s.CommitAt, &s.Now, &s.Standby, &s.ReadOnly, &s.Healed)
	switch code := link.Code(err); {
	case errors.Is(err, pgx.ErrNoRows), code == "42P01", code == "3F000":
		return s, replica.ErrNoProgress
	case code == "42703":
		return s, fmt.Errorf("target: schema sync is of an older syncer; run `syncer init`, which brings it up to date")
	case err != nil:
		return s, link.Fail("target: read control", err)
	}
	if s.State == "stopped" && s.Error != "" {
		s.State = "error"
	}
	if err = errors.Join(s.Applied.Scan(applied), s.Skip.Scan(skip), s.Poison.Scan(poison)); err == nil {
		s.Running, err = replica.IsRunning(ctx, conn, slot)
	}
	return s, err
}

// Pause asks the writer to stop applying. by tells people who asked and why.
func Pause(ctx context.Context, conn *pgx.Conn, slot, by string) error {
	return setColumns(ctx, conn, slot, "paused = true, paused_by = nullif($2, '')", strings.TrimSpace(by))
}

// Resume ends a pause.
func Resume(ctx context.Context, conn *pgx.Conn, slot string) error {
	return setColumns(ctx, conn, slot, "paused = false, paused_by = NULL")
}

// Skip asks the writer to leave out the transaction whose commit has this position. 0 cancels that.
func Skip(ctx context.Context, conn *pgx.Conn, slot string, lsn wire.LSN) error {
	return setColumns(ctx, conn, slot, "skip_lsn = nullif($2::pg_lsn, '0/0')", lsn.String())
}

// setColumns sets control columns and tells the writer, both or neither.
func setColumns(ctx context.Context, conn *pgx.Conn, slot, set string, args ...any) error {
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "UPDATE sync.progress SET "+set+" WHERE slot = $1", append([]any{slot}, args...)...)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return replica.ErrNoProgress
		}
		_, err = tx.Exec(ctx, "SELECT pg_catalog.pg_notify($1, $2)", Channel, slot)
		return err
	})
	switch code := link.Code(err); {
	case err == nil, errors.Is(err, replica.ErrNoProgress):
		return err
	case code == "42P01", code == "3F000":
		return replica.ErrNoProgress
	}
	return link.Fail("target: change control", err)
}

// lookEvery is how often Wait asks again.
const lookEvery = 100 * time.Millisecond

// Wait reads the state until done reports true, no writer runs any more, or ctx ends. It returns the last state. That ctx has ended is
// no error: the state shows what was not reached.
func Wait(ctx context.Context, conn *pgx.Conn, slot string, done func(State) bool) (State, error) {
	for {
		// Not with ctx: an answer that is under way is waited for, so that the connection stays usable.
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		s, err := Read(asking, conn, slot)
		cancel()
		if err != nil || done(s) || !s.Running {
			return s, err
		}
		if link.Pause(ctx, lookEvery) != nil {
			return s, nil
		}
	}
}
