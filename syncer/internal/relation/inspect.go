package relation

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Queryer is a connection or a transaction.
type Queryer interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ErrMissing says that there is no such table.
var ErrMissing = errors.New("no such table")

// Name is a table's name with its schema.
type Name struct{ Schema, Name string }

// inspectSQL is one question for many tables, because the other node may be far away.
const inspectSQL = `
	SELECT u.at::int - 1, c.oid, c.relkind::text, c.relreplident::text, c.relpersistence = 'p', c.relrowsecurity, pg_catalog.pg_total_relation_size(c.oid),
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
	       ` + oddPartitions + `,
	       CASE WHEN c.relkind = 'p' THEN ARRAY(` + leafNames + ` AND l.relkind <> 'f' AND l.relpersistence <> 'p' ORDER BY 1) END,
	       CASE WHEN c.relkind = 'p' THEN ARRAY(` + leafNames + ` AND l.relkind = 'f' ORDER BY 1) END,
	       CASE WHEN c.relispartition THEN ARRAY(SELECT p.relid::oid FROM pg_catalog.pg_partition_ancestors(c.oid) AS p WHERE p.relid <> c.oid) END
	  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(schema, name, at)
	  JOIN pg_catalog.pg_namespace n ON n.nspname = u.schema
	  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = u.name`

// oddPartitions names the leaves whose own identity is not DEFAULT: an UPDATE looks at the partition's identity,
// never at that of the table it belongs to.
const oddPartitions = `
	       CASE WHEN c.relkind = 'p' THEN ARRAY(` + leafNames + ` AND l.relreplident <> 'd' AND l.relkind <> 'f' ORDER BY 1) END`

// leafNames begins a question for those of a table's leaves that something holds for.
const leafNames = `
	         SELECT pg_catalog.format('%I.%I', m.nspname, l.relname)
	           FROM pg_catalog.pg_partition_tree(c.oid) AS p
	           JOIN pg_catalog.pg_class l ON l.oid = p.relid JOIN pg_catalog.pg_namespace m ON m.oid = l.relnamespace
	          WHERE p.isleaf`

// unique is an index that ON CONFLICT may use.
type unique struct {
	Primary, Identity bool
	Name              string // quoted
	Columns           []string
}

// Inspect reads what the catalog knows of schema.name.
func Inspect(ctx context.Context, db Queryer, schema, name string) (*Table, error) {
	all, err := InspectAll(ctx, db, []Name{{schema, name}})
	if err != nil {
		return nil, err
	}
	if all[0] == nil {
		return nil, fmt.Errorf("%s.%s: %w", schema, name, ErrMissing)
	}
	return all[0], nil
}

// inspectAtOnce is how many tables one question asks for: their descriptions stay below the limit of an answer even
// when each has all the columns that PostgreSQL allows.
const inspectAtOnce = 64

// InspectAll reads what the catalog knows of each of the tables; nil for one that does not exist.
func InspectAll(ctx context.Context, db Queryer, names []Name) ([]*Table, error) {
	all := make([]*Table, 0, len(names))
	for some := range slices.Chunk(names, inspectAtOnce) {
		tables, err := inspectSome(ctx, db, some)
		if err != nil && len(names) == 1 {
			return nil, fmt.Errorf("inspect %s.%s: %w", names[0].Schema, names[0].Name, err)
		}
		if err != nil {
			return nil, fmt.Errorf("inspect tables: %w", err)
		}
		all = append(all, tables...)
	}
	return all, nil
}

func inspectSome(ctx context.Context, db Queryer, names []Name) ([]*Table, error) {
	tables := make([]*Table, len(names))
	schemas, bare := make([]string, len(names)), make([]string, len(names))
	for i, n := range names {
		schemas[i], bare[i] = n.Schema, n.Name
	}
	rows, err := db.Query(ctx, inspectSQL, schemas, bare)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		t := &Table{}
		var at int
		var kind, identity string
		var indexes []unique
		if err := rows.Scan(&at, &t.OID, &kind, &identity, &t.Persistent, &t.RowSecurity, &t.Bytes, &t.Columns, &indexes, &t.OddPartitions, &t.UnloggedPartitions, &t.ForeignPartitions, &t.Ancestors); err != nil {
			return nil, err
		}
		t.Schema, t.Name, t.Kind, t.Identity = names[at].Schema, names[at].Name, kind[0], Identity(identity[0])
		t.index(indexes)
		tables[at] = t
	}
	return tables, rows.Err()
}

// index notes what the unique indexes mean for the table.
func (t *Table) index(indexes []unique) {
	for _, i := range indexes {
		t.Unique, t.UniqueIndexes = append(t.Unique, i.Columns), append(t.UniqueIndexes, i.Name)
		if i.Primary {
			t.PrimaryKey = i.Columns
		}
		if i.Primary && t.Identity == IdentityDefault || i.Identity && t.Identity == IdentityIndex {
			t.IdentityColumns = i.Columns
		}
	}
}
