package relation

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Equality returns, by column of a unique index, the operator that the index compares by, ready for SQL. It need not be the
// one that = finds: an extension's types have theirs in another schema, and may be compared as something else without it.
func Equality(ctx context.Context, db Queryer, schema, name string) (map[string]string, error) {
	rows, err := db.Query(ctx, `
		SELECT a.attname::text, s.nspname::text, o.oprname::text
		  FROM pg_catalog.pg_index i
		  JOIN pg_catalog.pg_class c ON c.oid = i.indrelid AND c.relname = $2
		  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1
		  CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) WITH ORDINALITY AS k(attnum, class, n)
		  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
		  JOIN pg_catalog.pg_opclass oc ON oc.oid = k.class
		  JOIN pg_catalog.pg_amop am ON am.amopfamily = oc.opcfamily AND am.amopstrategy = 3
		       AND am.amoplefttype = oc.opcintype AND am.amoprighttype = oc.opcintype
		  JOIN pg_catalog.pg_operator o ON o.oid = am.amopopr
		  JOIN pg_catalog.pg_namespace s ON s.oid = o.oprnamespace
		 WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND k.n <= i.indnkeyatts
		 ORDER BY i.indisprimary`, schema, name)
	if err != nil {
		return nil, fmt.Errorf("operators of %s.%s: %w", schema, name, err)
	}
	equal := map[string]string{}
	var column, in, operator string
	_, err = pgx.ForEachRow(rows, []any{&column, &in, &operator}, func() error {
		equal[column] = "OPERATOR(" + Quote(in) + "." + operator + ")"
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("operators of %s.%s: %w", schema, name, err)
	}
	return equal, nil
}
