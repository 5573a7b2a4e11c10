package snapshot

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
)

// Collides reports whether err says that rows of different moments stand in each other's way.
func Collides(err error) bool {
	code := link.Code(err)
	return code == "23505" || code == "23P01"
}

// Forget empties a table, so that the next load brings it from the start. It does nothing when another syncer has
// taken over.
func Forget(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, t Table) error {
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE sync.tables SET state = 'waiting', since = now() WHERE slot = $1 AND name = $2
			   AND EXISTS (SELECT FROM sync.progress WHERE slot = $1 AND epoch = $3 FOR SHARE)`, slot, t.FullName(), epoch)
		if err != nil {
			return err
		}
		if tag.RowsAffected() != 1 {
			return fault.Unsafef("target: another syncer has taken over slot %q; this one stops", slot)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM sync.pieces WHERE slot = $1 AND name = $2`, slot, t.FullName()); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM "+t.into())
		return err
	})
	if err != nil && link.Code(err) != "" {
		return link.Fail("target: forget "+t.FullName(), err)
	}
	return err
}
