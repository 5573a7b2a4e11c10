// Package swap replaces the rows of a replicated table by those of a shadow, in which the table was loaded anew. It does so in one
// transaction, so that readers never find the table empty.
//
// It loads no rows and streams no changes: packages snapshot and apply bring them into the shadow. It may import relation,
// failpoint, link, wire and pgx.
package swap

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// ShadowSchema is the schema of shadows, which the writer creates and drops itself.
const ShadowSchema = "sync_shadow"

// JoinedChannel is notified when a table has joined; the payload is the slot.
const JoinedChannel = "sync_joined"

// ShadowSQL creates the schema of shadows.
const ShadowSQL = `CREATE SCHEMA IF NOT EXISTS sync_shadow;
COMMENT ON SCHEMA sync_shadow IS 'the syncer''s own: tables that are being loaded anew while readers still see the old ones';`

// ShadowGrants returns the SQL that lets role create and drop shadows, which nobody else may see.
func ShadowGrants(role string) []string {
	return []string{"GRANT USAGE, CREATE ON SCHEMA " + ShadowSchema + " TO " + role + ";"}
}

// Shadow is a table in which one replicated table is loaded anew while readers still see the old rows. It is unlogged: if the
// target crashes, the load starts over.
type Shadow struct {
	Names

	Columns []string

	key   rowKey            // of the replicated table's own unique index
	uniq  [][]string        // columns of its unique indexes
	exact map[string]string // columns whose own type says whether they differ, and by which collation
}

// NewShadow reads the unique indexes and the types of the replicated table.
func NewShadow(ctx context.Context, conn *pgx.Conn, slot, schema, name string, columns []string) (*Shadow, error) {
	s := &Shadow{Names: Names{Slot: slot, Schema: schema, Name: name}, Columns: columns}
	if err := s.readIndexes(ctx, conn); err != nil {
		return nil, link.Fail(fmt.Sprintf("target: indexes of %s", s.FullName()), err)
	}
	if err := s.readExact(ctx, conn); err != nil {
		return nil, link.Fail(fmt.Sprintf("target: columns of %s", s.FullName()), err)
	}
	if s.key == nil {
		return nil, fault.Unsafef("target: %s has no unique index whose columns are all listed and NOT NULL; see `syncer check`", s.FullName())
	}
	return s, nil
}

// State is how far a shadow has come that is made for the order that sync.tables holds.
type State struct {
	At      wire.LSN // where its own stream begins, or goes on; 0: there is no such shadow
	Settled wire.LSN // before it, rows are of several moments, as the load was interrupted
	Pieces  []string // that are here
	Loaded  bool     // all of them are
}

// ReadState reads how far the shadow has come.
func (s *Shadow) ReadState(ctx context.Context, conn *pgx.Conn) (st State, err error) {
	if st.At, err = s.Position(ctx, conn); err != nil {
		return State{}, err
	}
	st.Loaded = st.At != 0
	var there bool
	if err := conn.QueryRow(ctx, `SELECT pg_catalog.to_regclass($1) IS NOT NULL AND pg_catalog.to_regclass($2) IS NOT NULL`, s.SQL(), s.LoadSQL()).Scan(&there); err != nil || !there {
		return State{At: st.At, Settled: st.At, Loaded: st.Loaded}, s.wrapError(err)
	}
	var start, settled string
	err = conn.QueryRow(ctx, `
		SELECT l.start::text, l.settled::text, ARRAY(SELECT piece FROM `+s.LoadSQL()+` WHERE piece <> '' ORDER BY piece)
		  FROM `+s.LoadSQL()+` l JOIN sync.tables t ON t.since = l.since
		 WHERE l.piece = '' AND t.slot = $1 AND t.name = $2 AND t.state = 'joining'`, s.Slot, s.FullName()).Scan(&start, &settled, &st.Pieces)
	if errors.Is(err, pgx.ErrNoRows) {
		return State{At: st.At, Settled: st.At, Loaded: st.Loaded}, nil
	}
	if err == nil && !st.Loaded {
		err = st.At.Scan(start)
	}
	if err == nil {
		err = st.Settled.Scan(settled)
	}
	return st, s.wrapError(err)
}

