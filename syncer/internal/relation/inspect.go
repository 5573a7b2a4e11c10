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

// inspectSQL is one question, because the other node may be far away.
const inspectSQL = `
	SELECT c.relkind::text, c.relreplident::text, c.relpersistence = 'p', c.relrowsecurity, pg_catalog.pg_total_relation_size(c.oid),
	       (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
	                 'Name', attname, 'Type', pg_catalog.format_type(atttypid, atttypmod), 'NotNull', attnotnull, 'HasDefault', atthasdef,
	                 'Generated', attgenerated <> '', 'Identity', attidentity <> '', 'Always', attidentity = 'a') ORDER BY attnum), '[]')
	          FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
	       (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
	                 'Primary', i.indisprimary, 'Identity', i.indisreplident,
	                 'Name', (SELECT quote_ident(x.relname) FROM pg_catalog.pg_class x WHERE x.oid = i.indexrelid),
	                 'Columns', ARRAY(SELECT a.attname::text
	                                    FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
	                                    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
	                                   WHERE k.n <= i.indnkeyatts ORDER BY k.n)) ORDER BY i.indisprimary DESC, i.indexrelid), '[]')
	          FROM pg_catalog.pg_index i
	         WHERE i.indrelid = c.oid AND i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL),
	       ` + oddPartitions + `
	  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	 WHERE n.nspname = $1 AND c.relname = $2`

// oddPartitions names the leaves whose own identity is not DEFAULT: an UPDATE looks at the partition's identity,
// never at that of the table it belongs to.
const oddPartitions = `
	       CASE WHEN c.relkind = 'p' THEN ARRAY(
	         SELECT pg_catalog.format('%I.%I', m.nspname, l.relname)
	           FROM pg_catalog.pg_partition_tree(c.oid) AS p
	           JOIN pg_catalog.pg_class l ON l.oid = p.relid JOIN pg_catalog.pg_namespace m ON m.oid = l.relnamespace
	          WHERE p.isleaf AND l.relreplident <> 'd' ORDER BY 1) END`

// unique is an index that ON CONFLICT may use.
type unique struct {
	Primary, Identity bool
	Name              string // quoted
	Columns           []string
}

// Inspect reads what the catalog knows of schema.name.
func Inspect(ctx context.Context, db Queryer, schema, name string) (*Table, error) {
	t := &Table{Schema: schema, Name: name}
	var kind, identity string
	var indexes []unique
	err := db.QueryRow(ctx, inspectSQL, schema, name).
		Scan(&kind, &identity, &t.Persistent, &t.RowSecurity, &t.Bytes, &t.Columns, &indexes, &t.OddPartitions)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("%s.%s: %w", schema, name, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("inspect %s.%s: %w", schema, name, err)
	}
	t.Kind, t.Identity = kind[0], Identity(identity[0])
	for _, i := range indexes {
		t.Unique, t.UniqueIndexes = append(t.Unique, i.Columns), append(t.UniqueIndexes, i.Name)
		if i.Primary {
			t.PrimaryKey = i.Columns
		}
		if i.Primary && t.Identity == IdentityDefault || i.Identity && t.Identity == IdentityIndex {
			t.IdentityColumns = i.Columns
		}
	}
	return t, nil
}
