package indexes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// Restore makes everything again that is put aside of the slot's tables, several tables at a time. db is asked whether there
// is any.
func (o *Owner) Restore(ctx context.Context, db relation.Queryer) error {
	all, err := Aside(ctx, db, o.Slot)
	if err != nil || len(all) == 0 {
		return err
	}
	o.Log.Info("making indexes behind the rows", "indexes", len(all))
	tables := groupByTable(all)
	g, ctx := errgroup.WithContext(ctx)
	for n := range min(max(o.Workers, 1), len(tables)) {
		g.Go(func() error { return o.restoreTables(ctx, n == 0, tables) })
	}
	return g.Wait()
}

// groupByTable gives each table's indexes to one worker: its primary key locks out whoever makes another of its indexes.
func groupByTable(all []Index) <-chan []Index {
	of := map[string][]Index{}
	var order []string
	for _, i := range all {
		if of[i.Table] == nil {
			order = append(order, i.Table)
		}
		of[i.Table] = append(of[i.Table], i)
	}
	tables := make(chan []Index, len(order))
	for _, name := range order {
		tables <- of[name]
	}
	close(tables)
	return tables
}

// restoreSQL sets up a session that makes indexes. If the target crashes, an index is lost together with the note that it is no longer
// put aside, so a commit need not wait for the disk. PostgreSQL lends parallel workers to tables of 8 MiB already: there their start
// and their end cost more than they spare, as other tables' indexes are made at the same time.
const restoreSQL = "SET synchronous_commit = off; SET min_parallel_table_scan_size = '64MB'"

// restoreTables makes the indexes of one table after the other. One of the workers uses the connection that has put them aside.
func (o *Owner) restoreTables(ctx context.Context, first bool, tables <-chan []Index) (err error) {
	conn := o.conn
	if !first || conn == nil || conn.IsClosed() {
		if conn, err = o.openSession(ctx); err != nil {
			return err
		}
		defer link.Close(conn)
	}
	if _, err := conn.Exec(ctx, restoreSQL); err != nil {
		return link.Fail("target: set up a session", err)
	}
	for of := range tables {
		for _, i := range of {
			if err := o.restoreIndex(ctx, conn, i); err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	lockPause = 500 * time.Millisecond
	tellAfter = 10 // tries
)

// restoreIndex makes one again. A reader of the table may keep it from that for as long as it likes.
func (o *Owner) restoreIndex(ctx context.Context, conn *pgx.Conn, i Index) error {
	for try := 1; ; try++ {
		failpoint.Hit("indexes.before_again")
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return o.makeAgain(ctx, tx, i) })
		failpoint.Hit("indexes.after_again")
		switch {
		case err == nil:
			return nil
		case link.Code(err) != "55P03":
			return explainFailure(i, err)
		case try%tellAfter == 1:
			o.Log.Warn("an index waits for somebody who reads the table", "index", i.Name, "table", i.Table, "in the way", describeHolders(ctx, conn, i))
		}
		if err := link.Pause(ctx, lockPause); err != nil {
			return err
		}
	}
}

// makeAgain makes it and forgets that it was put aside. One that somebody has made meanwhile is only forgotten.
func (o *Owner) makeAgain(ctx context.Context, tx pgx.Tx, i Index) error {
	schema, table, _ := strings.Cut(i.Table, ".")
	var missing bool
	err := tx.QueryRow(ctx, `
		SELECT pg_catalog.to_regclass($4) IS NULL AND pg_catalog.to_regclass($5) IS NOT NULL
		  FROM sync.indexes WHERE slot = $1 AND name = $2 AND index = $3 FOR UPDATE`,
		o.Slot, i.Table, i.Name, relation.Quote(schema, i.Name), relation.Quote(schema, table)).Scan(&missing)
	if errors.Is(err, pgx.ErrNoRows) { // somebody else did it
		return nil
	}
	if err == nil && !missing {
		missing, err = isMissing(ctx, tx, i)
	}
	if err != nil {
		return err
	}
	for _, sql := range i.SQL {
		if !missing {
			break
		}
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM sync.indexes WHERE slot = $1 AND name = $2 AND index = $3`, o.Slot, i.Table, i.Name)
	return err
}

// isMissing looks closer where something of the index's name exists: it may be of another table, or not valid. Nothing is missing of
// a table that is gone.
func isMissing(ctx context.Context, tx pgx.Tx, i Index) (missing bool, err error) {
	err = tx.QueryRow(ctx, `
		SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_index x
		                     JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		                     JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
		                    WHERE c.relname = $2 AND n.nspname || '.' || t.relname = $1 AND x.indisvalid)
		       AND EXISTS (SELECT FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
		                    WHERE n.nspname || '.' || t.relname = $1)`, i.Table, i.Name).Scan(&missing)
	return missing, err
}

// explainFailure says what there is to do about an index that cannot be made.
func explainFailure(i Index, err error) error {
	err = link.Fail("target: make index "+i.String()+" again", err)
	switch link.Code(err) {
	case "42501":
		return fault.Unsafef("%s; it was put aside for the first load, which was interrupted: run `syncer init` with target.admin_dsn of the tables' owner, which makes it and goes on", link.Text(err))
	case "":
		return err
	}
	return fmt.Errorf("%w; mend what it says and run `syncer init` again, or give the index up with: DELETE FROM sync.indexes WHERE name = %s AND index = %s;",
		err, relation.Literal(i.Table), relation.Literal(i.Name))
}

// describeHolders says who holds locks on the table.
func describeHolders(ctx context.Context, conn *pgx.Conn, i Index) string {
	var text string
	_ = conn.QueryRow(ctx, `
		SELECT coalesce(string_agg(pg_catalog.format('pid %s (%s, %s, since %s)', l.pid, a.usename, a.state, pg_catalog.date_trunc('second', a.xact_start)), ', '), 'nobody now')
		  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
		  JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		 WHERE l.granted AND n.nspname || '.' || c.relname = $1 AND l.pid <> pg_catalog.pg_backend_pid()`, i.Table).Scan(&text)
	return text
}
