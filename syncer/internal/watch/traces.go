package watch

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// sight is what one look at the catalog shows of a listed table, beside its partitions.
type sight struct {
	trace     trace
	unlogged  bool
	identity  relation.Identity
	key       []string // columns of the identity in force
	ancestors []uint32 // the partitioned tables it belongs to
	types     []uint32 // of its listed columns, those that are not built in
}

// sightsSQL asks one question for all tables, from the catalog alone: it needs no rights on them and waits for no lock.
const sightsSQL = `
	SELECT u.at::int - 1, c.oid, c.relpersistence <> 'p', c.relreplident::text,
	       CASE WHEN c.relispartition THEN ARRAY(SELECT p.relid::oid FROM pg_catalog.pg_partition_ancestors(c.oid) p WHERE p.relid <> c.oid) END,
	       ARRAY(SELECT a.attname::text FROM pg_catalog.pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
	                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.n <= i.indnkeyatts
	              WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident END),
	       k.columns, k.types
	  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS u(nsp, rel, listed, at)
	  JOIN pg_catalog.pg_namespace n ON n.nspname = u.nsp
	  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = u.rel
	  CROSS JOIN LATERAL (
	       SELECT coalesce(json_object_agg(a.attname, a.attnum || '.' || a.atttypid || '.' || a.atttypmod || '.' || a.attcollation), '{}') AS columns,
	              array_agg(a.atttypid) FILTER (WHERE a.atttypid >= 16384) AS types
	         FROM pg_catalog.pg_attribute a
	        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	          AND a.attname IN (SELECT l FROM json_array_elements_text(u.listed::json) l)) k
	 ORDER BY 1`

// readSights looks at each of the tables; one that is not there is nil.
func readSights(ctx context.Context, db relation.Queryer, tables []publisher.Table) ([]*sight, error) {
	all := make([]*sight, len(tables))
	schemas, names, listed := make([]string, len(tables)), make([]string, len(tables)), make([]string, len(tables))
	for i, t := range tables {
		columns, err := json.Marshal(t.Columns)
		if err != nil {
			return nil, err
		}
		schemas[i], names[i], listed[i] = t.Schema, t.Name, string(columns)
	}
	rows, err := db.Query(ctx, sightsSQL, schemas, names, listed)
	if err != nil {
		return nil, link.Fail("source: look at the tables", err)
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var at int
		var identity string
		s := &sight{}
		err := row.Scan(&at, &s.trace.Table, &s.unlogged, &identity, &s.ancestors, &s.key, &s.trace.Columns, &s.types)
		if err == nil {
			s.identity = relation.Identity(identity[0])
			all[at] = s
		}
		return struct{}{}, err
	})
	if err == nil {
		err = readTypes(ctx, db, all)
	}
	if err != nil {
		return nil, link.Fail("source: look at the tables", err)
	}
	return all, nil
}

// typesSQL follows types that are not built in to those they are made of.
const typesSQL = `
	WITH RECURSIVE used(root, typ) AS (
	  SELECT u, u FROM unnest($1::oid[]) u
	  UNION
	  SELECT used.root, x.typ FROM used JOIN pg_catalog.pg_type t ON t.oid = used.typ
	   CROSS JOIN LATERAL (
	         SELECT t.typelem WHERE t.typelem <> 0
	         UNION ALL SELECT t.typbasetype WHERE t.typbasetype <> 0
	         UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid
	         UNION ALL SELECT r.rngtypid FROM pg_catalog.pg_range r WHERE r.rngmultitypid = t.oid
	         UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE t.typrelid <> 0 AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
	       ) AS x(typ) WHERE x.typ >= 16384)
	SELECT used.root, 'e' || e.oid, e.xmin || ' ' || e.enumsortorder || ' ' || left(md5(e.enumlabel), 12)
	  FROM used JOIN pg_catalog.pg_enum e ON e.enumtypid = used.typ
	UNION ALL
	SELECT used.root, 'a' || t.oid || '.' || a.attnum, a.atttypid || '.' || a.atttypmod
	  FROM used JOIN pg_catalog.pg_type t ON t.oid = used.typ AND t.typrelid <> 0
	  JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped`

// readTypes adds to each trace what its columns' own types are made of.
func readTypes(ctx context.Context, db relation.Queryer, sights []*sight) error {
	used := map[uint32]map[string]string{}
	var roots []uint32
	for _, s := range sights {
		if s == nil {
			continue
		}
		for _, oid := range s.types {
			if used[oid] == nil {
				used[oid], roots = map[string]string{}, append(roots, oid)
			}
		}
	}
	if len(roots) == 0 {
		return nil
	}
	rows, err := db.Query(ctx, typesSQL, roots)
	if err != nil {
		return fmt.Errorf("types: %w", err)
	}
	var root uint32
	var part, is string
	if _, err := pgx.ForEachRow(rows, []any{&root, &part, &is}, func() error { used[root][part] = is; return nil }); err != nil {
		return fmt.Errorf("types: %w", err)
	}
	for _, s := range sights {
		if s == nil {
			continue
		}
		for _, oid := range s.types {
			for part, is := range used[oid] {
				if s.trace.Types == nil {
					s.trace.Types = map[string]string{}
				}
				s.trace.Types[part] = is
			}
		}
	}
	return nil
}
