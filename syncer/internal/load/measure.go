package load

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
)

// extent is how large a table is and where its rows are kept.
type extent struct {
	blocks int64  // of its largest partition
	bytes  int64  // with TOAST, of all
	ranges bool   // the reader's role may name blocks
	files  string // changes when rows move to other blocks without the log telling so
}

// extentSQL measures tables; of a partitioned one it measures all leaves.
const extentSQL = `
	SELECT coalesce(max(pg_catalog.pg_relation_size(l.oid) / current_setting('block_size')::int), 0),
	       coalesce(sum(pg_catalog.pg_table_size(l.oid)), 0)::bigint,
	       bool_or(pg_catalog.has_column_privilege(c.oid, 'ctid', 'SELECT')),
	       left(md5(coalesce(string_agg(l.oid || '.' || pg_catalog.pg_relation_filenode(l.oid), ',' ORDER BY l.oid), '')), 16)
	  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(nsp, rel, n)
	  JOIN pg_catalog.pg_namespace s ON s.nspname = u.nsp
	  JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = u.rel
	  LEFT JOIN LATERAL (
	    SELECT c.oid WHERE c.relkind = 'r'
	     UNION ALL
	    SELECT p.relid FROM pg_catalog.pg_partition_tree(c.oid) p WHERE c.relkind = 'p' AND p.isleaf) l(oid) ON true
	 GROUP BY u.n ORDER BY u.n`

// heldAtOnce is how many tables one message asks to hold.
const heldAtOnce = 100

// measureTables returns the extents of tables, in their order, once their rows can no longer move: the keeper's transaction has
// read each of them, which locks out VACUUM FULL and the like until the load is over. It reads no rows.
func (l *firstLoad) measureTables(ctx context.Context, tables []publisher.Table) ([]extent, error) {
	schemas, names := make([]string, len(tables)), make([]string, len(tables))
	for i, t := range tables {
		schemas[i], names[i] = t.Schema, t.Name
	}
	for some := range slices.Chunk(tables, heldAtOnce) {
		if err := l.holdTables(ctx, some); err != nil {
			return nil, err
		}
	}
	rows, err := l.keeper.Query(ctx, extentSQL, schemas, names)
	if err != nil {
		return nil, link.Fail("source: measure the tables", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e extent, err error) {
		return e, row.Scan(&e.blocks, &e.bytes, &e.ranges, &e.files)
	})
	if err == nil && len(all) != len(tables) {
		err = fmt.Errorf("%d of %d tables are there", len(all), len(tables))
	}
	if err != nil {
		return nil, link.Fail("source: measure the tables", err)
	}
	return all, nil
}

// holdTables takes the lock of a reader on each of the tables.
func (l *firstLoad) holdTables(ctx context.Context, tables []publisher.Table) error {
	var sql strings.Builder
	for _, t := range tables {
		sql.WriteString("SELECT FROM " + t.From() + " LIMIT 0;")
	}
	results := l.keeper.PgConn().Exec(ctx, sql.String())
	held := 0
	for results.NextResult() {
		if _, err := results.ResultReader().Close(); err != nil {
			break
		}
		held++
	}
	if err := results.Close(); err != nil {
		return link.Fail(fmt.Sprintf("source: read %s", tables[min(held, len(tables)-1)].FullName()), err)
	}
	return nil
}
