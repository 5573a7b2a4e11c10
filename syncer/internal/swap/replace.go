package swap

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// Replace replaces the rows of the whole replica by those of the shadows, which are all of one moment of the source. It does so in
// one transaction, which also records where the stream continues. Until it commits, readers see the old replica.
func Replace(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, shadows []*Shadow, start, settled wire.LSN) error {
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, s := range slices.Backward(shadows) { // referring tables before the tables they refer to
			if _, err := tx.Exec(ctx, (&Swap{shadow: s}).deleteSQL(false)); err != nil {
				return err
			}
		}
		for _, s := range shadows {
			if _, err := (&Swap{shadow: s, tx: tx}).mergeRows(ctx); err != nil {
				return err
			}
		}
		if err := recordWhole(ctx, tx, slot, epoch, start, settled); err != nil {
			return err
		}
		failpoint.Hit("swap.before_replace")
		return nil
	})
	if err != nil && link.Code(err) != "" {
		return link.Fail("target: replace the replica", err)
	}
	if err == nil {
		failpoint.Hit("swap.after_replace")
	}
	return err
}

// recordWhole records that the replica is what the source was at start.
func recordWhole(ctx context.Context, tx pgx.Tx, slot string, epoch int64, start, settled wire.LSN) error {
	tag, err := tx.Exec(ctx, `
		UPDATE sync.progress SET applied_lsn = $3::text::pg_lsn, settled_lsn = $4::text::pg_lsn WHERE slot = $1 AND epoch = $2`,
		slot, epoch, start.String(), settled.String())
	if err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return fault.Unsafef("target: another syncer has taken over slot %q; this one stops", slot)
	}
	_, err = tx.Exec(ctx, `UPDATE sync.tables SET state = 'ready', joined = true, error = NULL, since = clock_timestamp() WHERE slot = $1`, slot)
	return err
}