// Loading records where the load begins and from where on its rows are of one moment, before the first of its pieces comes.
func (s *Shadow) Loading(ctx context.Context, conn *pgx.Conn, start, settled wire.LSN) error {
	_, err := conn.Exec(ctx, `
		INSERT INTO `+s.LoadSQL()+` (piece, start, settled, since) SELECT '', $3::text::pg_lsn, $4::text::pg_lsn, since FROM sync.tables WHERE slot = $1 AND name = $2
		ON CONFLICT (piece) DO UPDATE SET settled = excluded.settled`, s.Slot, s.FullName(), start.String(), settled.String())
	return s.wrapError(err)
}

// Forget lets the next load begin from the start.
func (s *Shadow) Forget(ctx context.Context, conn *pgx.Conn) error {
	return s.runSQL(ctx, conn, "DROP TABLE IF EXISTS "+s.PositionSQL(), "DROP TABLE IF EXISTS "+s.LoadSQL())
}

// Position is where the shadow's own stream can go on; 0 when there is no shadow that is loaded for the order that
// sync.tables holds.
func (s *Shadow) Position(ctx context.Context, conn *pgx.Conn) (wire.LSN, error) {
	var there bool
	if err := conn.QueryRow(ctx, `SELECT pg_catalog.to_regclass($1) IS NOT NULL AND pg_catalog.to_regclass($2) IS NOT NULL`, s.SQL(), s.PositionSQL()).Scan(&there); err != nil || !there {
		return 0, s.wrapError(err)
	}
	var at wire.LSN
	var text string
	err := conn.QueryRow(ctx, `
		SELECT a.lsn::text FROM `+s.PositionSQL()+` a JOIN sync.tables t ON t.since = a.since
		 WHERE t.slot = $1 AND t.name = $2 AND t.state = 'joining'`, s.Slot, s.FullName()).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err == nil {
		err = at.Scan(text)
	}
	return at, s.wrapError(err)
}

// Loaded records that the shadow is loaded and where its stream goes on.
func (s *Shadow) Loaded(ctx context.Context, conn *pgx.Conn, at wire.LSN) error {
	_, err := conn.Exec(ctx, `
		INSERT INTO `+s.PositionSQL()+` (lsn, since) SELECT $3::text::pg_lsn, since FROM sync.tables WHERE slot = $1 AND name = $2`,
		s.Slot, s.FullName(), at.String())
	return s.wrapError(err)
}

func (s *Shadow) wrapError(err error) error {
	if err == nil {
		return nil
	}
	return link.Fail(fmt.Sprintf("target: shadow of %s", s.FullName()), err)
}

// uniqueSQL lists the unique indexes that are not deferrable, the primary key first: their columns, whether all of them are NOT
// NULL, and the operators for equal, less, and not less that they compare with.
const uniqueSQL = `
	SELECT array_agg(a.attname::text ORDER BY k.n), bool_and(a.attnotnull),
	       array_agg(o.p[3] ORDER BY k.n), array_agg(o.p[1] ORDER BY k.n), array_agg(o.p[4] ORDER BY k.n)
	  FROM pg_catalog.pg_index i
	  JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
	  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	 CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) WITH ORDINALITY AS k(attnum, class, n)
	 CROSS JOIN LATERAL (
	    SELECT array_agg('OPERATOR(' || quote_ident(ns.nspname) || '.' || op.oprname || ')' ORDER BY ao.amopstrategy)
	      FROM pg_catalog.pg_opclass oc
	      JOIN pg_catalog.pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amopstrategy BETWEEN 1 AND 5
	       AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
	      JOIN pg_catalog.pg_operator op ON op.oid = ao.amopopr
	      JOIN pg_catalog.pg_namespace ns ON ns.oid = op.oprnamespace
	     WHERE oc.oid = k.class) AS o(p)
	  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
	 WHERE n.nspname = $1 AND c.relname = $2 AND i.indisunique AND i.indimmediate AND i.indisvalid
	   AND i.indpred IS NULL AND i.indexprs IS NULL AND k.n <= i.indnkeyatts
	 GROUP BY i.indexrelid, i.indisprimary
	 ORDER BY i.indisprimary DESC, i.indexrelid`

func (s *Shadow) readIndexes(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, uniqueSQL, s.Schema, s.Name)
	if err != nil {
		return err
	}
	var names, equal, less, notLess []string
	var notNull bool
	_, err = pgx.ForEachRow(rows, []any{&names, &notNull, &equal, &less, &notLess}, func() error {
		if slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(s.Columns, name) }) {
			return nil
		}
		s.uniq = append(s.uniq, slices.Clone(names))
		if s.key == nil && notNull {
			for i, name := range names {
				s.key = append(s.key, column{name, equal[i], less[i], notLess[i]})
			}
		}
		return nil
	})
	return err
}

