package swap

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

// sqlBrief bounds how long a leftover is waited for: a session of the process that was killed may still end.
const sqlBrief = `SET LOCAL lock_timeout = '2s'`

// DropLeftovers drops those shadows whose tables are swapped in: what is killed between the commit of a swap and the drop of
// its shadow leaves a copy of the table behind. It returns the names of these tables.
func DropLeftovers(ctx context.Context, conn *pgx.Conn, slot string, shadows []*Shadow) ([]string, error) {
	there, err := collectNames(ctx, conn, `
		SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		 WHERE n.nspname = $1 AND c.relkind = 'r'`, ShadowSchema)
	if err != nil || len(there) == 0 {
		return nil, err
	}
	ready, err := collectNames(ctx, conn, `SELECT name FROM sync.tables WHERE slot = $1 AND state = 'ready'`, slot)
	if err != nil {
		return nil, err
	}
	var dropped []string
	for _, s := range shadows {
		if !slices.Contains(ready, s.FullName()) || !slices.ContainsFunc(s.ownTables(), func(name string) bool { return slices.Contains(there, name) }) {
			continue
		}
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			return s.runSQL(ctx, tx, append([]string{sqlBrief}, s.dropSQL()...)...)
		})
		if err != nil {
			return dropped, err
		}
		dropped = append(dropped, s.FullName())
	}
	return dropped, nil
}

func collectNames(ctx context.Context, conn *pgx.Conn, sql, arg string) ([]string, error) {
	rows, err := conn.Query(ctx, sql, arg)
	if err != nil {
		return nil, link.Fail("target: look for shadows that are left", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, link.Fail("target: look for shadows that are left", err)
	}
	return names, nil
}
