// Package snapshot loads the replica for the first time: COPY out of the source straight into COPY into
// the target, never parsed, in parallel pieces of which each is recorded when it is durable. What was
// killed resumes with the pieces that are missing.
//
// All pieces of one run show one moment of the source. Pieces of a resumed run show a later moment; the
// stream, which starts at the first, then brings everything to one again (sync.progress.settled_lsn).
// It may import source, target, relation, link and pgx.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/source"
	"portal.example/syncer/internal/target"
	"portal.example/syncer/internal/wire"
)

// Options say what to load and from where to where.
type Options struct {
	SourceDSN  string
	TargetDSN  string
	Slot       string
	Epoch      int64
	Workers    int
	ChunkBytes int64 // tables larger than twice this are loaded in pieces; 0 means 64 MiB
	OnProgress func(Progress)
	Log        *slog.Logger
}

// Progress is how far one table is.
type Progress struct {
	Table  string
	Done   int // pieces
	Pieces int
	Rows   int64
}

// job is one run of the snapshot.
type job struct {
	Options
	tables   []source.Table
	conn     *pgx.Conn // claimed on the target
	snapshot string    // exported name
	resumed  bool

	mu   sync.Mutex
	done map[string]*Progress
}

// Run loads what is not loaded yet. conn holds the claim on the target; at is its progress.
func Run(ctx context.Context, o Options, conn *pgx.Conn, at target.Progress, tables []source.Table) error {
	if o.ChunkBytes == 0 {
		o.ChunkBytes = 64 << 20
	}
	for {
		err := run(ctx, o, conn, at, tables)
		var again *collision
		if !errors.As(err, &again) {
			return err
		}
		o.Log.Warn("table changed too much since the snapshot was interrupted; loading it from the start", "table", again.table.FullName())
		if err := Forget(ctx, conn, o.Slot, o.Epoch, again.table); err != nil {
			return err
		}
		if at, err = target.ReadProgress(ctx, conn, o.Slot); err != nil {
			return err
		}
	}
}

func run(ctx context.Context, o Options, conn *pgx.Conn, at target.Progress, tables []source.Table) error {
	j := &job{Options: o, conn: conn, done: map[string]*Progress{}, resumed: at.Applied != 0}
	for _, t := range tables {
		ready, err := isReady(ctx, conn, o.Slot, t)
		if err != nil {
			return err
		}
		if !ready {
			j.tables = append(j.tables, t)
		}
	}
	if len(j.tables) == 0 && j.resumed {
		return nil
	}
	keeper, err := j.begin(ctx)
	if err != nil {
		return err
	}
	defer link.Close(keeper)
	return j.load(ctx)
}

// begin takes a snapshot of the source and returns the connection that keeps it.
func (j *job) begin(ctx context.Context) (*pgx.Conn, error) {
	keeper, err := link.Open(ctx, j.SourceDSN, link.Options{Name: "source.dsn", Application: "snapshot keeper", Replication: !j.resumed})
	if err != nil {
		return nil, err
	}
	if j.resumed {
		err = j.resume(ctx, keeper)
	} else {
		err = j.first(ctx, keeper)
	}
	if err != nil {
		link.Close(keeper)
		return nil, err
	}
	return keeper, nil
}

// first makes the slot; its snapshot is the moment from which the stream continues.
func (j *job) first(ctx context.Context, keeper *pgx.Conn) error {
	if err := j.mustBeEmpty(ctx); err != nil {
		return err
	}
	// A slot of this name can only be what an `init` left that was killed right here: nothing has read it.
	if err := source.DropSlot(ctx, keeper, j.Slot); err != nil {
		return err
	}
	j.Log.Info("creating the replication slot; this waits for transactions that are open on the source", "slot", j.Slot)
	at, name, err := source.CreateSlot(ctx, keeper, j.Slot)
	if err != nil {
		return err
	}
	j.snapshot = name
	failpoint.Hit("snapshot.after_slot")
	return j.settle(ctx, `UPDATE sync.progress SET applied_lsn = $3::text::pg_lsn, settled_lsn = $3::text::pg_lsn WHERE slot = $1 AND epoch = $2`, at)
}

// resume takes a later snapshot for the pieces that are missing; until the stream has passed it, the
// replica holds rows of several moments.
func (j *job) resume(ctx context.Context, keeper *pgx.Conn) error {
	if _, err := keeper.Exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
		return fmt.Errorf("source: snapshot: %s: %w", link.Scrub(err), err)
	}
	var now string
	err := keeper.QueryRow(ctx, `SELECT pg_catalog.pg_export_snapshot(), (SELECT pg_catalog.pg_current_wal_insert_lsn())::text`).Scan(&j.snapshot, &now)
	if err != nil {
		return fmt.Errorf("source: snapshot: %s: %w", link.Scrub(err), err)
	}
	at, err := pglogrepl.ParseLSN(now)
	if err != nil {
		return err
	}
	return j.settle(ctx, `UPDATE sync.progress SET settled_lsn = greatest(settled_lsn, $3::text::pg_lsn) WHERE slot = $1 AND epoch = $2`, at)
}

