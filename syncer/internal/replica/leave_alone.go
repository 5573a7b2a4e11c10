package replica

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

// LeaveAlone makes the stream ignore a table that is being loaded anew until it is loaded. It returns false if the table is not
// being loaded or is ignored already.
func LeaveAlone(ctx context.Context, conn *pgx.Conn, slot string, epoch int64, table string) (bool, error) {
	tag, err := conn.Exec(ctx, `
		UPDATE sync.tables SET joined = false WHERE slot = $1 AND name = $3 AND state = 'joining' AND joined
		   AND EXISTS (SELECT FROM sync.progress WHERE slot = $1 AND epoch = $2)`, slot, epoch, table)
	if err != nil {
		return false, link.Fail("target: leave a table alone", err)
	}
	return tag.RowsAffected() > 0, nil
}
