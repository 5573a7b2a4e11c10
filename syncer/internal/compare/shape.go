package compare

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// shape is how to read a table on both sides.
type shape struct {
	publisher.Table
	from, to *side
	ranged   bool  // blocks are ranges of the key; otherwise buckets of its hash
	estimate int64 // rows of the source, roughly
}

// side is how to read the table on one side.
type side struct {
	name      string // source or target
	named     string // the table's quoted name
	table     string // for FROM
	base      string // the whitelisted projection as a subquery
	columns   []string
	key       []keyColumn
	bytes     int64
	pages     int64 // of the table itself, of its largest partition if it has some
	rows      int64
	places    bool // ctid may be read, so that a pass can be divided
	indexed   bool // an index begins with the key, in its types' own order
	condition string
}

// keyColumn is a column of the key as one side has it.
type keyColumn struct {
	Name     string
	Type     string
	Operator string // schema of the type's comparison operators: not always in the search path
	Nullable bool
	Order    string  // describes how the type sorts; "" when that cannot be said
	Lying    float64 // how far rows lie in the column's order, 0 to 1; -1 when that is not known
}

// unfit says why a table cannot be compared as it is.
type unfit struct{ finding relation.Finding }

func (u *unfit) Error() string { return u.finding.String() }

func newShape(ctx context.Context, m *moment, t publisher.Table, id int, blockBytes int64) (shape, error) {
	findings := t.Judge()
	if !anyRefused(findings) {
		var err error
		if findings, err = prepare.Wanted(t, id).Judge(ctx, m.target); err != nil {
			return shape{}, link.Fail("target", err)
		}
	}
	for _, f := range findings {
		if f.Level == relation.Refuse || f.Level == relation.Todo && f.Side == "target" {
			return shape{}, &unfit{f}
		}
	}
	info, err := relation.Inspect(ctx, m.target, t.Schema, t.Name)
	if err != nil {
		return shape{}, link.Fail("target", err)
	}
	only := t
	only.Info = info
	s := shape{
		Table: t,
		from:  newSide("source", t.From(), t.Condition(), t),
		to:    newSide("target", only.From(), "true", t),
	}
	err = onBothSides(
		func() error { return s.from.inspectColumns(ctx, m.source, t) },
		func() error { return s.to.inspectColumns(ctx, m.target, t) })
	s.ranged = s.from.sortsLike(s.to) && s.from.liesInOrder(blockBytes) && s.to.liesInOrder(blockBytes)
	s.estimate = s.from.rows
	return s, err
}

func anyRefused(findings []relation.Finding) bool {
	return slices.ContainsFunc(findings, func(f relation.Finding) bool { return f.Level == relation.Refuse })
}

func newSide(name, table, condition string, t publisher.Table) *side {
	return &side{
		name: name, named: relation.Quote(t.Schema, t.Name), table: table, columns: t.Columns, condition: condition,
		base: "(SELECT " + relation.QuoteList("", t.Columns) + " FROM " + table + " WHERE " + condition + ")",
	}
}

const sideSQL = `
	SELECT pg_total_relation_size(c.oid), pg_relation_size(c.oid) / current_setting('block_size')::bigint, greatest(c.reltuples, 0)::bigint
	  FROM pg_class c WHERE c.oid = $1::text::regclass AND c.relkind <> 'p'
	UNION ALL
	SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint,
	       coalesce(max(pg_relation_size(c.oid)) / current_setting('block_size')::bigint, 0)::bigint, coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint
	  FROM pg_partition_tree($1::text::regclass) p JOIN pg_class c ON c.oid = p.relid
	 WHERE p.isleaf AND (SELECT relkind FROM pg_class WHERE oid = $1::text::regclass) = 'p'
	 HAVING (SELECT relkind FROM pg_class WHERE oid = $1::text::regclass) = 'p'`

