package swap

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// findDiffering stores the keys whose rows differ between the two tables.
func (w *Swap) findDiffering(ctx context.Context) error {
	s := w.shadow
	if err := s.makeDiff(ctx, w.conn); err != nil {
		return err
	}
	err := w.findByJoin(ctx)
	if link.Code(err) == "0A000" { // a key's operator is not marked as one that can merge or hash, which a full join asks for
		if err = s.makeDiff(ctx, w.conn); err == nil {
			err = s.runSQL(ctx, w.conn, s.findOneByOneSQL())
		}
	}
	if err != nil {
		return err
	}
	return s.runSQL(ctx, w.conn, "ANALYZE "+s.diffSQL())
}

func (s *Shadow) makeDiff(ctx context.Context, conn *pgx.Conn) error {
	return s.runSQL(ctx, conn, "DROP TABLE IF EXISTS "+s.diffSQL(),
		"CREATE UNLOGGED TABLE "+s.diffSQL()+" AS SELECT "+s.key.list("s")+" FROM "+s.SQL()+" AS s WITH NO DATA")
}

// findByJoin reads each table once, in the order of the key. PostgreSQL has no parallel plan for a full join, so two sessions look
// through one half of a large table each.
func (w *Swap) findByJoin(ctx context.Context) error {
	s := w.shadow
	middle, err := s.readMiddle(ctx, w.conn)
	if err != nil {
		return err
	}
	if middle == "" {
		return s.runSQL(ctx, w.conn, s.findSQL("true"))
	}
	beside, err := link.Like(ctx, w.conn, "swap half")
	if err != nil { // the server has no connection left for this role; one session does it as well
		return s.runSQL(ctx, w.conn, s.findSQL("true"))
	}
	defer link.Close(beside)
	ended := make(chan error, 1)
	go func() { ended <- s.runSQL(ctx, beside, s.findSQL(s.key[0].isBelow(middle))) }()
	err = s.runSQL(ctx, w.conn, s.findSQL(s.key[0].isFrom(middle)))
	return errors.Join(err, <-ended)
}

// halvedAbove is how many rows two sessions share.
const halvedAbove = 100_000

// readMiddle returns SQL for a value of the key's first column that about half of the shadow's rows are below, as its statistics say;
// "" if it is small, or its statistics say nothing.
func (s *Shadow) readMiddle(ctx context.Context, conn *pgx.Conn) (middle string, err error) {
	err = conn.QueryRow(ctx, `
		SELECT pg_catalog.format('%L::%s', b.bounds[pg_catalog.cardinality(b.bounds) / 2 + 1], pg_catalog.format_type(a.atttypid, a.atttypmod))
		  FROM pg_catalog.pg_class c
		  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
		  JOIN pg_catalog.pg_stats st ON st.schemaname = n.nspname AND st.tablename = c.relname AND st.attname = a.attname
		 CROSS JOIN LATERAL (SELECT st.histogram_bounds::text::text[]) AS b(bounds)
		 WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3 AND c.reltuples >= $4 AND b.bounds IS NOT NULL`,
		ShadowSchema, s.TableName(), s.key[0].name, halvedAbove).Scan(&middle)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return middle, s.wrapError(err)
}

// findSQL compares the rows whose key fulfils a condition on rows that are called r.
func (s *Shadow) findSQL(condition string) string {
	keys, first := make([]string, len(s.key)), relation.Quote(s.key[0].name)
	for i, c := range s.key {
		name := relation.Quote(c.name)
		keys[i] = "coalesce(s." + name + ", t." + name + ")"
	}
	return fmt.Sprintf(`INSERT INTO %[1]s
		SELECT %[4]s FROM (SELECT * FROM %[2]s AS r WHERE %[8]s) AS s FULL JOIN (SELECT * FROM %[3]s AS r WHERE %[8]s) AS t ON %[5]s
		 WHERE s.%[7]s IS NULL OR t.%[7]s IS NULL OR %[6]s`,
		s.diffSQL(), s.SQL(), s.tableSQL(), strings.Join(keys, ", "), s.key.pairs("t", "s"), s.differSQL(), first, condition)
}

// findOneByOneSQL looks for each row of one table in the other. It takes about half as long again as findSQL, and works
// with every operator.
func (s *Shadow) findOneByOneSQL() string {
	return fmt.Sprintf(`INSERT INTO %[1]s
		SELECT %[4]s FROM %[2]s AS s WHERE NOT EXISTS (SELECT FROM %[3]s AS t WHERE %[6]s AND NOT (%[7]s))
		 UNION ALL
		SELECT %[5]s FROM %[3]s AS t WHERE NOT EXISTS (SELECT FROM %[2]s AS s WHERE %[6]s)`,
		s.diffSQL(), s.SQL(), s.tableSQL(), s.key.list("s"), s.key.list("t"), s.key.pairs("t", "s"), s.differSQL())
}
