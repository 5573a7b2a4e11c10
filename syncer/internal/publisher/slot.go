package publisher

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// System identifies the source, with its current position.
type System struct {
	ID       string
	Timeline int32
	Flushed  wire.LSN
}

// Identify asks for the server's identity on a replication connection.
func Identify(ctx context.Context, repl *pgx.Conn) (System, error) {
	r, err := pglogrepl.IdentifySystem(ctx, repl.PgConn())
	if err != nil {
		return System{}, link.Fail("identify source", err)
	}
	return System{ID: r.SystemID, Timeline: r.Timeline, Flushed: r.XLogPos}, nil
}

// Slot is a replication slot as the source describes it.
type Slot struct {
	Plugin    string
	Database  string
	Here      bool // it belongs to the database that was asked
	Active    bool
	Status    string // reserved, extended, unreserved, lost
	Confirmed wire.LSN
	Retained  int64 // bytes of log kept for it
	Safe      int64 // bytes of log that may still be written before it is lost; -1 without a limit
}

// ErrNoSlot says that the slot does not exist.
var ErrNoSlot = errors.New("no such replication slot")

// ReadSlot reads the state of the slot.
func ReadSlot(ctx context.Context, db relation.Queryer, name string) (Slot, error) {
	var s Slot
	if err := RefuseStandby(ctx, db); err != nil {
		return s, err
	}
	var confirmed string
	err := db.QueryRow(ctx, `
		SELECT plugin::text, coalesce(database::text, ''), database IS NOT DISTINCT FROM current_database(), active, coalesce(wal_status, ''),
		       coalesce(confirmed_flush_lsn, '0/0')::text,
		       coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn), 0)::bigint,
		       CASE WHEN safe_wal_size IS NULL AND wal_status <> 'lost' THEN -1 ELSE greatest(safe_wal_size, 0) END
		  FROM pg_catalog.pg_replication_slots WHERE slot_name = $1`, name).
		Scan(&s.Plugin, &s.Database, &s.Here, &s.Active, &s.Status, &confirmed, &s.Retained, &s.Safe)
	if errors.Is(err, pgx.ErrNoRows) {
		return s, ErrNoSlot
	}
	if err != nil {
		return s, link.Fail("read slot "+name, err)
	}
	s.Confirmed, err = pglogrepl.ParseLSN(confirmed)
	return s, err
}

// Position is what the target has recorded about the source.
type Position struct {
	SystemID string
	Timeline int32
	Applied  wire.LSN
}

// ResyncError makes an error that only a new load can answer.
func ResyncError(format string, args ...any) error {
	return fault.Unsafef("RESYNC REQUIRED: %s; nothing was changed. Load the replica anew with `syncer init --resync`",
		fmt.Sprintf(format, args...))
}

// CheckPosition refuses to stream if the slot and the target's progress do not belong together: streaming would silently lose or
// repeat transactions.
func CheckPosition(ctx context.Context, db relation.Queryer, name string, now System, at Position) error {
	s, err := ReadSlot(ctx, db, name)
	switch {
	case err != nil && !errors.Is(err, ErrNoSlot):
		return err
	case err != nil && another(now, at) == nil:
		return AsLost(ResyncError("replication slot %q is gone from the source", name))
	case err != nil:
		return another(now, at)
	case s.Status == "lost" && another(now, at) == nil:
		return AsLost(ResyncError("replication slot %q is lost: the source kept less log (max_slot_wal_keep_size) than the syncer was behind", name))
	case s.Plugin != "pgoutput":
		return fault.Unsafef("source: replication slot %q belongs to plugin %q; choose another source.slot", name, s.Plugin)
	case !s.Here:
		return ResyncError("replication slot %q belongs to database %q, source.dsn names another one", name, s.Database)
	case another(now, at) != nil:
		return another(now, at)
	case s.Confirmed > at.Applied:
		return ResyncError("the slot has moved to %s, beyond what the target holds (%s): the target was restored from a backup, or something else read the slot", s.Confirmed, at.Applied)
	}
	return nil
}

// another says why the source is not the one that the replica was made from; nil when it may be.
func another(now System, at Position) error {
	switch {
	case now.ID != at.SystemID:
		return ResyncError("the source is another server than the replica was loaded from (system %s, was %s)", now.ID, at.SystemID)
	case now.Timeline != at.Timeline:
		return ResyncError("the source's timeline changed from %d to %d: it was restored or failed over", at.Timeline, now.Timeline)
	case at.Applied > now.Flushed:
		return ResyncError("the target holds changes up to %s, the source only has %s: the source was restored from a backup", at.Applied, now.Flushed)
	}
	return nil
}

// CreateSlot creates the slot. Its snapshot can be used until repl runs its next command.
func CreateSlot(ctx context.Context, repl *pgx.Conn, name string) (wire.LSN, string, error) {
	r, err := pglogrepl.CreateReplicationSlot(ctx, repl.PgConn(), name, "pgoutput",
		pglogrepl.CreateReplicationSlotOptions{Mode: pglogrepl.LogicalReplication, SnapshotAction: "EXPORT_SNAPSHOT"})
	if err != nil {
		return 0, "", link.Fail(fmt.Sprintf("source: create replication slot %s", name), err)
	}
	lsn, err := pglogrepl.ParseLSN(r.ConsistentPoint)
	return lsn, r.SnapshotName, err
}

// DropSlot drops the slot if it exists.
func DropSlot(ctx context.Context, repl *pgx.Conn, name string) error {
	return dropSlot(ctx, repl, name, false)
}

// DropSlotWhenFree is DropSlot for one whose reader may need a moment to end.
func DropSlotWhenFree(ctx context.Context, repl *pgx.Conn, name string) error {
	return dropSlot(ctx, repl, name, true)
}

func dropSlot(ctx context.Context, repl *pgx.Conn, name string, wait bool) error {
	err := pglogrepl.DropReplicationSlot(ctx, repl.PgConn(), name, pglogrepl.DropReplicationSlotOptions{Wait: wait})
	if err == nil || link.Code(err) == "42704" {
		return nil
	}
	return link.Fail(fmt.Sprintf("source: drop replication slot %s", name), err)
}

// CurrentPosition returns a position that everything committed before now is below, and makes sure the stream will pass it.
func CurrentPosition(ctx context.Context, db relation.Queryer) (wire.LSN, error) {
	if err := RefuseStandby(ctx, db); err != nil {
		return 0, err
	}
	var text string
	err := db.QueryRow(ctx, `SELECT pg_catalog.pg_logical_emit_message(true, 'syncer', '')::text`).Scan(&text)
	if err != nil {
		return 0, link.Fail("source: current position", err)
	}
	return pglogrepl.ParseLSN(text)
}