// keySQL describes the key's columns. Order tells collations apart by provider, name and version, and enums by
// their labels; types whose order depends on yet others (arrays, composites, ranges, nested domains) have none.
const keySQL = `
	SELECT a.attname::text, format_type(a.atttypid, a.atttypmod),
	       coalesce((SELECT n.nspname::text FROM pg_opclass oc
	                   JOIN pg_am am ON am.oid = oc.opcmethod AND am.amname = 'btree'
	                   JOIN pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amoplefttype = oc.opcintype
	                    AND ao.amoprighttype = oc.opcintype AND ao.amopstrategy = 1
	                   JOIN pg_operator o ON o.oid = ao.amopopr JOIN pg_namespace n ON n.oid = o.oprnamespace
	                  WHERE oc.opcdefault AND oc.opcintype = b.oid), 'pg_catalog'),
	       NOT a.attnotnull,
	       coalesce(CASE
	         WHEN b.typtype = 'e' THEN (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = b.oid)
	         WHEN b.typtype <> 'b' OR b.typcategory = 'A' THEN NULL
	         WHEN a.attcollation = 0 THEN b.typname::text
	         WHEN a.attcollation = 100 THEN b.typname || (
	           SELECT ' ' || concat_ws(' ', to_jsonb(d)->>'datlocprovider', d.datcollate, d.datctype,
	                                   to_jsonb(d)->>'daticulocale', to_jsonb(d)->>'datlocale', pg_database_collation_actual_version(d.oid))
	             FROM pg_database d WHERE d.datname = current_database())
	         ELSE (SELECT CASE WHEN l.collisdeterministic THEN concat_ws(' ', b.typname, l.collprovider, l.collcollate, l.collctype,
	                                  to_jsonb(l)->>'colliculocale', to_jsonb(l)->>'colllocale', pg_collation_actual_version(l.oid)) END
	                 FROM pg_collation l WHERE l.oid = a.attcollation)
	       END, ''),
	       coalesce((SELECT min(abs(s.correlation)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	                   JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
	                  WHERE c.oid = a.attrelid), -1)::float8
	  FROM unnest($2::text[]) WITH ORDINALITY AS w(name, n)
	  JOIN pg_attribute a ON a.attrelid = $1::text::regclass AND a.attname = w.name AND NOT a.attisdropped
	  JOIN pg_type t ON t.oid = a.atttypid
	  JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
	 ORDER BY w.n`

// indexSQL looks for an index whose first columns are the key's, in that order, sorting as the types do.
const indexSQL = `
	SELECT EXISTS (
	  SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam AND am.amname = 'btree'
	   WHERE i.indrelid = $1::text::regclass AND i.indisvalid AND i.indpred IS NULL AND (
	     SELECT bool_and(coalesce(k.attnum = a.attnum AND k.option = 0 AND k.coll = a.attcollation AND oc.opcdefault, false))
	       FROM unnest($2::text[]) WITH ORDINALITY AS w(name, n)
	       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = w.name AND NOT a.attisdropped
	       LEFT JOIN unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[], i.indoption::int2[])
	                 WITH ORDINALITY AS k(attnum, class, coll, option, n) ON k.n = w.n
	       LEFT JOIN pg_opclass oc ON oc.oid = k.class))`

func (s *side) inspectColumns(ctx context.Context, db relation.Queryer, t publisher.Table) error {
	name := s.named
	if err := db.QueryRow(ctx, sideSQL, name).Scan(&s.bytes, &s.pages, &s.rows); err != nil {
		return err
	}
	rows, err := db.Query(ctx, keySQL, name, t.Key)
	if err != nil {
		return err
	}
	if s.key, err = pgx.CollectRows(rows, pgx.RowToStructByPos[keyColumn]); err != nil {
		return err
	}
	if err := db.QueryRow(ctx, `SELECT has_column_privilege($1::text, 'ctid', 'SELECT')`, name).Scan(&s.places); err != nil {
		return err
	}
	return db.QueryRow(ctx, indexSQL, name, t.Key).Scan(&s.indexed)
}

// movedSQL compares where the rows were stored at the snapshot's moment with where they are now.
const movedSQL = `
	SELECT EXISTS (SELECT FROM pg_class c
	   WHERE (c.oid = $1::text::regclass OR c.oid IN (SELECT relid FROM pg_partition_tree($1::text::regclass)))
	     AND c.relkind = 'r' AND c.relfilenode <> pg_relation_filenode(c.oid))`

// wasMoved reports whether the table was truncated or rewritten since the snapshot of db: older snapshots then see nothing
// of what was there. Locks against it would keep the application or the stream waiting for as long as a comparison takes.
func (s *side) wasMoved(ctx context.Context, db relation.Queryer) (moved bool, err error) {
	err = db.QueryRow(ctx, movedSQL, s.named).Scan(&moved)
	return moved, err
}

