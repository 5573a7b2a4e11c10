package relation

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Storage is how much room the values of a column may take in an index.
type Storage struct {
	Column   string
	Type     string // base type, without its limits: "text", "numeric"
	Category string // pg_type.typcategory: "S" strings, …
	Length   int    // pg_type.typlen, -1 for values of any length
	Limit    int    // type modifier, -1 for none
	Element  int    // length of a range's ends, 0 for what is no range
	Letter   int    // bytes that a letter takes at most in this database
	Btree    bool   // its type can be ordered by a btree index
	Checks   []string
}

// Most returns how many bytes a value takes at most in an index; bounded is false where nothing says so.
func (s Storage) Most() (bytes int, bounded bool) {
	const head = 8 // of a value of variable length, and what aligns the next one
	if s.Length > 0 {
		return s.Length + head, true
	}
	switch {
	case s.Limit >= 4 && (s.Type == "varchar" || s.Type == "bpchar"):
		return (s.Limit-4)*s.Letter + head, true
	case s.Limit >= 4 && s.Type == "numeric":
		digits := (s.Limit - 4) >> 16 & 0xffff
		return digits/2 + 8 + head, true
	case s.Limit > 0 && (s.Type == "bit" || s.Type == "varbit"):
		return s.Limit/8 + 5 + head, true
	case s.Type == "inet" || s.Type == "cidr":
		return 22 + head, true
	case s.Element > 0:
		return 2*s.Element + 16 + head, true
	}
	for _, check := range s.Checks {
		if n, ok := s.checked(check); ok && (!bounded || n < bytes) {
			bytes, bounded = n, true
		}
	}
	return bytes + head, bounded
}

var (
	checkList   = regexp.MustCompile(`^.* = ANY \(+ARRAY\[('(?:[^']|'')*'::[a-z ]+(?:, )?)+\]\)?(?:::[a-z]+\[\])?\)+$`)
	checkLength = regexp.MustCompile(`^\(*(octet_length|length|char_length|character_length)\(\(*("[^"]+"|[a-z_0-9]+|VALUE)\)?(?:::text)?\)+ (<=|<) \(?(\d+)\)*$`)
	checkColumn = regexp.MustCompile(`^\(*("[^"]+"|[a-z_0-9]+|VALUE)\)*(?:::text)?\)* = ANY`)
	literal     = regexp.MustCompile(`'((?:[^']|'')*)'`)
)

// checked reads a limit from a CHECK constraint as PostgreSQL prints it: a list of values, or a length, alone or
// joined to others by AND. Whatever else it may be limits nothing here.
func (s Storage) checked(check string) (bytes int, ok bool) {
	body, ok := strings.CutPrefix(strings.TrimSuffix(check, " NOT VALID"), "CHECK (")
	if !ok || strings.Contains(body, " OR ") {
		return 0, false
	}
	for _, term := range strings.Split(strings.TrimSuffix(body, ")"), " AND ") {
		n, is := s.term(strings.TrimSpace(term))
		if is && (!ok || bytes == 0 || n < bytes) {
			bytes = n
		}
	}
	return bytes, bytes > 0
}

func (s Storage) term(term string) (bytes int, ok bool) {
	if m := checkLength.FindStringSubmatch(term); m != nil && s.is(m[2]) {
		n, err := strconv.Atoi(m[4])
		if err != nil || n > 1<<20 {
			return 0, false
		}
		if m[1] != "octet_length" {
			n *= s.Letter
		}
		return n + 1, true
	}
	if m := checkColumn.FindStringSubmatch(term); m == nil || !s.is(m[1]) || !checkList.MatchString(term) {
		return 0, false
	}
	for _, m := range literal.FindAllStringSubmatch(term, -1) {
		bytes = max(bytes, len(m[1])+1)
	}
	return bytes, bytes > 0
}

// is reports whether the name in a constraint is the column, or the value that a domain speaks of.
func (s Storage) is(name string) bool {
	return name == s.Column || name == Quote(s.Column) || name == "VALUE"
}

