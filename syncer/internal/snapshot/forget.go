package snapshot

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
)

// Collides reports whether err is a conflict between rows of different moments.
func Collides(err error) bool {
	code := link.Code(err)
	return code == "23505" || code == "23P01"
}

// Forget records that a table must be loaded from the start, beside the stream. Its rows stay until the new ones are swapped in, and
// the stream ignores it until then. It does nothing if another syncer has taken over.
func Forget(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, t Table) error {
	tag, err := conn.Exec(ctx, `
		UPDATE sync.tables SET state = 'joining', joined = false, since = now() WHERE slot = $1 AND name = $2
		   AND EXISTS (SELECT FROM sync.progress WHERE slot = $1 AND epoch = $3 FOR SHARE)`, slot, t.FullName(), epoch)
	if err != nil {
		return link.Fail("target: forget "+t.FullName(), err)
	}
	if tag.RowsAffected() != 1 {
		return fault.Unsafef("target: another syncer has taken over slot %q; this one stops", slot)
	}
	return nil
}