// wereMoved asks both sides; see side.moved.
func (s *shape) wereMoved(ctx context.Context, source, target relation.Queryer) (bool, error) {
	var here, there bool
	err := onBothSides(
		func() (err error) { here, err = s.from.wasMoved(ctx, source); return err },
		func() (err error) { there, err = s.to.wasMoved(ctx, target); return err })
	return here || there, err
}

// sortsLike reports whether ranges of the key are quick to find and about the same on both sides.
func (s *side) sortsLike(other *side) bool {
	if !s.indexed || !other.indexed || len(s.key) != len(other.key) {
		return false
	}
	for i, k := range s.key {
		o := other.key[i]
		if k.Order == "" || k.Order != o.Order || k.Nullable || o.Nullable || k.Operator != s.key[0].Operator || o.Operator != other.key[0].Operator {
			return false
		}
	}
	return true
}

// liesInOrder reports whether a range of keys is also a stretch of the table, so that no page is read for many blocks. Of a
// table of few blocks that does not matter.
func (s *side) liesInOrder(blockBytes int64) bool {
	return s.bytes <= fewBlocks*blockBytes || !slices.ContainsFunc(s.key, func(k keyColumn) bool { return k.Lying < 0.9 })
}

const fewBlocks = 16

// keyNames are the key's columns with prefix before each.
func (s *side) keyNames(prefix string) string {
	all := make([]string, len(s.key))
	for i, k := range s.key {
		all[i] = prefix + relation.Quote(k.Name)
	}
	return strings.Join(all, ", ")
}

// keyTexts is the key of t as text[].
func (s *side) keyTexts() string {
	all := make([]string, len(s.key))
	for i, k := range s.key {
		all[i] = "t." + relation.Quote(k.Name) + "::text"
	}
	return "ARRAY[" + strings.Join(all, ", ") + "]"
}

// rowText is the projection as one text; no two different rows have the same.
func (s *side) rowText() string { return "ROW(" + relation.QuoteList("t.", s.columns) + ")::text" }

// withinSQL is the condition that the key lies after low and not after high, with the arguments of both.
func (s *side) withinSQL(low, high key) (string, []any) {
	tests, args := []string{"true"}, []any{}
	bound := func(operator string, k key) {
		if k == nil {
			return
		}
		values := make([]string, len(s.key))
		for i, c := range s.key {
			values[i] = fmt.Sprintf("$%d::text::%s", len(args)+i+1, c.Type)
		}
		tests = append(tests, fmt.Sprintf("ROW(%s) OPERATOR(%s.%s) ROW(%s)",
			s.keyNames("t."), relation.Quote(s.key[0].Operator), operator, strings.Join(values, ", ")))
		args = append(args, k.args()...)
	}
	bound(">", low)
	bound("<=", high)
	return strings.Join(tests, " AND "), args
}

// sameKeySQL is the condition that the key of t equals the values of x, columns k1, k2 and so on as text.
func (s *side) sameKeySQL() string {
	tests := make([]string, len(s.key))
	for i, k := range s.key {
		name, value := "t."+relation.Quote(k.Name), fmt.Sprintf("x.k%d", i+1)
		tests[i] = fmt.Sprintf("%s OPERATOR(%s.=) %s::%s", name, relation.Quote(k.Operator), value, k.Type)
		if k.Nullable {
			tests[i] = fmt.Sprintf("(%s OR %s IS NULL AND %s IS NULL)", tests[i], name, value)
		}
	}
	return strings.Join(tests, " AND ")
}

// givenKeysSQL is a row source x(k1, k2, …, n) of keys, each column one text[] argument.
func (s *side) givenKeysSQL() string {
	params, names := make([]string, len(s.key)), make([]string, len(s.key))
	for i := range s.key {
		params[i], names[i] = fmt.Sprintf("$%d::text[]", i+1), fmt.Sprintf("k%d", i+1)
	}
	return "unnest(" + strings.Join(params, ", ") + ") WITH ORDINALITY AS x(" + strings.Join(names, ", ") + ", n)"
}

// columnsOf turns keys into the arguments of given.
func columnsOf(keys []key, columns int) []any {
	args := make([]any, columns)
	for i := range args {
		column := make([]*string, len(keys))
		for j, k := range keys {
			column[j] = k[i]
		}
		args[i] = column
	}
	return args
}
