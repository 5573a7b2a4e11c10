package prepare

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// emptyTable deletes a table's rows if the table is still there.
func emptyTable(ctx context.Context, tx pgx.Tx, name string) error {
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

// eraseColumns removes the values of columns that may no longer leave from the target's table, if it still has them.
func eraseColumns(ctx context.Context, tx pgx.Tx, name string, columns []string) error {
	schema, table, _ := strings.Cut(name, ".")
	info, err := relation.Inspect(ctx, tx, schema, table)
	if errors.Is(err, relation.ErrMissing) {
		return nil
	}
	if err != nil {
		return link.Fail("target", err)
	}
	var sets, tests []string
	for _, column := range columns {
		if c, ok := info.Column(column); ok && !c.Generated {
			sets = append(sets, relation.Quote(column)+" = DEFAULT")
			tests = append(tests, relation.Quote(column)+" IS NOT NULL")
		}
	}
	if len(sets) == 0 {
		return nil
	}
	sql := "UPDATE " + info.SQL() + " SET " + strings.Join(sets, ", ") + " WHERE " + strings.Join(tests, " OR ")
	if _, err := tx.Exec(ctx, sql); err != nil {
		return targetError("erase columns of "+name+" that are no longer listed", err)
	}
	return nil
}

// unlistedColumns returns, by table, the recorded columns that the whitelist no longer lists.
func (d Difference) unlistedColumns(list *whitelist.List) map[string][]string {
	gone := map[string][]string{}
	for _, t := range list.Tables {
		if r, ok := d.recordedAs(t.FullName()); ok {
			if extra := namesWithout(r.Columns, t.Columns); len(extra) > 0 {
				gone[r.Name] = extra
			}
		}
	}
	return gone
}
