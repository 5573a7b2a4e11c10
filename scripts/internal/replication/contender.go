package replication

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/scripts/internal/clock"
)

// contender replicates one arena's publication into a database of its own. Between stop and start it holds
// its slot and does nothing.
type contender interface {
	name() string
	slot() string
	replica() *pgx.Conn
	start(ctx context.Context) error
	// stop returns what it cost since start; native replication is part of the servers and counts nothing.
	stop(ctx context.Context) (usage, error)
	// ended is an error when it is no longer at work though nobody stopped it.
	ended(ctx context.Context) error
}

// The names of contenders in the report.
const (
	syncerName  = "syncer"
	nativeName  = "native subscription"
	durableName = "native, waiting for the disk"
)

// arena is one source database with its publication, and the replicas that compete over it.
type arena struct {
	*lab
	database string
	tables   []table
	source   *pgx.Conn
	marker   int64 // id of the last marker
	syncer   *syncer
	native   *native
	proxied  []*syncer // further replicas of the same kind, behind a proxy
}

// newArena makes the source with its rows. Replicas are added by addSyncer, addNative and addFloor.
func (l *lab) newArena(ctx context.Context, database string, tables ...table) (a *arena, err error) {
	l.note("%s: filling the source", database)
	if err := executeOn(ctx, l.source.DSN("postgres"), "create database "+database); err != nil {
		return nil, err
	}
	a = &arena{lab: l, database: database, tables: tables}
	if a.source, err = connect(ctx, l.source.DSN(database)); err != nil {
		return nil, err
	}
	statements := []string{"create schema bench", markerDDL}
	for _, t := range tables {
		statements = append(statements, t.sourceDDL())
		if t.rows > 0 {
			statements = append(statements, t.fill(1, t.rows))
		}
	}
	if err := execute(ctx, a.source, append(statements, "vacuum analyze")...); err != nil {
		closeConn(a.source)
		return nil, err
	}
	return a, nil
}

// close gives up slots, replicas and the source.
func (a *arena) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var err error
	if a.native != nil {
		err = errors.Join(err, a.native.drop(ctx))
	}
	for _, s := range append(a.proxied, a.syncer) {
		if s != nil {
			err = errors.Join(err, s.drop(ctx))
		}
	}
	closeConn(a.source)
	return errors.Join(err, a.dropSource(ctx))
}

func (a *arena) dropSource(ctx context.Context) error {
	admin := a.lab.source.DSN("postgres")
	return executeOn(ctx, admin,
		"select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = '"+a.database+"'",
		"drop database "+a.database+" with (force)")
}

// makeReplica makes a database on the target with the tables, all of them empty.
func (a *arena) makeReplica(ctx context.Context, database string) (*pgx.Conn, error) {
	conn, err := a.makeEmpty(ctx, database)
	if err != nil {
		return nil, err
	}
	statements := []string{"create schema bench", markerDDL}
	for _, t := range a.tables {
		statements = append(statements, t.targetDDL())
	}
	if err := execute(ctx, conn, statements...); err != nil {
		closeConn(conn)
		return nil, err
	}
	return conn, nil
}

// makeEmpty makes a database on the target without tables.
func (a *arena) makeEmpty(ctx context.Context, database string) (*pgx.Conn, error) {
	if err := executeOn(ctx, a.target.DSN("postgres"), "create database "+database); err != nil {
		return nil, err
	}
	return connect(ctx, a.target.DSN(database))
}

// mark commits a marker and returns its id and a position that is not before its commit.
func (a *arena) mark(ctx context.Context) (id int64, lsn string, err error) {
	a.marker++
	if _, err := a.source.Exec(ctx, "insert into bench.marker values ($1)", a.marker); err != nil {
		return 0, "", fmt.Errorf("commit a marker: %w", err)
	}
	lsn, err = a.position(ctx)
	return a.marker, lsn, err
}

func (a *arena) position(ctx context.Context) (lsn string, err error) {
	if err := a.source.QueryRow(ctx, "select pg_current_wal_flush_lsn()::text").Scan(&lsn); err != nil {
		return "", fmt.Errorf("position of the source: %w", err)
	}
	return lsn, nil
}

// How often a waiting bench looks: often at first, when what it waits for may take milliseconds, then seldom,
// so that it takes nothing from what it measures.
const (
	firstPause = time.Millisecond
	lookPause  = 5 * time.Millisecond
	firstPart  = 100 * time.Millisecond
)

// seenLimit bounds every wait for a replica.
const seenLimit = 5 * time.Minute

// seen returns when the replica shows the marker.
func seen(ctx context.Context, c contender, marker int64) error {
	ctx, cancel := context.WithTimeoutCause(ctx, seenLimit, fmt.Errorf("waited %s until %s shows the last row", seenLimit, c.name()))
	defer cancel()
	began := time.Now()
	for looks := 0; ; looks++ {
		var there bool
		if err := c.replica().QueryRow(ctx, "select exists (select from bench.marker where id = $1)", marker).Scan(&there); err != nil {
			return fmt.Errorf("%s: look for the marker: %w", c.name(), cause(ctx, err))
		}
		if there {
			return nil
		}
		if looks%64 == 0 {
			if err := c.ended(ctx); err != nil {
				return err
			}
		}
		if time.Since(began) < firstPart {
			clock.Sleep(firstPause)
		} else {
			clock.Sleep(lookPause)
		}
	}
}

