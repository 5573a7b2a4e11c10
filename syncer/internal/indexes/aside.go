package indexes

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// movableSQL lists the indexes of one table that can be made again exactly by their definition: primary keys and indexes
// that are not unique. The rows of the source may collide in another unique index, and then it is better that the load
// says so. Nothing else may hang on them, and nothing may be told of them that the definition does not tell.
//
// It has none of a table of somebody else, and of one that is part of a larger one.
const movableSQL = `
	SELECT x.relname::text, pg_catalog.pg_get_indexdef(x.oid), i.indisprimary
	  FROM pg_catalog.pg_class c
	  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	  JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
	  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
	  LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')
	 WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r' AND c.relpersistence = 'p' AND NOT c.relispartition
	   AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
	   AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid IN (c.oid, x.oid) OR h.inhparent IN (c.oid, x.oid))
	   AND NOT EXISTS (SELECT FROM pg_catalog.pg_publication_rel p WHERE p.prrelid = c.oid)
	   AND i.indisvalid AND i.indisready AND i.indislive AND NOT i.indisclustered AND NOT i.indisreplident AND NOT i.indisexclusion
	   AND (i.indisprimary AND k.contype = 'p' AND NOT k.condeferrable AND k.conname = x.relname OR NOT i.indisunique AND k.oid IS NULL)
	   AND x.reltablespace = 0
	   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
	                    WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = x.oid
	                       OR d.refclassid = 'pg_catalog.pg_constraint'::regclass AND d.refobjid = k.oid AND d.objid <> x.oid
	                       OR d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = x.oid AND d.deptype IN ('e', 'x'))
	   AND NOT EXISTS (SELECT FROM pg_catalog.pg_description t WHERE t.objoid IN (x.oid, k.oid))
	   AND NOT EXISTS (SELECT FROM pg_catalog.pg_seclabel l WHERE l.objoid = x.oid)
	   AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = x.oid AND (coalesce(a.attstattarget, -1) <> -1 OR a.attoptions IS NOT NULL))
	 ORDER BY i.indisprimary DESC, x.relname`

// movableStatement is the name under which movableSQL is prepared.
const movableStatement = "movable"

// movable is one of these.
type movable struct {
	Name       string
	Definition string
	IsPrimary  bool
}

// againSQL is the SQL that makes it again.
func (m movable) againSQL(table string) []string {
	sql := []string{m.Definition}
	if m.IsPrimary {
		name := relation.Quote(m.Name)
		sql = append(sql, "ALTER TABLE "+table+" ADD CONSTRAINT "+name+" PRIMARY KEY USING INDEX "+name)
	}
	return sql
}

// dropSQL is the SQL that takes it away.
func (m movable) dropSQL(schema, table string) string {
	if m.IsPrimary {
		return "ALTER TABLE " + table + " DROP CONSTRAINT " + relation.Quote(m.Name)
	}
	return "DROP INDEX " + relation.Quote(schema, m.Name)
}

// PutAside takes the table's indexes away, if it is empty and nobody reads it right now. It decides once for each table;
// whatever keeps it from doing so is no failure, as the table can be loaded with its indexes.
func (o *Owner) PutAside(ctx context.Context, t relation.Name) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.decided[t] {
		return nil
	}
	if o.decided == nil {
		o.decided = map[relation.Name]bool{}
	}
	o.decided[t] = true
	err := o.putAside(ctx, t)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	o.Log.Info("a table is loaded with its indexes in place", "table", t.Schema+"."+t.Name, "because", link.Text(err))
	return nil
}

func (o *Owner) putAside(ctx context.Context, t relation.Name) (err error) {
	if o.conn == nil {
		if err = o.openAside(ctx); err != nil {
			return err
		}
	}
	failpoint.Hit("indexes.before_aside")
	err = pgx.BeginFunc(ctx, o.conn, func(tx pgx.Tx) error { return o.dropAndRecord(ctx, tx, t) })
	failpoint.Hit("indexes.after_aside")
	return err
}

// openAside opens the connection that puts indexes aside. It prepares movableSQL with one plan for all tables: planning it anew,
// twice for each table, took most of this session's processor time.
func (o *Owner) openAside(ctx context.Context) error {
	conn, err := o.openSession(ctx)
	if err != nil {
		return err
	}
	if _, err = conn.Exec(ctx, "SET plan_cache_mode = force_generic_plan"); err == nil {
		_, err = conn.Prepare(ctx, movableStatement, movableSQL)
	}
	if err != nil {
		link.Close(conn)
		return err
	}
	o.conn = conn
	return nil
}

// dropAndRecord drops and records, in one transaction that nobody can look into.
func (o *Owner) dropAndRecord(ctx context.Context, tx pgx.Tx, t relation.Name) error {
	all, err := readMovables(ctx, tx, t)
	if err != nil || len(all) == 0 {
		return err
	}
	table := relation.Quote(t.Schema, t.Name)
	if _, err := tx.Exec(ctx, "LOCK TABLE "+table+" IN ACCESS EXCLUSIVE MODE"); err != nil {
		return err
	}
	if all, err = readMovables(ctx, tx, t); err != nil { // as they are now that nobody changes them
		return err
	}
	var rows bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+table+")").Scan(&rows); err != nil {
		return err
	}
	if rows {
		return errRows
	}
	for _, m := range all {
		_, err := tx.Exec(ctx, `INSERT INTO sync.indexes (slot, name, index, sql) VALUES ($1, $2, $3, $4)`, o.Slot, t.Schema+"."+t.Name, m.Name, m.againSQL(table))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, m.dropSQL(t.Schema, table)); err != nil {
			return err
		}
	}
	return nil
}

var errRows = errors.New("it already holds rows")

func readMovables(ctx context.Context, tx pgx.Tx, t relation.Name) ([]movable, error) {
	rows, err := tx.Query(ctx, movableStatement, t.Schema, t.Name)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[movable])
}
