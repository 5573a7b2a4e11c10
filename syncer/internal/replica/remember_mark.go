package replica

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// RememberMark records a table's mark, unless a command has raised the generation since: that command recorded the mark to start
// from itself. The note of which transaction last emptied the whole table stays beside it.
func RememberMark(ctx context.Context, conn *pgx.Conn, slot string, epoch, generation int64, table string, m wire.Mark) error {
	_, err := conn.Exec(ctx, `
		UPDATE sync.tables t SET published = $5, catalog = $7, harm = $8,
		       leaves = $6 || CASE WHEN starts_with($6, 'p') THEN coalesce(substring(t.leaves FROM $9), '') ELSE '' END
		  FROM sync.progress p
		 WHERE p.slot = $1 AND p.epoch = $2 AND p.generation = $3 AND t.slot = $1 AND t.name = $4
		   AND (t.published, regexp_replace(t.leaves, $9, ''), t.catalog, t.harm) IS DISTINCT FROM ($5, $6, $7, $8)`,
		slot, epoch, generation, table, int64(m.Published), m.Leaves, m.Catalog, m.Harm, wire.EmptiedPattern)
	if err != nil {
		return link.Fail("target: remember "+table, err)
	}
	return nil
}
