package publisher

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// A table that joins has a slot of its own, so that its stream can go on after an interruption. It keeps log as every
// slot does, so nobody may leave it behind: it goes with the join's end, and whatever is there of joins that are over
// goes when the next stream begins, and with the slot of the replica.

// JoinSlot names the slot of a table, "schema.name", that is loaded beside the stream of slot.
func JoinSlot(slot, table string) string { return joinPrefix(slot) + hash(table, 6) }

// joinPrefix begins the names of all such slots, and of no other replica's.
func joinPrefix(slot string) string {
	const room = 40 // of PostgreSQL's 63
	if len(slot) > room {
		slot = slot[:room-9] + "_" + hash(slot, 4)
	}
	return slot + "_join_"
}

// joinSlots matches their names.
func joinSlots(slot string) string { return "^" + regexp.QuoteMeta(joinPrefix(slot)) + "[0-9a-f]{12}$" }

// ReadJoinLog returns the most log that the source keeps for a slot of a table that joins, and how much may still be written
// before the first of them is lost: -1 without a limit, or without such slots.
func ReadJoinLog(ctx context.Context, db relation.Queryer, slot string) (retained, safe int64, err error) {
	err = db.QueryRow(ctx, `
		SELECT coalesce(max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn)), 0)::bigint,
		       CASE WHEN min(safe_wal_size) IS NULL THEN -1 ELSE greatest(min(safe_wal_size), 0) END
		  FROM pg_catalog.pg_replication_slots
		 WHERE slot_name::text ~ $1 AND plugin = 'pgoutput' AND database = pg_catalog.current_database() AND wal_status <> 'lost'`,
		joinSlots(slot)).Scan(&retained, &safe)
	if err != nil {
		return 0, -1, link.Fail("source: read slots of tables that join", err)
	}
	return retained, safe, nil
}

func hash(text string, bytes int) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:bytes])
}

// DropJoinSlots drops those of slot but for keep and those that somebody reads, and returns their names.
func DropJoinSlots(ctx context.Context, db relation.Queryer, slot string, keep []string) ([]string, error) {
	rows, err := db.Query(ctx, `
		SELECT slot_name::text FROM pg_catalog.pg_replication_slots
		 WHERE NOT active AND plugin = 'pgoutput' AND database = pg_catalog.current_database() AND slot_name::text ~ $1 AND NOT slot_name::text = ANY ($2)`,
		joinSlots(slot), append([]string{}, keep...))
	var names []string
	if err == nil {
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		return nil, link.Fail("source: look for slots of tables that have joined", err)
	}
	for i, name := range names {
		var nothing any
		err := db.QueryRow(ctx, `SELECT pg_catalog.pg_drop_replication_slot($1)::text`, name).Scan(&nothing)
		if code := link.Code(err); err != nil && code != "42704" {
			return names[:i], link.Fail(fmt.Sprintf("source: drop replication slot %s", name), err)
		}
	}
	return names, nil
}
