package prepare

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/failpoint"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/swap"
	"portal.example/syncer/internal/wire"
)

// Changed is what Change has done; the syncer that runs, or the next one, does the rest.
type Changed struct {
	Loading []string `json:"loading"` // tables that are being loaded beside the stream
	Dropped []string `json:"dropped"`
	// Released are out of the publication, so that their application may be migrated.
	Released []string `json:"released,omitempty"`
	Running  bool     `json:"running"` // a syncer is at work and has taken the new list
}

// Change makes the replica follow the whitelist while it streams. Each step leaves a state from which the same
// command goes on:
//
//	0  the target makes new tables, the source indexes      whoever is in the way there is in nobody else's
//	1  the publication loses what is dropped or redefined   nothing unlisted is sent from here on; replica identities fit
//	2  the target records the new list; new and redefined tables wait, the stream leaves them alone
//	3  the running syncer reads the list again
//	   what of redefined tables may no longer leave is erased
//	4  the publication gains what is new                    nothing listed is missed: only now loading begins
//	5  rows, rights and indexes of what was dropped go
func Change(ctx context.Context, cfg *config.Config, list *whitelist.List, o Order) (*Changed, error) {
	c := &change{cfg: cfg, list: list, order: o}
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.examine(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{c.build, c.withdraw, c.record, c.taken, c.erase, c.publish, c.clean} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return &Changed{Loading: c.loading(), Dropped: c.order.Drop, Running: c.running}, nil
}

type change struct {
	cfg     *config.Config
	list    *whitelist.List
	order   Order
	diff    Difference
	report  *Report
	source  *pgx.Conn // owner of the tables
	target  *pgx.Conn
	ddl     *pgx.Conn // to the target as well, for what must not take long
	epoch   int64     // of the syncer that has not yet read the new list
	running bool
	failed  bool // none is running, as the last one stopped for what it could not follow
}

func (c *change) open(ctx context.Context) (err error) {
	if c.source, err = link.Open(ctx, c.cfg.Source.AdminDSN, link.Options{Name: "source.admin_dsn", Application: "table"}); err != nil {
		return err
	}
	if c.target, err = link.Open(ctx, c.cfg.Target.AdminDSN, link.Options{Name: "target.admin_dsn", Application: "table", MaxAnswer: link.SmallAnswer}); err != nil {
		c.close()
		return err
	}
	if c.ddl, err = openDDL(ctx, c.cfg, "table"); err != nil {
		c.close()
	}
	return err
}

func (c *change) close() {
	link.Close(c.source)
	link.Close(c.target)
	link.Close(c.ddl)
}

func (c *change) examine(ctx context.Context) (err error) {
	if c.diff, err = Differs(ctx, c.ddl, c.cfg.Source.Slot, c.list); err != nil {
		return err
	}
	if c.diff, err = c.diff.renamed(c.order.Was, c.list); err != nil {
		return err
	}
	if c.order.Every {
		c.order.Resync = c.diff.every()
	}
	if err := c.diff.check(&c.order); err != nil {
		return err
	}
	if c.order.All {
		c.order.Resync = append(c.order.Resync, minus(c.diff.Redefined, c.order.Resync)...)
	}
	if c.report, err = checkWith(ctx, c.cfg, c.list, c.back); err != nil {
		return err
	}
	if err := c.report.Err(); err != nil {
		return err
	}
	return c.mustBeEmpty(ctx)
}

// look examines both sides, with the released tables that this command brings back.
func (c *change) look(ctx context.Context) (*Report, error) {
	return examine(ctx, c.cfg, c.list, c.back)
}

// back reports whether this command brings a table back that was released.
func (c *change) back(name string) bool { return slices.Contains(c.order.Resync, name) }

// mustBeEmpty refuses to replace rows that are not the replica's.
func (c *change) mustBeEmpty(ctx context.Context) error {
	for _, name := range c.order.Add {
		sql := quoted(name)
		var rows bool
		err := c.ddl.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+sql+")").Scan(&rows)
		if code := link.Code(err); code == "42P01" || code == "3F000" {
			continue
		}
		if err != nil {
			return targetError("look into "+name, err)
		}
		if rows {
			return fault.Unsafef("target: table %s already holds rows that are not the replica's; empty it first", name)
		}
	}
	return nil
}

func quoted(name string) string {
	schema, table, _ := strings.Cut(name, ".")
	return relation.Quote(schema, table)
}

// build makes what both sides need first: it takes long, or waits, and keeps nobody else waiting.
func (c *change) build(ctx context.Context) error {
	if err := makeTables(ctx, c.ddl, c.report); err != nil {
		return err
	}
	return c.alter(c.report).buildIndexes(ctx)
}

func (c *change) alter(report *Report) *alteration {
	return &alteration{cfg: c.cfg, list: c.list, report: report, conn: c.source}
}

