package replica

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// Progress is the row of sync.progress.
type Progress struct {
	Slot     string
	SystemID string
	Timeline int32
	Digest   string
	Epoch    int64
	// Generation is the generation at the time of Claim; ReadProgress leaves it 0.
	Generation int64
	Applied    wire.LSN // 0 before the snapshot
	Settled    wire.LSN
	CommitAt   *time.Time
	LastEnd    wire.LSN   // of the last applied transaction; 0 if unknown
	LastAt     *time.Time // when it was committed, to the microsecond
	FreshAt    *time.Time
	HeardAt    *time.Time
	State      string
	Error      string
	Now        time.Time // the target's clock
}

// ErrNoProgress says that `syncer init` was not run on this target, or that its records are gone.
var ErrNoProgress = fault.UsageError{Err: errors.New("target: schema sync holds no progress of this slot; run `syncer init`")}

const selectProgress = `
	SELECT slot, system_id, timeline, whitelist, epoch, coalesce(applied_lsn, '0/0')::text, coalesce(settled_lsn, '0/0')::text,
	       applied_commit_at, coalesce(to_jsonb(p) ->> 'last_commit_lsn', '0/0'), (to_jsonb(p) ->> 'last_commit_at')::timestamptz, fresh_at, heard_at, state, coalesce(error, ''), now()
	  FROM sync.progress p WHERE slot = $1` // to_jsonb: an older schema, which `init` updates, lacks some columns

// ReadProgress reads where the replica stands.
func ReadProgress(ctx context.Context, db relation.Queryer, slot string) (Progress, error) {
	return scanProgress(db.QueryRow(ctx, selectProgress, slot))
}

func scanProgress(row pgx.Row) (Progress, error) {
	var p Progress
	var applied, settled, last string
	err := row.Scan(&p.Slot, &p.SystemID, &p.Timeline, &p.Digest, &p.Epoch, &applied, &settled,
		&p.CommitAt, &last, &p.LastAt, &p.FreshAt, &p.HeardAt, &p.State, &p.Error, &p.Now)
	switch {
	case errors.Is(err, pgx.ErrNoRows), link.Code(err) == "42P01", link.Code(err) == "3F000":
		return p, ErrNoProgress
	case err != nil:
		return p, link.Fail("target: read progress", err)
	}
	for _, position := range []struct {
		text string
		into *wire.LSN
	}{{applied, &p.Applied}, {last, &p.LastEnd}, {settled, &p.Settled}} {
		if *position.into, err = pglogrepl.ParseLSN(position.text); err != nil {
			return p, link.Fail("target: read progress", err)
		}
	}
	return p, nil
}

// CheckVersion refuses a schema sync of another version.
func CheckVersion(ctx context.Context, db relation.Queryer) error {
	var have int
	err := db.QueryRow(ctx, `SELECT sync.version()`).Scan(&have)
	switch code := link.Code(err); {
	case code == "3F000", code == "42883":
		return ErrNoProgress
	case err != nil:
		return link.Fail("target: schema sync", err)
	case have != SchemaVersion:
		return fault.Usagef("target: schema sync is of version %d, this program needs %d; run `syncer init`, which loads nothing anew", have, SchemaVersion)
	}
	return nil
}

// claimWait is how long to wait for another syncer's session to end: that of a killed one takes a moment.
const claimWait = 10 * time.Second

