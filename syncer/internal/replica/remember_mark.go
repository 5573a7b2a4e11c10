package replica

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// RememberMark records a table's mark, unless a command has raised the generation since: that command recorded the mark to start
// from itself. Where the leaves are the same as before a TRUNCATE that was applied meanwhile, the reader has not seen it yet, and
// that it was applied stays noted.
func RememberMark(ctx context.Context, conn *pgx.Conn, slot string, epoch, generation int64, table string, m wire.Mark) error {
	_, err := conn.Exec(ctx, `
		UPDATE sync.tables t SET published = $5, leaves = CASE t.leaves WHEN $6 || $9 THEN t.leaves ELSE $6 END, catalog = $7, harm = $8
		  FROM sync.progress p
		 WHERE p.slot = $1 AND p.epoch = $2 AND p.generation = $3 AND t.slot = $1 AND t.name = $4
		   AND (t.published, t.leaves, t.catalog, t.harm) IS DISTINCT FROM ($5, $6, $7, $8)`,
		slot, epoch, generation, table, int64(m.Published), m.Leaves, m.Catalog, m.Harm, wire.MarkEmptied)
	if err != nil {
		return link.Fail("target: remember "+table, err)
	}
	return nil
}
