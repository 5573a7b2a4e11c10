package relation

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Queryer is a connection or a transaction.
type Queryer interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ErrMissing says that there is no such table.
var ErrMissing = errors.New("no such table")

// Inspect reads what the catalog knows of schema.name.
func Inspect(ctx context.Context, db Queryer, schema, name string) (*Table, error) {
	t := &Table{Schema: schema, Name: name}
	var oid uint32
	var kind, identity, persistence string
	err := db.QueryRow(ctx, `
		SELECT c.oid, c.relkind::text, c.relreplident::text, c.relpersistence::text, c.relrowsecurity,
		       pg_catalog.pg_total_relation_size(c.oid)
		  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		 WHERE n.nspname = $1 AND c.relname = $2`, schema, name).
		Scan(&oid, &kind, &identity, &persistence, &t.RowSecurity, &t.Bytes)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("%s.%s: %w", schema, name, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("inspect %s.%s: %w", schema, name, err)
	}
	t.Kind, t.Identity, t.Persistent = kind[0], Identity(identity[0]), persistence == "p"
	if t.Columns, err = columns(ctx, db, oid); err != nil {
		return nil, fmt.Errorf("inspect columns of %s: %w", t.FullName(), err)
	}
	if err = t.indexes(ctx, db, oid); err != nil {
		return nil, fmt.Errorf("inspect indexes of %s: %w", t.FullName(), err)
	}
	if t.Kind != 'p' {
		return t, nil
	}
	if t.OddPartitions, err = oddPartitions(ctx, db, oid); err != nil {
		return nil, fmt.Errorf("inspect partitions of %s: %w", t.FullName(), err)
	}
	return t, nil
}

// oddPartitions names the leaves whose own identity is not DEFAULT: an UPDATE looks at the partition's identity,
// never at that of the table it belongs to.
func oddPartitions(ctx context.Context, db Queryer, root uint32) ([]string, error) {
	rows, err := db.Query(ctx, `
		SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
		  FROM pg_catalog.pg_partition_tree($1::oid::regclass) AS p
		  JOIN pg_catalog.pg_class c ON c.oid = p.relid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		 WHERE p.isleaf AND c.relreplident <> 'd' ORDER BY 1`, root)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func columns(ctx context.Context, db Queryer, oid uint32) ([]Column, error) {
	rows, err := db.Query(ctx, `
		SELECT attname::text, pg_catalog.format_type(atttypid, atttypmod), attnotnull,
		       atthasdef, attgenerated <> '', attidentity <> '', attidentity = 'a'
		  FROM pg_catalog.pg_attribute
		 WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped
		 ORDER BY attnum`, oid)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Column])
}

func (t *Table) indexes(ctx context.Context, db Queryer, oid uint32) error {
	rows, err := db.Query(ctx, `
		SELECT i.indisprimary, i.indisreplident, (SELECT quote_ident(x.relname) FROM pg_catalog.pg_class x WHERE x.oid = i.indexrelid),
		       ARRAY(SELECT a.attname::text
		               FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
		               JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
		              WHERE k.n <= i.indnkeyatts ORDER BY k.n)
		  FROM pg_catalog.pg_index i
		 WHERE i.indrelid = $1 AND i.indisunique AND i.indimmediate AND i.indisvalid
		   AND i.indpred IS NULL AND i.indexprs IS NULL
		 ORDER BY i.indisprimary DESC, i.indexrelid`, oid)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var primary, ident bool
		var index string
		var names []string
		if err := rows.Scan(&primary, &ident, &index, &names); err != nil {
			return err
		}
		t.Unique, t.UniqueIndexes = append(t.Unique, names), append(t.UniqueIndexes, index)
		if primary {
			t.PrimaryKey = names
		}
		if primary && t.Identity == IdentityDefault || ident && t.Identity == IdentityIndex {
			t.IdentityColumns = names
		}
	}
	return rows.Err()
}
