package relation

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Comparison names the operators that a unique index compares a column by, ready for SQL. They need not be the ones that = and >= find:
// an extension's types have theirs in another schema, and may be compared as something else without it.
type Comparison struct {
	Equal   string
	AtLeast string // >=
}

// Comparisons returns those of every column of the table's unique indexes.
func Comparisons(ctx context.Context, db Queryer, schema, name string) (map[string]Comparison, error) {
	rows, err := db.Query(ctx, `
		SELECT a.attname::text, s.nspname::text, o.oprname::text, so.nspname::text, oo.oprname::text
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
		  JOIN pg_catalog.pg_amop least ON least.amopfamily = oc.opcfamily AND least.amopstrategy = 4
		       AND least.amoplefttype = oc.opcintype AND least.amoprighttype = oc.opcintype
		  JOIN pg_catalog.pg_operator oo ON oo.oid = least.amopopr
		  JOIN pg_catalog.pg_namespace so ON so.oid = oo.oprnamespace
		 WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND k.n <= i.indnkeyatts
		 ORDER BY i.indisprimary`, schema, name)
	if err != nil {
		return nil, fmt.Errorf("operators of %s.%s: %w", schema, name, err)
	}
	all := map[string]Comparison{}
	var column, equalIn, equal, leastIn, least string
	_, err = pgx.ForEachRow(rows, []any{&column, &equalIn, &equal, &leastIn, &least}, func() error {
		all[column] = Comparison{Equal: operator(equalIn, equal), AtLeast: operator(leastIn, least)}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("operators of %s.%s: %w", schema, name, err)
	}
	return all, nil
}

func operator(schema, name string) string { return "OPERATOR(" + Quote(schema) + "." + name + ")" }
