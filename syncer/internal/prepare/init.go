package prepare

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/watch"
)

// resync says what happens to an existing replica.
type resync int

const (
	keep   resync = iota // go on with it
	anew                 // give up the slot and load everything anew; readers see the old rows until the new ones are whole
	afresh               // the same, and empty the tables at once: for when the target has no room for both
)

// Init puts both sides right and records the replica. Two databases cannot do that in one step. If it is interrupted, or one of them
// fails, the application on the source can work as before, and the same command goes on. The target records the replica only once the
// source has committed everything that the replica needs.
//
// With again the slot is given up and everything is loaded anew; readers see the old rows until then. The slot is dropped last, so if the
// target does not commit, the replica goes on as it was.
func Init(ctx context.Context, cfg *config.Config, list *whitelist.List, again bool) (*Report, error) {
	if again {
		return initializeReplica(ctx, cfg, list, anew)
	}
	return initializeReplica(ctx, cfg, list, keep)
}

// InitEmpty is Init for a target that has no room for the replica twice: its tables are emptied at once.
func InitEmpty(ctx context.Context, cfg *config.Config, list *whitelist.List) (*Report, error) {
	return initializeReplica(ctx, cfg, list, afresh)
}

func initializeReplica(ctx context.Context, cfg *config.Config, list *whitelist.List, how resync) (*Report, error) {
	turn, err := takeTurn(ctx, cfg, "init")
	if err != nil {
		return nil, err
	}
	defer turn.endTurn()
	what := purpose{back: noTable, follow: true, admin: turn.admin}
	if how != keep {
		what = purpose{back: everyTable, admin: turn.admin}
	}
	report, err := checkFor(ctx, cfg, list, what)
	if err == nil && len(report.aside) > 0 {
		if err = makeIndexes(ctx, cfg); err == nil {
			report, err = checkFor(ctx, cfg, list, what)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := report.Err(); err != nil {
		return report, err
	}
	i := &initialization{cfg: cfg, list: list, report: report}
	if err := i.openConns(ctx); err != nil {
		return report, err
	}
	defer i.closeConns()
	known, err := i.readKnown(ctx, how != keep)
	if err == nil && how != keep {
		err = i.mayDropSlot(ctx)
	}
	if err != nil {
		return report, err
	}
	if err := i.ensureStores(ctx); err != nil {
		return report, err
	}
	return report, i.putRight(ctx, known, how)
}

type initialization struct {
	cfg    *config.Config
	list   *whitelist.List
	report *Report
	source *pgx.Conn // owner of the tables
	target *pgx.Conn
	ddl    *pgx.Conn // to the target as well, for what must not take long
	repl   *pgx.Conn // the reader's role, which owns the slot
	writer *pgx.Conn // the writer's role; holds the claim
	system publisher.System
}

func (i *initialization) openConns(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			i.closeConns()
		}
	}()
	return doTogether(
		func() (err error) {
			i.source, err = link.Open(ctx, i.cfg.Source.AdminDSN, link.Options{Name: "source.admin_dsn", Application: "init"})
			return err
		},
		func() (err error) {
			i.target, err = link.Open(ctx, i.cfg.Target.AdminDSN, link.Options{Name: "target.admin_dsn", Application: "init", MaxAnswer: link.SmallAnswer})
			return err
		},
		func() (err error) {
			i.ddl, err = openDDL(ctx, i.cfg, "init")
			return err
		},
		func() (err error) {
			i.writer, err = link.Open(ctx, i.cfg.Target.DSN, link.Options{Name: "target.dsn", Application: "init", MaxAnswer: link.SmallAnswer, AnswerWithin: link.Soon})
			return err
		},
		func() (err error) {
			if i.repl, err = link.Open(ctx, i.cfg.Source.DSN, link.Options{Name: "source.dsn", Application: "init", Replication: true}); err == nil {
				i.system, err = publisher.Identify(ctx, i.repl)
			}
			return err
		})
}