// storageSQL asks once for each type what is to be known of the type, and once for all constraints: there may be thousands of
// tables.
const storageSQL = `
	WITH RECURSIVE columns AS MATERIALIZED (
	  SELECT u.n::int - 1 AS at, c.oid AS rel, a.attnum, a.attname::text AS name, a.atttypid AS declared, a.atttypmod AS mod
	    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(nsp, rel, n)
	    JOIN pg_catalog.pg_namespace s ON s.nspname = u.nsp
	    JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = u.rel
	    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
	d (declared, type, mod, domains) AS (
	  SELECT x.declared, x.declared, -1, ARRAY[]::oid[] FROM (SELECT DISTINCT declared FROM columns) x
	   UNION ALL
	  SELECT d.declared, y.typbasetype, CASE WHEN d.mod >= 0 THEN d.mod ELSE y.typtypmod END, d.domains || y.oid
	    FROM d JOIN pg_catalog.pg_type y ON y.oid = d.type WHERE y.typtype = 'd'),
	bases AS MATERIALIZED (
	  SELECT d.* FROM d JOIN pg_catalog.pg_type y ON y.oid = d.type WHERE y.typtype <> 'd'),
	types AS MATERIALIZED (
	  SELECT y.oid AS type, y.typname::text AS name, y.typcategory::text AS category, y.typlen::int AS length, coalesce(e.typlen, 0)::int AS element,
	         EXISTS (SELECT FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod AND m.amname = 'btree'
	                  WHERE o.opcdefault AND (o.opcintype = y.oid
	                     OR o.opcintype = CASE WHEN y.typtype = 'e' THEN 'pg_catalog.anyenum'::pg_catalog.regtype
	                                           WHEN y.typtype = 'r' THEN 'pg_catalog.anyrange'::pg_catalog.regtype
	                                           WHEN y.typtype = 'm' THEN 'pg_catalog.anymultirange'::pg_catalog.regtype
	                                           WHEN y.typtype = 'c' THEN 'pg_catalog.record'::pg_catalog.regtype
	                                           WHEN y.typcategory = 'A' THEN 'pg_catalog.anyarray'::pg_catalog.regtype END
	                     OR EXISTS (SELECT FROM pg_catalog.pg_cast t WHERE t.castsource = y.oid AND t.casttarget = o.opcintype AND t.castmethod = 'b' AND t.castcontext = 'i'))) AS btree
	    FROM (SELECT DISTINCT type FROM bases) d
	    JOIN pg_catalog.pg_type y ON y.oid = d.type
	    LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = y.oid
	    LEFT JOIN pg_catalog.pg_type e ON e.oid = r.rngsubtype AND e.typlen > 0),
	checks AS MATERIALIZED (
	  SELECT x.rel, x.attnum, pg_catalog.pg_get_constraintdef(k.oid) AS check_
	    FROM columns x JOIN pg_catalog.pg_constraint k ON k.conrelid = x.rel AND k.conkey[1] = x.attnum AND pg_catalog.cardinality(k.conkey) = 1
	   WHERE k.contype = 'c' AND k.convalidated
	   UNION ALL
	  SELECT x.rel, x.attnum, pg_catalog.pg_get_constraintdef(k.oid)
	    FROM columns x JOIN bases b ON b.declared = x.declared
	   CROSS JOIN LATERAL pg_catalog.unnest(b.domains) d JOIN pg_catalog.pg_constraint k ON k.contypid = d
	   WHERE k.contype = 'c' AND k.convalidated)
	SELECT x.at, x.name, y.name, y.category, y.length, CASE WHEN x.mod >= 0 THEN x.mod ELSE b.mod END, y.element,
	       (SELECT pg_catalog.pg_encoding_max_length(d.encoding) FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()),
	       y.btree, coalesce(z.checks, '{}')
	  FROM columns x JOIN bases b ON b.declared = x.declared JOIN types y ON y.type = b.type
	  LEFT JOIN (SELECT rel, attnum, array_agg(check_) AS checks FROM checks GROUP BY rel, attnum) z ON z.rel = x.rel AND z.attnum = x.attnum
	 ORDER BY x.at, x.attnum`

// Storages returns the storage of all columns of the tables schemas[i].names[i], by i.
func Storages(ctx context.Context, db Queryer, schemas, names []string) ([][]Storage, error) {
	all := make([][]Storage, len(names))
	rows, err := db.Query(ctx, storageSQL, schemas, names)
	if err != nil {
		return nil, fmt.Errorf("read types: %w", err)
	}
	var at int
	var s Storage
	_, err = pgx.ForEachRow(rows, []any{&at, &s.Column, &s.Type, &s.Category, &s.Length, &s.Limit, &s.Element, &s.Letter, &s.Btree, &s.Checks}, func() error {
		s.Checks = slices.Clone(s.Checks)
		all[at] = append(all[at], s)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read types: %w", err)
	}
	return all, nil
}
