package prepare

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/swap"
	"portal.example/syncer/internal/wire"
)

// recordList records the new list on the target and tells the running syncer.
func (c *change) recordList(ctx context.Context) error {
	failpoint.Hit("swap.before_record")
	if err := c.findSyncer(ctx); err != nil {
		return err
	}
	marks, err := c.readMarks(ctx)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, c.target, func(tx pgx.Tx) error {
		if err := c.recordTables(ctx, tx, marks); err != nil {
			return targetError("record the list", err)
		}
		err := tx.QueryRow(ctx, `
			UPDATE sync.progress SET whitelist = $2, generation = generation + 1 WHERE slot = $1 RETURNING epoch`,
			c.cfg.Source.Slot, c.list.Digest()).Scan(&c.epoch)
		if err == nil {
			_, err = tx.Exec(ctx, `SELECT pg_catalog.pg_notify('sync_control', '')`)
		}
		return err
	})
	if err != nil {
		return err
	}
	failpoint.Hit("swap.after_record")
	return nil
}

// recordTables records the tables of the new list. The publication's text of a new filter is only known once the filter is published.
func (c *change) recordTables(ctx context.Context, tx pgx.Tx, marks []wire.Mark) error {
	slot := c.cfg.Source.Slot
	if err := c.recordNames(ctx, tx); err != nil {
		return err
	}
	// Dropped tables stay recorded until nothing is left of them, so that the same command can go on.
	if _, err := tx.Exec(ctx, `UPDATE sync.tables SET state = 'joining', joined = false WHERE slot = $1 AND name = ANY ($2)`, slot, c.order.Drop); err != nil {
		return err
	}
	for name, columns := range c.diff.unlistedColumns(c.list) {
		_, err := tx.Exec(ctx, `
			INSERT INTO sync.pieces (slot, name, piece, rows) SELECT $1, $2, $3 || u, 0 FROM unnest($4::text[]) u ON CONFLICT DO NOTHING`,
			slot, name, toErase, columns)
		if err != nil {
			return err
		}
	}
	wide, err := c.report.widerTables(ctx, tx)
	if err != nil {
		return err
	}
	for n, t := range c.list.Tables {
		name, m := t.FullName(), marks[n]
		var err error
		switch {
		case slices.Contains(c.order.Add, name):
			_, err = tx.Exec(ctx, `
				INSERT INTO sync.tables (slot, name, columns, condition, filter, state, joined, published, leaves, catalog, plain) VALUES ($1, $2, $3, $4, '', 'joining', false, $5, $6, $7, $8)`,
				slot, name, t.Columns, t.Where, int64(m.Published), m.Leaves, m.Catalog, wide[n])
		case slices.Contains(c.order.Resync, name):
			// Rows that the stream could not follow may be so wrong that it cannot change them either.
			alone := c.order.Freeze || c.failed || slices.Contains(c.redefinedNames(), name)
			_, err = tx.Exec(ctx, `
				UPDATE sync.tables SET state = 'joining', joined = joined AND NOT $5, columns = $3,
				       filter = CASE WHEN condition = $4 THEN filter ELSE '' END, condition = $4,
				       since = CASE WHEN state = 'joining' AND columns = $3 AND condition = $4 AND published = $6 AND leaves = $7 AND catalog = $8
				                     AND harm = '' AND plain = $9 THEN since ELSE now() END,
				       published = $6, leaves = $7, catalog = $8, harm = '', plain = $9
				 WHERE slot = $1 AND name = $2`, slot, name, t.Columns, t.Where, alone, int64(m.Published), m.Leaves, m.Catalog, wide[n])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recordNames records the new names of renamed tables. They were released or completely loaded, so nothing else is recorded of them.
func (c *change) recordNames(ctx context.Context, tx pgx.Tx) error {
	for name, former := range c.order.Was {
		for _, sql := range []string{`DELETE FROM sync.pieces WHERE slot = $1 AND name = $2`, `DELETE FROM sync.chunks WHERE slot = $1 AND name = $2`} {
			if _, err := tx.Exec(ctx, sql, c.cfg.Source.Slot, former); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE sync.tables SET name = $3 WHERE slot = $1 AND name = $2`, c.cfg.Source.Slot, former, name); err != nil {
			return err
		}
	}
	return nil
}

// toErase is the prefix of those rows in sync.pieces that do not stand for a piece, but for a column that may no longer leave and has to be
// emptied.
const toErase = "erase "

// eraseUnlisted empties columns that may no longer leave. Nothing writes to their tables at this moment.
func (c *change) eraseUnlisted(ctx context.Context) error {
	return pgx.BeginFunc(ctx, c.target, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT name, array_agg(substr(piece, $3)) FROM sync.pieces
			 WHERE slot = $1 AND starts_with(piece, $2) GROUP BY name`, c.cfg.Source.Slot, toErase, len(toErase)+1)
		if err != nil {
			return targetError("read columns to erase", err)
		}
		var name string
		var columns []string
		all := map[string][]string{}
		if _, err := pgx.ForEachRow(rows, []any{&name, &columns}, func() error {
			all[name] = slices.Clone(columns)
			return nil
		}); err != nil {
			return targetError("read columns to erase", err)
		}
		for name, columns := range all {
			if err := eraseColumns(ctx, tx, name, columns); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `DELETE FROM sync.pieces WHERE slot = $1 AND starts_with(piece, $2)`, c.cfg.Source.Slot, toErase)
		return err
	})
}

// cleanDropped removes what is left of dropped tables: their rows, unless these are to be kept, the roles' rights, and the replica
// identities that they were given on the source.
func (c *change) cleanDropped(ctx context.Context) error {
	for _, name := range c.order.Drop {
		if err := c.revokeRights(ctx, c.source, "source", c.cfg.Source.DSN, name); err != nil {
			return err
		}
		if err := c.newAlteration(c.report).tidyDropped(ctx, []string{name}); err != nil {
			return err
		}
		if !c.order.KeepRows {
			err := pgx.BeginFunc(ctx, c.target, func(tx pgx.Tx) error { return emptyTable(ctx, tx, name) })
			if err != nil {
				return err
			}
		}
		if err := c.revokeRights(ctx, c.target, "target", c.cfg.Target.DSN, name); err != nil {
			return err
		}
		if _, err := c.target.Exec(ctx, `DELETE FROM sync.tables WHERE slot = $1 AND name = $2`, c.cfg.Source.Slot, name); err != nil {
			return targetError("forget "+name, err)
		}
	}
	return c.newAlteration(c.report).dropSuperseded(ctx)
}

// revokeRights takes every right on the table from the role that dsn signs in as, unless it is the owner's own.
func (c *change) revokeRights(ctx context.Context, admin *pgx.Conn, side, dsn, name string) error {
	parsed, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fault.Usagef("%s.dsn cannot be read", side)
	}
	var there bool
	err = admin.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
		                WHERE c.oid = pg_catalog.to_regclass($1) AND r.rolname <> $2)`, quotedName(name), parsed.User).Scan(&there)
	if err != nil || !there {
		return err
	}
	sql := "REVOKE ALL ON " + quotedName(name) + " FROM " + relation.Quote(parsed.User)
	if _, err := admin.Exec(ctx, sql); err != nil {
		return stepFault(Step{Side: side, SQL: sql}, err)
	}
	return nil
}

func (c *change) loadingNames() []string {
	names := slices.Concat(c.order.Add, c.order.Resync)
	for _, r := range c.diff.Recorded { // left by a command that was interrupted
		if r.State == "joining" && !slices.Contains(names, r.Name) && !slices.Contains(c.order.Drop, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// Joining returns which of names are not ready, how many bytes their shadows have by now, and for those that are loaded how many bytes of
// the source's log they are behind the others.
func Joining(ctx context.Context, db relation.Queryer, slot string, names []string) (open []string, bytes int64, behind map[string]int64, err error) {
	rows, err := db.Query(ctx, `SELECT name FROM sync.tables WHERE slot = $1 AND name = ANY ($2) AND state <> 'ready' ORDER BY name`, slot, names)
	if err == nil {
		open, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err == nil {
		err = db.QueryRow(ctx, `
			SELECT coalesce(sum(pg_catalog.pg_table_size(c.oid)), 0)::bigint
			  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			 WHERE n.nspname = $1 AND c.relkind = 'r'`, swap.ShadowSchema).Scan(&bytes)
	}
	if err == nil {
		behind, err = swap.Behind(ctx, db, slot)
	}
	if err != nil {
		err = targetError("read tables", err)
	}
	return open, bytes, behind, err
}