// doTogether calls all functions at the same time. It returns the first error in the order of the arguments.
func doTogether(all ...func() error) error {
	errs := make([]error, len(all))
	var wait sync.WaitGroup
	for n, do := range all {
		wait.Go(func() { errs[n] = do() })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (i *initialization) closeConns() {
	link.Close(i.source, i.target, i.ddl, i.writer, i.repl)
}

// readKnown reports whether the target has progress of this slot. It refuses to go on if something would be lost silently.
func (i *initialization) readKnown(ctx context.Context, resync bool) (bool, error) {
	progress, err := replica.Claim(ctx, i.writer, i.cfg.Source.Slot)
	if errors.Is(err, replica.ErrNoProgress) {
		_, err := publisher.ReadSlot(ctx, i.source, i.cfg.Source.Slot)
		if err == nil && !resync {
			return false, publisher.ResyncError("replication slot %q exists, but the target knows nothing of it: another replica uses it, or this one was wiped", i.cfg.Source.Slot)
		}
		if errors.Is(err, publisher.ErrNoSlot) {
			err = nil
		}
		return false, err
	}
	if err != nil || resync {
		return err == nil, err
	}
	if progress.Digest != i.list.Digest() {
		d, err := Differs(ctx, i.target, i.cfg.Source.Slot, i.list)
		if err != nil {
			return true, err
		}
		return true, fault.Unsafef("the whitelist was changed since the replica was made by it; run %s", d.Verbs())
	}
	return true, nil
}

func firstLine(sql string) string {
	for n, r := range sql {
		if r == '\n' {
			return sql[:n]
		}
	}
	return sql
}

// putRight puts both sides right and records the replica. The target comes first, so that nothing that locks tables of the source has to
// wait for the target.
func (i *initialization) putRight(ctx context.Context, known bool, how resync) error {
	if err := makeTables(ctx, i.ddl, i.report); err != nil {
		return err
	}
	a := &alteration{cfg: i.cfg, list: i.list, report: i.report, conn: i.source}
	if err := a.buildIndexes(ctx); err != nil {
		return err
	}
	before, err := readEntries(ctx, i.source, i.cfg.Source.Publication)
	if err != nil {
		return err
	}
	gone, err := readDropped(ctx, i.target, i.cfg.Source.Slot, i.list)
	if err != nil {
		return err
	}
	if err := a.setIdentities(ctx); err != nil {
		return err
	}
	if err := a.grantReader(ctx); err != nil {
		return err
	}
	if err := a.alterPublication(ctx); err != nil {
		return err
	}
	if err := i.noteOnTarget(ctx, before, known, how); err != nil {
		return err
	}
	if how != keep {
		if err := i.dropSlots(ctx); err != nil {
			return err
		}
	}
	if err := a.tidyDropped(ctx, gone); err != nil {
		return err
	}
	return a.dropSuperseded(ctx)
}

// noteOnTarget records on the target what was done.
func (i *initialization) noteOnTarget(ctx context.Context, before map[string]uint32, known bool, how resync) error {
	return pgx.BeginFunc(ctx, i.target, func(dst pgx.Tx) error {
		switch {
		case known && how == keep:
			return keepEntries(ctx, i.source, dst, i.cfg, before)
		case how == anew:
			return i.recordAnew(ctx, i.source, dst)
		case how == afresh:
			if err := i.giveUp(ctx, dst); err != nil {
				return err
			}
		}
		return i.recordReplica(ctx, i.source, dst)
	})
}

// mayDropSlot refuses to give up a slot that somebody streams from.
func (i *initialization) mayDropSlot(ctx context.Context) error {
	slot, err := publisher.ReadSlot(ctx, i.source, i.cfg.Source.Slot)
	if errors.Is(err, publisher.ErrNoSlot) {
		return nil
	}
	if err == nil && slot.Active {
		err = fault.Unsafef("source: a reader still streams from replication slot %q; stop it first (SELECT active_pid FROM pg_replication_slots WHERE slot_name = '%s' names it)", i.cfg.Source.Slot, i.cfg.Source.Slot)
	}
	return err
}

// dropSlots drops the slot that the replica followed until now, and those of tables that were joining. If one stays, it
// keeps log on the source until the new load drops it.
func (i *initialization) dropSlots(ctx context.Context) error {
	err := publisher.DropSlot(ctx, i.repl, i.cfg.Source.Slot)
	if err == nil {
		_, err = publisher.DropJoinSlots(ctx, i.repl, i.cfg.Source.Slot, nil)
	}
	if err != nil {
		return fmt.Errorf("the replica is recorded as one to be loaded anew, but its old slot stays until `syncer run` loads it: %w", err)
	}
	return nil
}

// giveUp empties every table that this slot has ever filled, including those that are no longer on the whitelist.
func (i *initialization) giveUp(ctx context.Context, dst pgx.Tx) error {
	rows, err := dst.Query(ctx, `SELECT name FROM sync.tables WHERE slot = $1`, i.cfg.Source.Slot)
	if err != nil {
		return link.Fail("target", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return link.Fail("target", err)
	}
	for _, t := range i.list.Tables {
		names = append(names, t.FullName())
	}
	for n := len(names) - 1; n >= 0; n-- {
		if err := emptyTable(ctx, dst, names[n]); err != nil {
			return err
		}
	}
	if _, err := dst.Exec(ctx, `DELETE FROM sync.progress WHERE slot = $1`, i.cfg.Source.Slot); err != nil {
		return link.Fail("target", err)
	}
	return nil
}

// recordAnew records the replica as one that is to be loaded anew while its rows are still there.
func (i *initialization) recordAnew(ctx context.Context, src relation.Queryer, dst pgx.Tx) error {
	slot := i.cfg.Source.Slot
	d, err := Differs(ctx, dst, slot, i.list)
	if err != nil && !errors.Is(err, replica.ErrNoProgress) { // then every row in the listed tables is replaced
		return err
	}
	for _, name := range d.Dropped {
		if err := emptyTable(ctx, dst, name); err != nil {
			return err
		}
	}
	for name, columns := range d.unlistedColumns(i.list) {
		if err := eraseColumns(ctx, dst, name, columns); err != nil {
			return err
		}
	}
	if _, err := dst.Exec(ctx, `DELETE FROM sync.tables WHERE slot = $1`, slot); err != nil {
		return targetError("record the replica", err)
	}
	_, err = dst.Exec(ctx, `
		INSERT INTO sync.progress AS p (slot, system_id, timeline, whitelist, epoch) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (slot) DO UPDATE SET system_id = $2, timeline = $3, whitelist = $4, applied_lsn = NULL, settled_lsn = NULL,
		       last_commit_lsn = NULL, last_commit_at = NULL,
		       skip_lsn = NULL, state = 'starting', error = NULL, state_at = now(), generation = p.generation + 1`,
		slot, i.system.ID, i.system.Timeline, i.list.Digest())
	if err != nil {
		return targetError("record the replica", err)
	}
	return i.recordTables(ctx, src, dst, "joining")
}

// recordReplica records which source and which whitelist the replica is made of. The snapshot starts from there.
func (i *initialization) recordReplica(ctx context.Context, src relation.Queryer, dst pgx.Tx) error {
	_, err := dst.Exec(ctx, `INSERT INTO sync.progress (slot, system_id, timeline, whitelist, epoch) VALUES ($1, $2, $3, $4, 1)`,
		i.cfg.Source.Slot, i.system.ID, i.system.Timeline, i.list.Digest())
	if err != nil {
		return link.Fail("target: record the replica", err)
	}
	return i.recordTables(ctx, src, dst, "waiting")
}

func (i *initialization) recordTables(ctx context.Context, src relation.Queryer, dst pgx.Tx, state string) error {
	p, err := publisher.ReadPublication(ctx, src, i.cfg.Source.Publication)
	if err != nil {
		return err
	}
	filters := p.Filters()
	marks, err := watch.ReadMarks(ctx, src, i.cfg.Source.Publication, i.report.Tables)
	if err != nil {
		return err
	}
	wide, err := i.report.widerTables(ctx, dst)
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	for n, t := range i.list.Tables {
		b.Queue(`
			INSERT INTO sync.tables (slot, name, columns, condition, filter, state, published, leaves, catalog, plain) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			i.cfg.Source.Slot, t.FullName(), t.Columns, t.Where, filters[t.FullName()], state, int64(marks[n].Published), marks[n].Leaves, marks[n].Catalog, wide[n])
	}
	if err := dst.SendBatch(ctx, b).Close(); err != nil {
		return link.Fail("target: record the tables", err)
	}
	return nil
}
