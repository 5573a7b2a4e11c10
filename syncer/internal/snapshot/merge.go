package snapshot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portal.example/syncer/internal/relation"
)

// mergePiece moves a staged piece of a later moment to the rows of earlier ones. Where two cannot stand beside each
// other, under the same key or any other unique or excluding constraint, the staged row is left out: both cannot
// have been so at the earlier moment, at which the other one was; so the staged row has changed since, and the
// stream brings it.
func (n *lane) mergePiece(ctx context.Context, t Table, columns string) error {
	var deferred []string
	if t.Shadow == "" { // whose indexes are never deferrable
		var err error
		if deferred, err = n.readDeferrable(ctx, t); err != nil {
			return err
		}
	}
	sql := fmt.Sprintf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM pg_temp.piece AS p", t.intoSQL(), columns, columns)
	if len(deferred) == 0 {
		sql += " ON CONFLICT DO NOTHING"
	} else {
		sql += " WHERE NOT EXISTS (SELECT FROM " + t.intoSQL() + " AS t WHERE " + strings.Join(deferred, " OR ") + ")"
	}
	if _, err := n.to.Exec(ctx, sql); err != nil {
		return err
	}
	_, err := n.to.Exec(ctx, "DROP TABLE pg_temp.piece")
	return err
}

// readDeferrable returns, for a table with a deferrable unique constraint, which ON CONFLICT does not take, what
// makes a row t stand in the way of a row p; nil for every other table.
func (n *lane) readDeferrable(ctx context.Context, t Table) ([]string, error) {
	rows, err := n.to.Query(ctx, `
		SELECT i.indimmediate,
		       ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
		               JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
		              WHERE k.n <= i.indnkeyatts ORDER BY k.n)
		  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
		  JOIN pg_catalog.pg_namespace ns ON ns.oid = c.relnamespace
		 WHERE ns.nspname = $1 AND c.relname = $2 AND i.indisunique AND i.indexprs IS NULL AND i.indpred IS NULL`, t.Schema, t.Name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tests []string
	found := false
	for rows.Next() {
		var immediate bool
		var names []string
		if err := rows.Scan(&immediate, &names); err != nil {
			return nil, err
		}
		found = found || !immediate
		if slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(t.Columns, name) }) {
			continue // of a column that is the target's own
		}
		pairs := make([]string, len(names))
		for i, name := range names {
			pairs[i] = "t." + relation.Quote(name) + " = p." + relation.Quote(name)
		}
		tests = append(tests, "("+strings.Join(pairs, " AND ")+")")
	}
	if !found {
		tests = nil
	}
	return tests, rows.Err()
}
