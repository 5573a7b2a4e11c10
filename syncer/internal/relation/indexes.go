package relation

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Index is any index of a table, also one that is broken or of no use to us.
type Index struct {
	Name        string // unquoted; it lies in the table's schema
	Columns     []string
	Valid       bool // false after CREATE INDEX CONCURRENTLY has failed, and while it is at work
	Unique      bool
	Immediate   bool // not DEFERRABLE
	Plain       bool // covers all rows by columns alone: neither partial nor over expressions
	Btree       bool
	Primary     bool
	Identity    bool // marked as the replica identity, in force or not
	Constrained bool // belongs to a constraint
}

// Covers reports whether the index is over exactly these columns, in any order.
func (i Index) Covers(columns []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(i.Columns)), slices.Sorted(slices.Values(columns)))
}

// NamesRows reports whether PostgreSQL takes the index for a replica identity, once its columns are NOT NULL.
func (i Index) NamesRows() bool { return i.Valid && i.Unique && i.Immediate && i.Plain && i.Btree }

const indexesSQL = `
	SELECT u.n::int - 1, x.relname::text,
	       ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
	               JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
	              WHERE k.n <= i.indnkeyatts ORDER BY k.n),
	       i.indisvalid AND i.indisready AND i.indislive, i.indisunique, i.indimmediate, i.indpred IS NULL AND i.indexprs IS NULL,
	       m.amname = 'btree', i.indisprimary, i.indisreplident,
	       EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = x.oid)
	  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(nsp, rel, n)
	  JOIN pg_catalog.pg_namespace s ON s.nspname = u.nsp
	  JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = u.rel
	  JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
	  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
	  JOIN pg_catalog.pg_am m ON m.oid = x.relam
	 ORDER BY 1, x.oid`

// Indexes returns all indexes of the tables schemas[i].names[i], by i.
func Indexes(ctx context.Context, db Queryer, schemas, names []string) ([][]Index, error) {
	all := make([][]Index, len(names))
	rows, err := db.Query(ctx, indexesSQL, schemas, names)
	if err != nil {
		return nil, fmt.Errorf("read indexes: %w", err)
	}
	var at int
	var i Index
	_, err = pgx.ForEachRow(rows, []any{&at, &i.Name, &i.Columns, &i.Valid, &i.Unique, &i.Immediate, &i.Plain, &i.Btree, &i.Primary, &i.Identity, &i.Constrained}, func() error {
		i.Columns = slices.Clone(i.Columns)
		all[at] = append(all[at], i)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read indexes: %w", err)
	}
	return all, nil
}

// Taken returns which of the names a relation of the schema has already, as "schema.name".
func Taken(ctx context.Context, db Queryer, schemas, names []string) (map[string]bool, error) {
	rows, err := db.Query(ctx, `
		SELECT u.nsp || '.' || u.rel FROM unnest($1::text[], $2::text[]) AS u(nsp, rel)
		  JOIN pg_catalog.pg_namespace s ON s.nspname = u.nsp
		  JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = u.rel`, schemas, names)
	var found []string
	if err == nil {
		found, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		return nil, fmt.Errorf("read names: %w", err)
	}
	taken := make(map[string]bool, len(found))
	for _, name := range found {
		taken[name] = true
	}
	return taken, nil
}