func (j *job) settle(ctx context.Context, sql string, at wire.LSN) error {
	tag, err := j.conn.Exec(ctx, sql, j.Slot, j.Epoch, at.String())
	if err != nil {
		return fmt.Errorf("target: record snapshot: %s: %w", link.Scrub(err), err)
	}
	if tag.RowsAffected() != 1 {
		return fault.Unsafef("target: another syncer has taken over slot %q; this one stops", j.Slot)
	}
	return nil
}

func (j *job) mustBeEmpty(ctx context.Context) error {
	for _, t := range j.tables {
		var rows bool
		if err := j.conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+quoted(t)+")").Scan(&rows); err != nil {
			return fmt.Errorf("target: %s: %s: %w", t.FullName(), link.Scrub(err), err)
		}
		if rows {
			return fault.Unsafef("target: table %s already holds rows; empty it, or let `syncer init --resync` replace them", t.FullName())
		}
	}
	return nil
}

// load plans the pieces of each table and copies them with several workers.
func (j *job) load(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	pieces := make(chan piece)
	for range j.Workers {
		g.Go(func() error { return j.worker(ctx, pieces) })
	}
	g.Go(func() error {
		defer close(pieces)
		return j.plan(ctx, pieces)
	})
	return g.Wait()
}

func (j *job) worker(ctx context.Context, pieces <-chan piece) error {
	from, err := link.Open(ctx, j.SourceDSN, link.Options{Name: "source.dsn", Application: "snapshot"})
	if err != nil {
		return err
	}
	defer link.Close(from)
	if err := adopt(ctx, from, j.snapshot); err != nil {
		return err
	}
	to, err := target.Connect(ctx, j.TargetDSN, "snapshot")
	if err != nil {
		return err
	}
	defer link.Close(to)
	for p := range pieces {
		rows, err := j.copy(ctx, from, to, p)
		if err != nil {
			return err
		}
		if err := j.finished(ctx, to, p, rows); err != nil {
			return err
		}
	}
	return nil
}

// adopt makes conn see the exported moment, and nothing of it can change.
func adopt(ctx context.Context, conn *pgx.Conn, snapshot string) error {
	for _, sql := range []string{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET TRANSACTION SNAPSHOT '" + snapshot + "'"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("source: adopt snapshot: %s: %w", link.Scrub(err), err)
		}
	}
	return nil
}

// finished counts a piece and marks the table ready with its last one.
func (j *job) finished(ctx context.Context, to *pgx.Conn, p piece, rows int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	name := p.table.FullName()
	state := j.done[name]
	state.Done, state.Rows = state.Done+1, state.Rows+rows
	if state.Done == state.Pieces {
		failpoint.Hit("snapshot.before_ready")
		if _, err := to.Exec(ctx, `UPDATE sync.tables SET state = 'ready' WHERE slot = $1 AND name = $2`, j.Slot, name); err != nil {
			return fmt.Errorf("target: %s is loaded: %s: %w", name, link.Scrub(err), err)
		}
	}
	if j.OnProgress != nil {
		j.OnProgress(*state)
	}
	return nil
}

func isReady(ctx context.Context, conn *pgx.Conn, slot string, t source.Table) (bool, error) {
	rows, err := conn.Query(ctx, `SELECT state = 'ready' FROM sync.tables WHERE slot = $1 AND name = $2`, slot, t.FullName())
	if err != nil {
		return false, fmt.Errorf("target: %s: %w", link.Scrub(err), err)
	}
	states, err := pgx.CollectRows(rows, pgx.RowTo[bool])
	if err != nil {
		return false, fmt.Errorf("target: %s: %w", link.Scrub(err), err)
	}
	if len(states) == 0 {
		return false, fault.Usagef("target: %s was not prepared; run `syncer init`", t.FullName())
	}
	return slices.Contains(states, true), nil
}

// Collides reports whether err says that rows of different moments stand in each other's way.
func Collides(err error) bool {
	code := link.Code(err)
	return code == "23505" || code == "23P01"
}

// Forget empties a table that is to be loaded from the start.
func Forget(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, t source.Table) error {
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE sync.tables SET state = 'waiting' WHERE slot = $1 AND name = $2
			   AND EXISTS (SELECT FROM sync.progress WHERE slot = $1 AND epoch = $3 FOR SHARE)`, slot, t.FullName(), epoch)
		if err != nil {
			return err
		}
		if tag.RowsAffected() != 1 {
			return fault.Unsafef("another syncer has taken over slot %q; this one stops", slot)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM sync.chunks WHERE slot = $1 AND name = $2`, slot, t.FullName()); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM "+quoted(t))
		return err
	})
	if err != nil {
		return fmt.Errorf("target: forget %s: %s: %w", t.FullName(), link.Scrub(err), err)
	}
	return nil
}