// withdraw takes out of the publication what is dropped or redefined, and gives tables the replica identity they
// need while nothing of them is published.
func (c *change) withdraw(ctx context.Context) error {
	gone := slices.Concat(c.order.Drop, c.redefined())
	p, err := publisher.ReadPublication(ctx, c.source, c.cfg.Source.Publication)
	if errors.Is(err, publisher.ErrNoPublication) {
		return nil
	}
	if err != nil {
		return err
	}
	var tables []string
	for _, t := range p.Tables {
		if slices.Contains(gone, t.Schema+"."+t.Name) {
			tables = append(tables, relation.Quote(t.Schema, t.Name))
		}
	}
	failpoint.Hit("swap.before_withdraw")
	a := c.alter(c.report)
	if len(tables) > 0 {
		sql := "ALTER PUBLICATION " + relation.Quote(c.cfg.Source.Publication) + " DROP TABLE " + strings.Join(tables, ", ")
		lock := locks.Lock{What: "take tables out of publication " + c.cfg.Source.Publication, Relations: tables, Definition: true}
		if err := a.do(ctx, lock, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return stepFault(Step{Side: "source", SQL: sql}, err)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	if err := a.setIdentities(ctx); err != nil {
		return err
	}
	if err := a.grant(ctx); err != nil {
		return err
	}
	failpoint.Hit("swap.after_withdraw")
	return nil
}

func isPublication(s Step) bool {
	return strings.HasPrefix(s.SQL, "CREATE PUBLICATION ") || strings.HasPrefix(s.SQL, "ALTER PUBLICATION ")
}

// redefined are tables whose columns or filter change.
func (c *change) redefined() []string {
	return slices.DeleteFunc(slices.Clone(c.order.Resync), func(n string) bool { return !slices.Contains(c.diff.Redefined, n) })
}

// record notes the new list on the target and tells the syncer that runs.
func (c *change) record(ctx context.Context) error {
	failpoint.Hit("swap.before_record")
	if err := c.looksForSyncer(ctx); err != nil {
		return err
	}
	marks, err := c.marks(ctx)
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

// looksForSyncer finds out whether a syncer is at work. One that is just opening a session again holds no claim
// for a moment; one that was stopped says so.
func (c *change) looksForSyncer(ctx context.Context) (err error) {
	for began := time.Now(); ; {
		if c.running, err = replica.IsClaimed(ctx, c.target, c.cfg.Source.Slot); err != nil || c.running {
			return err
		}
		var stopped bool
		err := c.target.QueryRow(ctx, `SELECT state IN ('stopped', 'starting'), state = 'error' FROM sync.progress WHERE slot = $1`, c.cfg.Source.Slot).Scan(&stopped, &c.failed)
		if err != nil {
			return targetError("read progress", err)
		}
		if stopped || time.Since(began) > goneAfter {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// recordTables notes the tables of the new list; the publication's text of a new filter is known only once it is
// published.
func (c *change) recordTables(ctx context.Context, tx pgx.Tx, marks []wire.Mark) error {
	slot := c.cfg.Source.Slot
	if err := c.recordNames(ctx, tx); err != nil {
		return err
	}
	// Dropped tables stay recorded until nothing is left of them, so that the same command can go on.
	if _, err := tx.Exec(ctx, `UPDATE sync.tables SET state = 'joining', joined = false WHERE slot = $1 AND name = ANY ($2)`, slot, c.order.Drop); err != nil {
		return err
	}
	for name, columns := range c.diff.unlisted(c.list) {
		_, err := tx.Exec(ctx, `
			INSERT INTO sync.pieces (slot, name, piece, rows) SELECT $1, $2, $3 || u, 0 FROM unnest($4::text[]) u ON CONFLICT DO NOTHING`,
			slot, name, toErase, columns)
		if err != nil {
			return err
		}
	}
	wide, err := c.report.wider(ctx, tx)
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
			alone := c.order.Freeze || c.failed || slices.Contains(c.redefined(), name)
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

// recordNames notes what renamed tables are called now; they were released, so nothing else of them is in hand.
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

const (
	// takenWithin is how long a syncer that applies nothing may take to read the list; one that is at work on a large batch
	// finishes it first, however long that takes, up to takenAtMost (a batch may take 15 minutes).
	takenWithin = 30 * time.Second
	takenAtMost = 20 * time.Minute
	goneAfter   = 6 * time.Second // between two of its sessions nobody holds the claim; a syncer that is gone stays away
)

// taken waits until the syncer that runs obeys the new list: from then on nothing new in the publication is a
// surprise. One that is not running reads it when it starts.
func (c *change) taken(ctx context.Context) error {
	began, seen, moved := time.Now(), time.Now(), time.Now()
	var last string
	for c.running {
		claimed, err := replica.IsClaimed(ctx, c.target, c.cfg.Source.Slot)
		if err != nil {
			return err
		}
		var epoch int64
		var stands string
		err = c.target.QueryRow(ctx, `
			SELECT epoch, concat_ws(' ', applied_lsn, heard_at) FROM sync.progress WHERE slot = $1`, c.cfg.Source.Slot).Scan(&epoch, &stands)
		if err != nil {
			return targetError("read progress", err)
		}
		if claimed {
			seen = time.Now()
		}
		if stands != last {
			last, moved = stands, time.Now()
		}
		switch {
		case epoch > c.epoch:
			return nil
		case time.Since(seen) > goneAfter:
			c.running = false
		case time.Since(moved) > takenWithin, time.Since(began) > takenAtMost:
			return fault.Unsafef("the running syncer has not read the new whitelist within %s (does it have the same file, and is it of this version?); the publication is not widened until it has: run the same command again", time.Since(began).Round(time.Second))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// toErase begins the name of a piece that is none: the column after it may no longer leave and is to be emptied.
const toErase = "erase "

// erase empties columns that may no longer leave; nothing writes to their tables now.
func (c *change) erase(ctx context.Context) error {
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
			if err := erase(ctx, tx, name, columns); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `DELETE FROM sync.pieces WHERE slot = $1 AND starts_with(piece, $2)`, c.cfg.Source.Slot, toErase)
		return err
	})
}

// publish makes the publication exactly the whitelist's, together with the replica identities it needs, and
// records its filters as PostgreSQL writes them.
func (c *change) publish(ctx context.Context) error {
	failpoint.Hit("swap.before_publish")
	report, err := c.look(ctx)
	if err != nil {
		return err
	}
	before, err := entries(ctx, c.source, c.cfg.Source.Publication)
	if err != nil {
		return err
	}
	a := c.alter(report)
	for _, step := range []func(context.Context) error{a.buildIndexes, a.setIdentities, a.grant, a.publish} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	failpoint.Hit("swap.after_publish")
	if err := keepEntries(ctx, c.source, c.target, c.cfg, before); err != nil {
		return err
	}
	p, err := publisher.ReadPublication(ctx, c.source, c.cfg.Source.Publication)
	if err != nil {
		return err
	}
	names, filters := make([]string, len(p.Tables)), make([]string, len(p.Tables))
	for n, t := range p.Tables {
		names[n], filters[n] = t.Schema+"."+t.Name, t.Filter
	}
	_, err = c.target.Exec(ctx, `
		UPDATE sync.tables t SET filter = u.filter FROM unnest($2::text[], $3::text[]) AS u(name, filter)
		 WHERE t.slot = $1 AND t.name = u.name AND t.filter <> u.filter`, c.cfg.Source.Slot, names, filters)
	if err != nil {
		return targetError("record filters", err)
	}
	return nil
}

// clean removes what is left of dropped tables: their rows, unless they are to be kept, and the roles' rights.
func (c *change) clean(ctx context.Context) error {
	for _, name := range c.order.Drop {
		if err := c.revoke(ctx, c.source, "source", c.cfg.Source.DSN, name); err != nil {
			return err
		}
		if !c.order.KeepRows {
			err := pgx.BeginFunc(ctx, c.target, func(tx pgx.Tx) error { return empty(ctx, tx, name) })
			if err != nil {
				return err
			}
		}
		if err := c.revoke(ctx, c.target, "target", c.cfg.Target.DSN, name); err != nil {
			return err
		}
		if _, err := c.target.Exec(ctx, `DELETE FROM sync.tables WHERE slot = $1 AND name = $2`, c.cfg.Source.Slot, name); err != nil {
			return targetError("forget "+name, err)
		}
	}
	return c.alter(c.report).dropSuperseded(ctx)
}

// revoke takes every right on the table from the role that dsn signs in as, unless it is the owner's own.
func (c *change) revoke(ctx context.Context, admin *pgx.Conn, side, dsn, name string) error {
	parsed, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fault.Usagef("%s.dsn cannot be read", side)
	}
	var there bool
	err = admin.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
		                WHERE c.oid = pg_catalog.to_regclass($1) AND r.rolname <> $2)`, quoted(name), parsed.User).Scan(&there)
	if err != nil || !there {
		return err
	}
	sql := "REVOKE ALL ON " + quoted(name) + " FROM " + relation.Quote(parsed.User)
	if _, err := admin.Exec(ctx, sql); err != nil {
		return stepFault(Step{Side: side, SQL: sql}, err)
	}
	return nil
}

func (c *change) loading() []string {
	names := slices.Concat(c.order.Add, c.order.Resync)
	for _, r := range c.diff.Recorded { // left by a command that was interrupted
		if r.State == "joining" && !slices.Contains(names, r.Name) && !slices.Contains(c.order.Drop, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// Joining returns which of names are not ready, how large their shadows are by now, in bytes, and of those that are
// loaded how much of the source's log they are behind the others.
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

func targetError(what string, err error) error {
	return link.Fail("target: "+what, err)
}