// Make creates the shadow, empty and without indexes. It drops what an earlier attempt left.
func (s *Shadow) Make(ctx context.Context, conn *pgx.Conn) error {
	columns := relation.QuoteList("", s.Columns)
	err := s.runSQL(ctx, conn, append(s.dropSQL(),
		"CREATE UNLOGGED TABLE "+s.PositionSQL()+" (lsn pg_lsn NOT NULL, since timestamptz NOT NULL)",
		"GRANT SELECT ON "+s.PositionSQL()+" TO PUBLIC", // of those who may see the schema, to tell how far it is
		"CREATE UNLOGGED TABLE "+s.LoadSQL()+" (piece text PRIMARY KEY, start pg_lsn, settled pg_lsn, since timestamptz)",
		"CREATE UNLOGGED TABLE "+s.SQL()+" AS SELECT "+columns+" FROM "+s.tableSQL()+" WITH NO DATA")...)
	if code := link.Code(err); code == "3F000" || code == "42501" {
		return fault.Unsafef("target: the writer may not make tables in schema %s; run `syncer init`, which changes nothing else", ShadowSchema)
	}
	return err
}

// Index prepares the shadow for changes, for merging and for a load that goes on: it gets the unique indexes of the replicated
// table, unless it has them, and statistics.
func (s *Shadow) Index(ctx context.Context, conn *pgx.Conn) error {
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		var has bool
		if err := tx.QueryRow(ctx, `SELECT relhasindex FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1)`, s.SQL()).Scan(&has); err != nil || has {
			return err
		}
		for _, columns := range s.uniq {
			if _, err := tx.Exec(ctx, "CREATE UNIQUE INDEX ON "+s.SQL()+" ("+relation.QuoteList("", columns)+")"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return s.wrapError(err)
	}
	return s.runSQL(ctx, conn, sqlFewSamples, "ANALYZE "+s.SQL()+" ("+relation.QuoteList("", s.indexedColumns())+")")
}

// sqlFewSamples makes ANALYZE look at a tenth of the usual rows: what is asked of a key is how many rows there are, and where its
// middle is.
const sqlFewSamples = "SET default_statistics_target = 10"

// indexedColumns are those of the unique indexes. Nothing else is searched by, so nothing else needs statistics.
func (s *Shadow) indexedColumns() []string {
	names := slices.Concat(s.uniq...)
	slices.Sort(names)
	return slices.Compact(names)
}

// Drop removes the shadow.
func (s *Shadow) Drop(ctx context.Context, conn *pgx.Conn) error {
	return s.runSQL(ctx, conn, s.dropSQL()...)
}

func (s *Shadow) runSQL(ctx context.Context, db execer, sql ...string) error {
	for _, q := range sql {
		if _, err := db.Exec(ctx, q); err != nil {
			return s.wrapError(err)
		}
	}
	return nil
}

// execer is a connection or a transaction.
type execer interface {
	relation.Queryer
	Exec(ctx context.Context, sql string, args ...any) (commandTag, error)
}

// JoiningTable is a table that is being added or loaded anew beside the stream.
type JoiningTable struct {
	ID     uint16 // its number on the whitelist
	Joined bool   // the stream brings its changes to the old rows meanwhile
	Plain  bool   // its rows are wanted as text: columns are of wider types here
}

// Joining returns the tables that are to be loaded beside the stream. names are the whitelisted tables as
// "schema.name", each at its number.
func Joining(ctx context.Context, db relation.Queryer, slot string, names []string) ([]JoiningTable, error) {
	rows, err := db.Query(ctx, `
		SELECT u.n - 1, t.joined, t.plain FROM sync.tables t JOIN unnest($2::text[]) WITH ORDINALITY AS u(name, n) USING (name)
		 WHERE t.slot = $1 AND t.state = 'joining' ORDER BY u.n`, slot, names)
	var all []JoiningTable
	if err == nil {
		all, err = pgx.CollectRows(rows, pgx.RowToStructByPos[JoiningTable])
	}
	if err != nil {
		return nil, link.Fail("target: read tables", err)
	}
	return all, nil
}

// Absent returns the numbers of the tables that the stream ignores.
func Absent(tables []JoiningTable) (ids []uint16) {
	for _, t := range tables {
		if !t.Joined {
			ids = append(ids, t.ID)
		}
	}
	return ids
}
