// Package snapshot is the writing side of a first load: it opens lanes to the reader, each of which gets pieces
// of tables as the bytes of COPY, and puts them into COPY on the target, never parsed. A piece is recorded in
// the transaction that holds its rows and acknowledged once that is committed, so a load that was killed goes on
// with the pieces that are missing.
//
// The pieces of one load show one moment of the source. Those of a load that goes on show a later one; the
// stream, which starts at the first, then brings everything to one again (sync.progress.settled_lsn).
//
// It never speaks to the source. It may import apply, replica, swap, indexes, relation, failpoint, link, wire and
// pgx.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/indexes"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// Options say where pieces come from and where they go.
type Options struct {
	DSN    string // of the target
	Slot   string
	Epoch  int64  // of the claim under which the load runs
	Digest string // of the whitelist
	Lanes  int    // how many pieces are loaded at a time
	// MaxRow is the longest row, in bytes, that is taken of a stream; 0 means wire.DefaultRow.
	MaxRow int
	// Dial opens a connection to the reader.
	Dial func(context.Context) (net.Conn, error)
	// DialLane opens one that only brings rows; nil means Dial.
	DialLane func(context.Context) (net.Conn, error)
	// Tables are the whitelisted ones, each at its number.
	Tables []Table
	// Indexes puts the indexes of large tables aside until their rows are there; nil leaves them where they are.
	Indexes *indexes.Owner
	// OnProgress hears of each table a few times a second; nil is allowed. It is never called twice at a time.
	OnProgress func(Progress)
	// OnBuild hears true when nothing more is awaited of the reader and only the target works, for a while that grows
	// with what was loaded; nil is allowed.
	OnBuild func(bool)
	Log     *slog.Logger
}

// Table is where a whitelisted table's rows go.
type Table struct {
	Schema, Name string
	Columns      []string
	// Shadow, when not "", is the quoted name of a table that gets the rows instead. Its pieces are recorded in the table Pieces,
	// quoted; "": nowhere.
	Shadow string
	Pieces string
}

// FullName is "schema.name", as in sync.tables.
func (t Table) FullName() string { return t.Schema + "." + t.Name }

func (t Table) intoSQL() string {
	if t.Shadow != "" {
		return t.Shadow
	}
	return relation.Quote(t.Schema, t.Name)
}

// Progress is how far one table is.
type Progress struct {
	Table  string
	Done   int // pieces
	Pieces int
	Rows   int64
	Bytes  int64 // that came
	Total  int64 // about what there is on the source's disk, as far as is known
}

// job is one run of a load.
type job struct {
	Options
	hello   wire.Hello
	resumed bool // other pieces on the target may be of an earlier moment

	mu    sync.Mutex
	done  map[string]*Progress
	shown time.Time
}

// Run loads everything that the hello's session offers. conn holds the claim; have is what the target told the
// reader. It returns when every piece is durable and every table marked ready.
func Run(ctx context.Context, o Options, conn *pgx.Conn, have wire.Have, hello wire.Hello) error {
	j := &job{Options: o, hello: hello, resumed: have.Applied != 0, done: map[string]*Progress{}}
	if err := j.recordMoment(ctx, conn); err != nil {
		return err
	}
	if err := j.runLanes(ctx); err != nil {
		return err
	}
	o.noteBuilding()
	if o.Indexes != nil {
		if err := o.Indexes.Restore(ctx, conn); err != nil {
			return err
		}
	}
	failpoint.Hit("snapshot.before_ready")
	return j.markReady(ctx, conn)
}

func (o *Options) noteBuilding() {
	if o.OnBuild != nil {
		o.OnBuild(true)
	}
}

// Shadow loads one session into shadows.
func Shadow(ctx context.Context, o Options, hello wire.Hello) error {
	j := &job{Options: o, hello: hello, done: map[string]*Progress{}}
	return j.runLanes(ctx)
}

// RestOfShadow loads what one table's shadow lacks beside the pieces that an interrupted load has brought.
func RestOfShadow(ctx context.Context, o Options, hello wire.Hello, t Table, pieces int) error {
	j := &job{Options: o, hello: hello, resumed: true, done: map[string]*Progress{t.FullName(): {Table: t.FullName(), Done: pieces}}}
	return j.runLanes(ctx)
}

func (j *job) runLanes(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for range j.Lanes {
		g.Go(func() error { return j.runLane(ctx) })
	}
	return g.Wait()
}