// Claim makes conn the only writer of the slot's replica. It takes a lock that lasts as long as the session, and raises the epoch,
// which makes everything that an older writer still has in flight fail.
func Claim(ctx context.Context, conn *pgx.Conn, slot string) (Progress, error) {
	deadline := time.Now().Add(claimWait)
	for {
		var got bool
		err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext('portal syncer'), pg_catalog.hashtext($1))`, slot).Scan(&got)
		if err != nil {
			return Progress{}, link.Fail("target: claim", err)
		}
		if got {
			break
		}
		if time.Now().After(deadline) {
			return Progress{}, fault.Unsafef("%s", claimed(ctx, conn, slot))
		}
		if err := link.Pause(ctx, 250*time.Millisecond); err != nil {
			return Progress{}, err
		}
	}
	var generation int64
	err := conn.QueryRow(ctx, `UPDATE sync.progress SET epoch = epoch + 1 WHERE slot = $1 RETURNING generation`, slot).Scan(&generation)
	if code := link.Code(err); err != nil && !errors.Is(err, pgx.ErrNoRows) && code != "42P01" && code != "3F000" && code != "42703" {
		return Progress{}, link.Fail("target: claim", err)
	}
	p, err := ReadProgress(ctx, conn, slot)
	p.Generation = generation
	return p, err
}

// SetState records what the syncer does, for `status` and for the sites. It does nothing when another
// syncer has taken over.
func SetState(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, state, problem string) error {
	return setState(ctx, conn, slot, epoch, state, problem, 0)
}

// SetFailed records why the syncer stands, and at which transaction if that is one that the target refuses. It tries again by itself.
func SetFailed(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, problem error) error {
	return setState(ctx, conn, slot, epoch, "error", link.Text(problem), refusedAt(problem))
}

// SetEnded is SetFailed for a syncer that does not try again: its process ends. Whoever waits for a syncer need not wait for this one.
func SetEnded(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, problem error) error {
	return setState(ctx, conn, slot, epoch, "stopped", link.Text(problem), refusedAt(problem))
}

func refusedAt(problem error) wire.LSN {
	if poison := (*Poison)(nil); errors.As(problem, &poison) {
		return poison.LSN
	}
	return 0
}

func setState(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, state, problem string, poison wire.LSN) error {
	_, err := conn.Exec(ctx, `
		UPDATE sync.progress SET state = $3, error = nullif($4, ''), poison_lsn = nullif($5::text::pg_lsn, '0/0'), state_at = now()
		 WHERE slot = $1 AND epoch = $2`, slot, epoch, state, problem, poison.String())
	if err != nil {
		return link.Fail("target: record state", err)
	}
	return nil
}

// SetJoinError records why a joining table is not loaded yet; nil removes the record, and so does becoming ready.
func SetJoinError(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, table string, problem error) error {
	text := ""
	if problem != nil {
		text = link.Text(problem)
	}
	_, err := conn.Exec(ctx, `
		UPDATE sync.tables SET error = nullif($4, '') WHERE slot = $1 AND name = $3 AND state = 'joining'
		   AND EXISTS (SELECT FROM sync.progress WHERE slot = $1 AND epoch = $2)`, slot, epoch, table, text)
	if err != nil {
		return link.Fail("target: record why a table is not loaded", err)
	}
	return nil
}

// Connect opens a writer's session: triggers and foreign keys are off if the role may switch them off, and a commit waits for the
// disk.
func Connect(ctx context.Context, dsn, application string) (*pgx.Conn, error) {
	conn, err := link.Open(ctx, dsn, link.Options{Name: "target.dsn", Application: application, MaxAnswer: link.SmallAnswer})
	if err != nil {
		return nil, err
	}
	if err := PrepareConn(ctx, conn); err != nil {
		link.Close(conn)
		return nil, link.Fail("target: set up session", err)
	}
	return conn, nil
}

// PrepareConn sets up a connection like those of Connect.
func PrepareConn(ctx context.Context, conn *pgx.Conn) error {
	return conn.QueryRow(ctx, `
		SELECT pg_catalog.set_config('synchronous_commit', 'on', false),
		       CASE WHEN pg_catalog.has_parameter_privilege('session_replication_role', 'SET')
		            THEN pg_catalog.set_config('session_replication_role', 'replica', false) END`).Scan(nil, nil)
}

// WarmUp runs the operator's SQL so that the first change is not late. "" runs nothing.
func WarmUp(ctx context.Context, conn *pgx.Conn, sql string) error {
	if sql == "" {
		return nil
	}
	if _, err := conn.Exec(ctx, sql); err != nil {
		return link.Fail("target.warm_up", err)
	}
	return nil
}

// MaySilence reports whether the session's role may switch ordinary triggers off for itself.
func MaySilence(ctx context.Context, db relation.Queryer) (bool, error) {
	var may bool
	err := db.QueryRow(ctx, `SELECT pg_catalog.has_parameter_privilege('session_replication_role', 'SET')`).Scan(&may)
	return may, err
}

// MayFlush reports whether the session's role may write the messages by which package apply brings the log to the disk.
func MayFlush(ctx context.Context, db relation.Queryer) (bool, error) {
	var may bool
	err := db.QueryRow(ctx, `SELECT pg_catalog.has_function_privilege('pg_catalog.pg_logical_emit_message(boolean, text, text)', 'EXECUTE')`).Scan(&may)
	return may, err
}

// ReadFilters returns the publication's row filters by table, as `init` or `table` recorded them. A filter that a killed `table`
// command published but did not record is missing.
func ReadFilters(ctx context.Context, db relation.Queryer, slot string) (map[string]string, error) {
	rows, err := db.Query(ctx, `SELECT name, filter FROM sync.tables WHERE slot = $1 AND (filter <> '' OR condition = '')`, slot)
	if err != nil {
		return nil, link.Fail("target: read tables", err)
	}
	filters := map[string]string{}
	var name, filter string
	_, err = pgx.ForEachRow(rows, []any{&name, &filter}, func() error {
		filters[name] = filter
		return nil
	})
	return filters, err
}
