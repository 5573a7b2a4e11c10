package prepare

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// empty deletes a table's rows if the table is still there.
func empty(ctx context.Context, tx pgx.Tx, name string) error {
	schema, table, _ := strings.Cut(name, ".")
	sql := relation.Quote(schema, table)
	var there bool
	if err := tx.QueryRow(ctx, `SELECT pg_catalog.to_regclass($1) IS NOT NULL`, sql).Scan(&there); err != nil {
		return link.Fail("target", err)
	}
	if !there {
		return nil
	}
	if _, err := tx.Exec(ctx, "DELETE FROM "+sql); err != nil {
		return link.Fail(fmt.Sprintf("target: empty %s", name), err)
	}
	return nil
}