// cause prefers why ctx ended to that it did.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// confirmed returns when the contender has told the source that it holds everything before lsn.
func (a *arena) confirmed(ctx context.Context, c contender, lsn string) error {
	return a.slotIs(ctx, c, "confirmed_flush_lsn >= '"+lsn+"'", "confirms "+lsn)
}

// idle returns when nobody reads from the contender's slot.
func (a *arena) idle(ctx context.Context, c contender) error {
	return a.slotIs(ctx, c, "not active", "lets go of its slot")
}

func (a *arena) slotIs(ctx context.Context, c contender, condition, what string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, fmt.Errorf("waited a minute until %s %s", c.name(), what))
	defer cancel()
	for {
		var ok bool
		err := a.source.QueryRow(ctx, "select "+condition+" from pg_replication_slots where slot_name = $1", c.slot()).Scan(&ok)
		if err != nil {
			return fmt.Errorf("slot %s: %w", c.slot(), cause(ctx, err))
		}
		if ok {
			return nil
		}
		clock.Sleep(4 * lookPause)
	}
}

// halt stops a contender and waits until its slot is free.
func (a *arena) halt(ctx context.Context, c contender) (usage, error) {
	u, err := c.stop(ctx)
	if err != nil {
		return u, err
	}
	return u, a.idle(ctx, c)
}

// settle brings every slot to the present: what a leg measures later is the same for all. It takes two turns,
// because a slot's restart position follows the position confirmed in the turn before.
func (a *arena) settle(ctx context.Context, all ...contender) error {
	for range 2 {
		if err := a.checkpoint(ctx); err != nil {
			return err
		}
		marker, lsn, err := a.mark(ctx)
		if err != nil {
			return err
		}
		for _, c := range all {
			if err := a.catchUpTo(ctx, c, marker, lsn); err != nil {
				return err
			}
		}
	}
	return a.tidy(ctx, all...)
}

func (a *arena) catchUpTo(ctx context.Context, c contender, marker int64, lsn string) error {
	if f, ok := c.(*floor); ok {
		return f.advance(ctx, lsn)
	}
	if err := c.start(ctx); err != nil {
		return err
	}
	if err := seen(ctx, c, marker); err != nil {
		return err
	}
	if err := a.confirmed(ctx, c, lsn); err != nil {
		return err
	}
	_, err := a.halt(ctx, c)
	return err
}

// tidy leaves nobody with another's dead rows, full buffers or a checkpoint that is due.
func (a *arena) tidy(ctx context.Context, all ...contender) error {
	if err := execute(ctx, a.source, "vacuum analyze"); err != nil {
		return err
	}
	for _, c := range all {
		if c.replica() == nil {
			continue
		}
		if err := execute(ctx, c.replica(), "vacuum analyze"); err != nil {
			return err
		}
	}
	return a.checkpoint(ctx)
}

// backlog is how many bytes of WAL the slot's reader has to go through.
func (a *arena) backlog(ctx context.Context, c contender) (bytes int64, err error) {
	err = a.source.QueryRow(ctx, `select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), restart_lsn)::bigint
		from pg_replication_slots where slot_name = $1`, c.slot()).Scan(&bytes)
	if err != nil {
		return 0, fmt.Errorf("slot %s: %w", c.slot(), err)
	}
	return bytes, nil
}

// equal compares the contender's replica with the projection of the source: number of rows and the sum of a
// 64-bit hash of each.
func (a *arena) equal(ctx context.Context, c contender) error {
	for _, t := range a.tables {
		var want, have string
		if err := a.source.QueryRow(ctx, t.digest(filter)).Scan(&want); err != nil {
			return fmt.Errorf("hash of the source: %w", cause(ctx, err))
		}
		if err := c.replica().QueryRow(ctx, t.digest("true")).Scan(&have); err != nil {
			return fmt.Errorf("hash of %s: %w", c.name(), cause(ctx, err))
		}
		if want != have {
			return fmt.Errorf("%s is wrong, so its time is worth nothing: bench.%s has %s (rows, hash), the source %s", c.name(), t.name, have, want)
		}
	}
	return nil
}

func (t table) digest(where string) string {
	return fmt.Sprintf(`select count(*) || ', ' || coalesce(sum(hashtextextended(row(%s)::text, 0)::numeric), 0) from bench.%s where %s`, listed, t.name, where)
}

// turn is the order of round n: everybody is first as often as the others.
func turn[T any](all []T, n int) []T {
	n %= len(all)
	return append(append(make([]T, 0, len(all)), all[n:]...), all[:n]...)
}