// lookedAtOnce is how many tables one question looks into.
const lookedAtOnce = 100

// MustBeEmpty refuses to load for the first time into tables that hold rows: whose they are nobody knows.
func MustBeEmpty(ctx context.Context, conn *pgx.Conn, tables []Table) error {
	for some := range slices.Chunk(tables, lookedAtOnce) {
		looks := make([]string, len(some))
		for i, t := range some {
			looks[i] = fmt.Sprintf("SELECT %d WHERE EXISTS (SELECT FROM %s)", i, t.intoSQL())
		}
		var full int
		err := conn.QueryRow(ctx, strings.Join(looks, " UNION ALL ")+" LIMIT 1").Scan(&full)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
		case err != nil:
			return link.Fail("target: look whether the tables are empty", err)
		default:
			return fault.Unsafef("target: table %s already holds rows; empty it, or let `syncer init --resync` replace them", some[full].FullName())
		}
	}
	return nil
}

// recordMoment records the moment from which the stream will continue, before the first row of it is loaded.
func (j *job) recordMoment(ctx context.Context, conn *pgx.Conn) error {
	if !j.resumed {
		if err := MustBeEmpty(ctx, conn, j.Tables); err != nil {
			return err
		}
	}
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE sync.progress SET applied_lsn = coalesce(applied_lsn, $3::text::pg_lsn),
			       settled_lsn = greatest(settled_lsn, $4::text::pg_lsn)
			 WHERE slot = $1 AND epoch = $2`, j.Slot, j.Epoch, j.hello.Start.String(), j.hello.Settled.String())
		if err != nil {
			return err
		}
		if tag.RowsAffected() != 1 {
			return j.fencedError()
		}
		_, err = tx.Exec(ctx, `UPDATE sync.tables SET state = 'copying', since = now() WHERE slot = $1 AND state = 'waiting'`, j.Slot)
		return err
	})
	if err != nil {
		return targetError("record the snapshot", err)
	}
	return j.countEarlierPieces(ctx, conn)
}

// countEarlierPieces counts what earlier runs have loaded.
func (j *job) countEarlierPieces(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `SELECT name, count(*), sum(rows)::bigint FROM sync.pieces WHERE slot = $1 GROUP BY name`, j.Slot)
	if err != nil {
		return targetError("read pieces", err)
	}
	var p Progress
	_, err = pgx.ForEachRow(rows, []any{&p.Table, &p.Done, &p.Rows}, func() error {
		copied := p
		j.done[p.Table] = &copied
		return nil
	})
	if err != nil {
		return targetError("read pieces", err)
	}
	return nil
}

// markReady marks the tables ready, all at once: from here on they only change by the stream.
func (j *job) markReady(ctx context.Context, conn *pgx.Conn) error {
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := j.guardTables(ctx, tx); err != nil {
			return err
		}
		if aside, err := indexes.Aside(ctx, tx, j.Slot); err != nil || len(aside) > 0 {
			return errors.Join(err, asideError(aside))
		}
		if _, err := tx.Exec(ctx, `DELETE FROM sync.pieces WHERE slot = $1`, j.Slot); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE sync.tables SET state = 'ready', joined = true, since = now() WHERE slot = $1 AND state = 'copying'`, j.Slot)
		return err
	})
	if err != nil {
		return targetError("the tables are loaded", err)
	}
	return nil
}

// asideError keeps a table without its key from being called ready.
func asideError(aside []indexes.Index) error {
	if len(aside) == 0 {
		return nil
	}
	return fault.Unsafef("target: the tables are loaded, but still without %s; run `syncer init`, which makes them", indexes.Names(aside))
}

// guardTables fails when another writer has claimed the slot, and keeps others from doing so until tx ends.
func (j *job) guardTables(ctx context.Context, tx pgx.Tx) error {
	var mine bool
	err := tx.QueryRow(ctx, `SELECT epoch = $2 FROM sync.progress WHERE slot = $1 FOR SHARE`, j.Slot, j.Epoch).Scan(&mine)
	if err == nil && !mine {
		err = j.fencedError()
	}
	return err
}

func (j *job) fencedError() error {
	return fault.Unsafef("target: another syncer has taken over slot %q; this one stops", j.Slot)
}

func targetError(what string, err error) error {
	if link.Code(err) == "" {
		return fmt.Errorf("target: %s: %w", what, err)
	}
	return link.Fail(fmt.Sprintf("target: %s", what), err)
}
