// Package compare proves that the replica equals its source, or names the rows and objects in which it does
// not, and mends them; the stream goes on meanwhile.
//
// # One moment on both sides
//
// Rows can be compared only at one moment of both databases. A fence (sync.fences) brings them there: the
// writer stops between two batches, a REPEATABLE READ snapshot is taken on the source, the writer applies
// exactly the transactions which that snapshot sees and exports a snapshot of the target, and the stream goes
// on at once. Where no writer runs, the same is true without it when the slot holds nothing that the replica
// lacks (without_writer.go). Both snapshots live as long as the comparison; nothing is locked.
//
// # Nothing is overlooked
//
// The whitelisted projection of a row is written as text, under session settings that make it the same on both
// sides, and two 64-bit hashes of that text are joined by exclusive or over a block of rows; equal counts and
// equal sums of both mean equal blocks. The sums do not depend on the order of rows. Blocks are ranges of the key that both sides
// cut at the same keys, each by its own index: with b(0) before and b(n) after all keys, a row whose key is not
// before b(0) and is before b(n) must lie between some b(i) and b(i+1), whatever each side's order is and even if
// the cuts are out of order there. So every row is in some block on either side; a collation or an enum that
// sorts differently makes more blocks differ, never fewer. Where ranges would be slow (no fitting index,
// collations of different versions, keys that may be NULL, rows of a large table that do not lie in the order of
// their key) blocks are buckets of a hash of the key, summed up in one pass over each side, in the order in which
// the rows lie. Differing blocks are narrowed to rows by comparing keys and hashes.
//
// # No false alarm
//
// Each row found is looked up again by its key, with the type's own equality, at a second fence, and reported
// only if it still differs there.
//
// # Repair
//
// See repair.go for why a mended row is right when it becomes visible.
//
// # By a schedule
//
// Beside the stream the same comparison goes on all the time, a block after the other, without any process that holds
// both sides' credentials: Schedule is the writer's half, which compares and records; Blocks is the reader's, which cuts
// blocks and hashes them. Between them are the frames of purpose compare (package wire), and decision 0010 says why.
//
// Reports hold counts and keys, never other content. Compare and Repair hold both sides' credentials and are meant for the
// command line; Schedule and Blocks hold one side's. This package may import publisher, replica, apply, prepare, relation, link,
// wire, config, shared/blob, shared/whitelist and pgx.
package compare

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
)

// Options say what to compare and how.
type Options struct {
	Config *config.Config
	List   *whitelist.List
	// Tables are names of whitelisted tables, "schema.table"; none means all.
	Tables []string
	// Workers is how many connections read on each side; 0 means 4.
	Workers int
	// Keys is how many keys are reported of each table; 0 means none.
	Keys int
	// Wait is how long the replica may take to reach the source's position; 0 means one minute.
	Wait time.Duration
	// NoObjects leaves the object store alone.
	NoObjects bool
	// Deep reads every object and compares its SHA-256.
	Deep bool
	// OnProgress, if not nil, is told how far the work is, from several goroutines.
	OnProgress func(Progress)

	// SilentAfter is how long a side may not answer the shortest question before it is given up; 0 means two minutes.
	SilentAfter time.Duration

	// BlockBytes is about how much of a table one block covers; 0 means 2 MiB.
	BlockBytes int64
	// LeafRows is how many rows of a differing block are fetched by key at a time; 0 means 10,000.
	LeafRows int64
	// MaxRows is how many differing rows of one table are followed up; 0 means 200,000.
	MaxRows int
}

// Progress tells how far the work is.
type Progress struct {
	Phase string // PhaseRows, PhaseAgain, PhaseObjects, PhaseRepair
	Done  int64
	Total int64 // an estimate; 0 when it is not known
}

// The phases, as they may be shown.
const (
	PhaseRows    = "comparing"
	PhaseAgain   = "looking again"
	PhaseObjects = "objects"
	PhaseRepair  = "mending"
)

func (o Options) withDefaults() Options {
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Wait == 0 {
		o.Wait = time.Minute
	}
	if o.SilentAfter == 0 {
		o.SilentAfter = silentAfter
	}
	if o.BlockBytes == 0 {
		o.BlockBytes = 2 << 20
	}
	if o.LeafRows == 0 {
		o.LeafRows = 10_000
	}
	if o.MaxRows == 0 {
		o.MaxRows = 200_000
	}
	return o
}

// comparison is one run.
type comparison struct {
	Options
	sides  *sides
	rows   *rowSearch
	tally  *tally
	tables []*table
}

// table is one whitelisted table and what was found out about it.
type table struct {
	shape
	mu      sync.Mutex // several lanes work on one table
	result  TableReport
	piles   piles
	suspect []suspect // differed at the first fence
	wrong   []finding // and at the second
	failed  error
}

