package publisher

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// How a source that was restored from a backup is recognised, as far as that is possible:
//
//   - Recovery to a point in time, promotion: another timeline. pg_basebackup: no slot.
//   - Its files put back as they were (a copy of the stopped server, a snapshot of the machine): same system, same
//     timeline, and the slot as it was then, confirmed only up to that moment. While its log is shorter than what
//     the replica holds, that is enough. Once it has grown beyond, its log between the slot's position and the
//     replica's tells: it must hold the last transaction that the replica applied, at that position and of that
//     microsecond, and none after it. After an ordinary crash the slot stands back too, and the log does hold it.
//   - Put back to a moment after the slot had confirmed all that the replica holds: nothing is lost, nothing to tell.

const historyDeadline = 10 * time.Minute

// CheckHistory compares the source's log with what the replica has applied, if the slot is behind the replica.
func CheckHistory(ctx context.Context, conn *pgx.Conn, slotName, publication string, have wire.Have) error {
	if have.Applied == 0 || have.LastEnd == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyDeadline)
	defer cancel()
	slot, err := ReadSlot(ctx, conn, slotName)
	if err != nil || !slot.Here || slot.Plugin != "pgoutput" || slot.Status == "lost" || slot.Confirmed >= have.Applied {
		return nil //nolint:nilerr // CheckPosition says what is wrong
	}
	var shorter bool
	if err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_current_wal_flush_lsn() < $1::text::pg_lsn`, have.Applied.String()).Scan(&shorter); err != nil || shorter {
		return nil //nolint:nilerr // CheckPosition says what is wrong
	}
	last, err := lastCommit(ctx, conn, slotName, publication, have.Applied)
	if err != nil {
		return err
	}
	if last.End == 0 && have.LastEnd <= slot.Confirmed || last.End == have.LastEnd && last.Time.Equal(have.LastAt) {
		return nil
	}
	return ResyncError("the source's log up to %s is not the one that the replica was made from: its last transaction there ends at %s (%s), the replica's at %s (%s); the source was restored from a backup",
		have.Applied, last.End, formatTime(last.Time), have.LastEnd, formatTime(have.LastAt))
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return t.UTC().Format("2006-01-02 15:04:05.000000Z")
}

// lastCommit returns the last transaction up to at that the slot would still send. It does not move the slot.
func lastCommit(ctx context.Context, conn *pgx.Conn, slot, publication string, at wire.LSN) (wire.Commit, error) {
	rows, err := conn.Query(ctx, `
		SELECT data FROM pg_catalog.pg_logical_slot_peek_binary_changes($1, $2::text::pg_lsn, NULL, 'proto_version', '1', 'publication_names', $3)
		 WHERE length(data) = 26 AND get_byte(data, 0) = 67 ORDER BY lsn`, slot, at.String(), relation.Quote(publication))
	var last wire.Commit
	var data []byte
	if err == nil {
		_, err = pgx.ForEachRow(rows, []any{&data}, func() error {
			if c := commitOf(data); c.End <= at && c.End > last.End {
				last = c
			}
			return nil
		})
	}
	if err != nil {
		return last, link.Fail(fmt.Sprintf("source: look at the log of slot %s", slot), err)
	}
	return last, nil
}

// commitOf reads a Commit message of pgoutput: kind, flags, position of the record, its end, microseconds since 2000.
func commitOf(data []byte) wire.Commit {
	microseconds := int64(binary.BigEndian.Uint64(data[18:])) //nolint:gosec // signed on the wire
	return wire.Commit{
		End:  wire.LSN(binary.BigEndian.Uint64(data[10:])),
		Time: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(microseconds) * time.Microsecond),
	}
}