// Compare compares tables and objects.
func Compare(ctx context.Context, o Options) (*Report, error) {
	c, err := startComparison(ctx, o)
	if err != nil {
		return nil, err
	}
	defer c.sides.close()
	var report *Report
	err = c.sides.runGuarded(ctx, c.SilentAfter, func(ctx context.Context) error {
		report, err = c.compareAll(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return report, nil
}

func startComparison(ctx context.Context, o Options) (*comparison, error) {
	o = o.withDefaults()
	for _, name := range o.Tables {
		if !slices.ContainsFunc(o.List.Tables, func(t whitelist.Table) bool { return t.FullName() == name }) {
			return nil, fault.Usagef("table %q is not on the whitelist %s; write it as it stands there", name, o.Config.Whitelist)
		}
	}
	if o.Workers < 1 || o.Workers > 64 {
		return nil, fault.Usagef("--workers must be between 1 and 64")
	}
	s, err := openSides(ctx, o.Config, o.List, o.Wait)
	if err != nil {
		return nil, err
	}
	c := &comparison{Options: o, sides: s, tally: &tally{onProgress: o.OnProgress}}
	c.rows = &rowSearch{leafRows: o.LeafRows, mostRows: o.MaxRows, tally: c.tally}
	return c, nil
}

func (c *comparison) compareAll(ctx context.Context) (*Report, error) {
	began := time.Now()
	report := &Report{}
	if err := c.compareRows(ctx, report); err != nil {
		return nil, err
	}
	if err := c.compareAgain(ctx, report); err != nil {
		return nil, err
	}
	for _, t := range c.tables {
		t.concludeTable(c.Keys)
		report.Tables = append(report.Tables, t.result)
	}
	if c.Config.Documents != nil && !c.NoObjects && len(c.List.Documents) > 0 {
		var err error
		if report.Objects, err = c.compareObjects(ctx); err != nil {
			return nil, err
		}
	}
	report.concludeReport(time.Since(began))
	return report, nil
}

// compareRows goes through every table at one moment and collects the rows that differ there.
func (c *comparison) compareRows(ctx context.Context, report *Report) error {
	m, err := c.sides.takeMoment(ctx, false, nil)
	if err != nil {
		return err
	}
	defer m.close()
	report.LSN, report.Fenced = m.progress.Applied.String(), m.fenced
	if err := c.examineTables(ctx, m); err != nil {
		return err
	}
	c.tally.tellProgress(PhaseRows, 0)
	tasks := make(chan task)
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(tasks)
		return c.planTasks(gctx, m, tasks)
	})
	for range c.Workers {
		g.Go(func() error { return c.doTasks(gctx, m, tasks) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return c.skipMoved(ctx, m)
}

// skipMoved takes back what was found in tables that were truncated meanwhile.
func (c *comparison) skipMoved(ctx context.Context, m *moment) error {
	for _, t := range c.tables {
		if t.result.State != "" {
			continue
		}
		moved, err := t.wereMoved(ctx, m.source, m.target)
		if err != nil {
			return err
		}
		if moved {
			t.skipTable(rewritten)
		}
	}
	return nil
}

const rewritten = "was truncated or rewritten meanwhile; compare it again"

// skipTable forgets what was found.
func (t *table) skipTable(why string) {
	t.suspect, t.wrong = nil, nil
	t.result = TableReport{Name: t.result.Name, KeyColumns: t.result.KeyColumns, State: Skipped, Reason: why}
}

// examineTables looks at the tables on both sides and notes which cannot be compared, and why.
func (c *comparison) examineTables(ctx context.Context, m *moment) error {
	var err error
	if c.rows.hash, err = chooseHash(ctx, m.source, m.target); err != nil {
		return err
	}
	all, err := publisher.Tables(ctx, m.source, c.List)
	if err != nil {
		return link.Fail("source", err)
	}
	for i, t := range all {
		if len(c.Tables) > 0 && !slices.Contains(c.Tables, t.FullName()) {
			continue
		}
		one := &table{result: TableReport{Name: t.FullName(), KeyColumns: t.Key}}
		c.tables = append(c.tables, one)
		if why := m.whyUnready(t.FullName()); why != "" {
			one.result.State, one.result.Reason = Skipped, why
			continue
		}
		if one.shape, err = newShape(ctx, m, t, i, c.BlockBytes); err != nil {
			if !one.failTable(err) {
				return err
			}
			continue
		}
		c.tally.total += one.estimate
	}
	return nil
}

// failTable notes that the table cannot be compared. It returns false for errors that concern everything.
func (t *table) failTable(err error) bool {
	var u *unfit
	if !errors.As(err, &u) && (link.Code(err) == "" || link.Temporary(err)) {
		return false
	}
	t.failed = err
	t.result.State, t.result.Reason = Failed, link.Scrub(err)
	return true
}

// task is a piece of work for one lane.
type task struct {
	table     *table
	low, high key      // a range of keys; nil: no end
	segment   *segment // or, if not nil, a part of one side
}

// planTasks cuts the tables into blocks.
func (c *comparison) planTasks(ctx context.Context, m *moment, tasks chan<- task) error {
	for _, t := range c.tables {
		if t.result.State != "" {
			continue
		}
		todo := t.cutSegments(c.BlockBytes)
		if t.ranged {
			cuts, err := t.findCuts(ctx, m.source, c.BlockBytes)
			if err != nil {
				return err
			}
			todo = rangeTasks(t, cuts)
		}
		for _, one := range todo {
			select {
			case tasks <- one:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

func rangeTasks(t *table, cuts []key) []task {
	all := make([]task, 0, len(cuts)+1)
	var low key
	for _, cut := range append(cuts, nil) {
		all = append(all, task{table: t, low: low, high: cut})
		low = cut
	}
	return all
}

// doTasks takes tasks on a lane of its own.
func (c *comparison) doTasks(ctx context.Context, m *moment, tasks <-chan task) error {
	l, err := m.openLane(ctx)
	if err != nil {
		return err
	}
	defer func() { l.close() }()
	for one := range tasks {
		if one.table.hasFailed() {
			continue
		}
		if one.segment != nil {
			err = c.rows.compareSegment(ctx, l, one)
		} else {
			err = c.rows.compareBlock(ctx, l, one)
		}
		if err == nil {
			continue
		}
		if ctx.Err() != nil || !one.table.noteFailure(err) {
			return err
		}
		l.close() // its transactions are lost
		if l, err = m.openLane(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) hasFailed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed != nil
}

func (t *table) noteFailure(err error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failTable(err)
}
