package compare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
)

// A mended row must be right when it becomes visible, and must not undo a newer change. For each batch of rows:
//
//  1. A fence: the source's snapshot S sees exactly the transactions that are applied up to position P. The
//     writer is asked to wait at P. The rows' right values, or that there is no such row, are read in S.
//  2. On the target, in one transaction T: LOCK TABLE … IN SHARE ROW EXCLUSIVE MODE. From now on until T ends no
//     other session has changed anything in the table that is not committed, and none can change anything: also
//     no batch that is under way, no large transaction that is applied while it still runs, and no later syncer.
//     Readers are not disturbed.
//  3. The slot's row in sync.progress is locked and must still say P and the epoch of the fence. Each batch moves
//     that row in its own transaction, and each new writer raises the epoch. So what T sees of the table is what
//     was applied up to P, neither more nor less.
//  4. T writes the rows as they are in S, and commits: the replica equals the source at P in these rows. Whatever
//     the stream brings later begins after T and finds the rows as the source had them.
//
// The steps do not rely on the writer's patience or life: when it went on after ten seconds, or another one took
// over, 3 fails and T changes nothing. That it waits is only needed to get anywhere on a busy stream. When a large
// transaction keeps 2 from succeeding, the batch is tried again at a later fence.

// Outcome is what repair did.
type Outcome struct {
	*Report
	DryRun bool  `json:"dry_run"`
	Mended int64 `json:"mended"` // rows
	Asked  int64 `json:"asked"`  // objects that the syncer was asked to copy again or to remove
	// Unmended rows still differ, and why.
	Unmended []Unmended `json:"unmended,omitempty"`
}

// Unmended is a row that could not be put right.
type Unmended struct {
	Table  string `json:"table"`
	Row    Row    `json:"row"`
	Reason string `json:"reason"`
}

// Repair compares and then puts the differing rows and objects right; with dryRun it only says what it would do.
func Repair(ctx context.Context, o Options, dryRun bool) (*Outcome, error) {
	c, err := startComparison(ctx, o)
	if err != nil {
		return nil, err
	}
	defer c.sides.close()
	var out *Outcome
	err = c.sides.runGuarded(ctx, c.SilentAfter, func(ctx context.Context) error {
		out, err = c.repairAll(ctx, dryRun)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (c *comparison) repairAll(ctx context.Context, dryRun bool) (*Outcome, error) {
	began, err := c.sides.readClock(ctx)
	if err != nil {
		return nil, err
	}
	report, err := c.compareAll(ctx)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Report: report, DryRun: dryRun}
	if dryRun {
		return out, nil
	}
	if report.Equal {
		return out, c.forgetMended(ctx, out, began)
	}
	if err := c.mendTables(ctx, out); err != nil {
		return nil, err
	}
	if err := c.verifyMended(ctx, out); err != nil {
		return nil, err
	}
	if err := c.forgetMended(ctx, out, began); err != nil {
		return nil, err
	}
	if report.Objects != nil && len(report.Objects.wanting) > 0 {
		if out.Asked, err = c.mendObjects(ctx, report.Objects); err != nil {
			return nil, err
		}
	}
	return out, nil
}

const (
	mendRows  = 500     // rows of one fence
	mendBytes = 8 << 20 // and about their size
	mendTries = 20
)

// mendTables goes through the tables: first rows that must go, so that unique values are free; then the others; then once
// more what another wrong row may have kept from being right.
func (c *comparison) mendTables(ctx context.Context, out *Outcome) error {
	var total int64
	for _, t := range c.tables {
		slices.SortStableFunc(t.wrong, func(a, b finding) int { return rankOfFinding(a) - rankOfFinding(b) })
		total += int64(len(t.wrong))
	}
	c.tally.beginPhase(PhaseRepair, total)
	conn, err := c.sides.openWriting(ctx)
	if err != nil {
		return err
	}
	defer func() { link.Close(conn) }()
	for _, t := range c.tables {
		p := &patch{sides: c.sides, tally: c.tally, table: t, conn: conn}
		left, err := p.mendAll(ctx, t.wrong)
		if err == nil && len(left) > 0 && len(left) < len(t.wrong) {
			left, err = p.mendAll(ctx, left)
		}
		if err != nil {
			return err
		}
		out.Mended += int64(len(t.wrong) - len(left))
		for _, f := range left {
			out.Unmended = append(out.Unmended, Unmended{t.FullName(), Row{f.kind, f.key}, p.why[f.key.id()]})
		}
	}
	return nil
}

// verifyMended looks every row up once more, at a fence after the last of them was mended.
func (c *comparison) verifyMended(ctx context.Context, out *Outcome) error {
	if out.Mended == 0 {
		return nil
	}
	c.tally.beginPhase(PhaseAgain, out.Mended)
	m, err := c.sides.takeMoment(ctx, false, nil)
	if err != nil {
		return err
	}
	defer m.close()
	l, err := m.openLane(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	for _, t := range c.tables {
		if len(t.wrong) == 0 || m.whyUnready(t.FullName()) != "" {
			continue
		}
		keys := make([]key, len(t.wrong))
		for i, f := range t.wrong {
			keys[i] = f.key
		}
		still, err := c.rows.findDiffering(ctx, l, t, keys)
		if err != nil {
			return err
		}
		for _, f := range still {
			out.addUnmended(t.FullName(), f)
		}
	}
	return nil
}

// addUnmended notes a row that still differs, unless it is known why.
func (o *Outcome) addUnmended(name string, f finding) {
	known := slices.ContainsFunc(o.Unmended, func(u Unmended) bool {
		return u.Table == name && key(u.Row.Key).id() == f.key.id()
	})
	if !known {
		o.Mended--
		o.Unmended = append(o.Unmended, Unmended{name, Row{f.kind, f.key}, "was mended, but differs again: somebody else changes the target"})
	}
}

// Clean reports whether everything that differed is right now, or will be when the syncer has copied the objects.
func (o *Outcome) Clean() bool {
	atLeast := slices.ContainsFunc(o.Tables, func(t TableReport) bool { return t.AtLeast })
	return !o.DryRun && len(o.Unmended) == 0 && !atLeast || o.Equal
}

func rankOfFinding(f finding) int {
	return slices.Index([]Kind{Extra, Changed, Missing}, f.kind)
}

func (s *sides) openWriting(ctx context.Context) (*pgx.Conn, error) {
	conn, err := replica.Connect(ctx, s.cfg.Target.DSN, "repair")
	if err == nil {
		_, err = conn.Exec(ctx, "SET lock_timeout = '1s'")
	}
	return conn, err
}

// patch mends one table.
type patch struct {
	sides *sides
	tally *tally
	table *table
	conn  *pgx.Conn
	why   map[string]string // reasons of rows that could not be mended
}

// mendAll mends rows batch by batch and returns those that could not be.
func (p *patch) mendAll(ctx context.Context, rows []finding) (left []finding, err error) {
	p.why = map[string]string{}
	for len(rows) > 0 {
		n, failed, err := p.mendBatch(ctx, rows[:min(mendRows, len(rows))])
		if err != nil {
			return nil, err
		}
		if failed != nil && n > 1 { // find the one row that hinders the others
			if failed, err = p.mendSingle(ctx, rows[:n]); err != nil {
				return nil, err
			}
		}
		left = append(left, failed...)
		rows = rows[n:]
		p.tally.tellProgress(PhaseRepair, int64(n))
	}
	return left, nil
}

func (p *patch) mendSingle(ctx context.Context, rows []finding) (left []finding, err error) {
	for i := range rows {
		_, failed, err := p.mendBatch(ctx, rows[i:i+1])
		if err != nil {
			return nil, err
		}
		left = append(left, failed...)
	}
	return left, nil
}

// errElsewhere says that the replica moved on, or that somebody is changing the table.
var errElsewhere = errors.New("the replica did not stand still")

// mendBatch mends as many of the rows as fit, n, at one fence. failed are those of them that the target refuses.
func (p *patch) mendBatch(ctx context.Context, rows []finding) (n int, failed []finding, err error) {
	for try := 1; ; try++ {
		n, err = p.mendOnce(ctx, rows)
		switch {
		case err == nil:
			return n, nil, nil
		case isRefused(err):
			for _, f := range rows[:n] {
				p.why[f.key.id()] = link.Scrub(err)
			}
			return n, rows[:n], nil
		case !errors.Is(err, errElsewhere):
			return 0, nil, err
		case try == mendTries:
			return 0, nil, fmt.Errorf("repair: %s is being changed by a transaction that does not end; see `syncer status` and try again later", p.table.FullName())
		}
		if err := link.Pause(ctx, time.Duration(try)*100*time.Millisecond); err != nil {
			return 0, nil, err
		}
	}
}

// isRefused reports whether the data itself is refused: a constraint, a value that does not fit.
func isRefused(err error) bool {
	code := link.Code(err)
	return len(code) == 5 && (code[:2] == "22" || code[:2] == "23" || code[:2] == "44")
}

// mendOnce is one attempt at one fence.
func (p *patch) mendOnce(ctx context.Context, rows []finding) (n int, err error) {
	var right *values
	m, err := p.sides.takeMoment(ctx, true, func(ctx context.Context, m *moment) (err error) {
		if right, err = p.table.from.readRows(ctx, m.source, rows); err != nil {
			return err
		}
		moved, err := p.table.from.wasMoved(ctx, m.source)
		if err == nil && moved { // what was read is not what the snapshot should have seen
			err = errElsewhere
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	defer m.close()
	if why := m.whyUnready(p.table.FullName()); why != "" {
		return 0, fmt.Errorf("repair: %s %s", p.table.FullName(), why)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	err = p.writeRows(ctx, m, right, false)
	if link.Code(err) == "23505" { // two rows exchange a unique value, for example
		err = p.writeRows(ctx, m, right, true)
	}
	return len(right.asked), err
}

// values are rows of the source as they must be on the target.
type values struct {
	asked  []finding
	gone   []key
	same   [][]*string // whole rows whose key stands on the target as it does here, if they are there
	rekeys [][]*string // and those whose key is written otherwise there
}

// readRows reads the rows in the source's snapshot, at least one and not many more than mendBytes.
func (s *side) readRows(ctx context.Context, db *pgx.Conn, wrong []finding) (*values, error) {
	keys := make([]key, len(wrong))
	for i, f := range wrong {
		keys[i] = f.key
	}
	sql := fmt.Sprintf("SELECT x.n::text, t.found, %s FROM %s LEFT JOIN (SELECT true AS found, t.* FROM %s AS t) AS t ON %s ORDER BY x.n",
		relation.QuoteList("t.", s.columns), s.givenKeysSQL(), s.base, s.sameKeySQL())
	args := append([]any{pgx.QueryResultFormats{pgx.TextFormatCode}}, columnsOf(keys, len(s.key))...)
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, sideError("source", err)
	}
	defer rows.Close()
	v, size := &values{}, 0
	for size < mendBytes && rows.Next() {
		f := wrong[len(v.asked)]
		v.asked = append(v.asked, f)
		raw := rows.RawValues()
		if raw[1] == nil {
			v.gone = append(v.gone, f.key)
			continue
		}
		row := make([]*string, len(s.columns))
		for i, b := range raw[2:] {
			if b != nil {
				text := string(b)
				row[i], size = &text, size+len(text)
			}
		}
		if f.rekey {
			v.rekeys = append(v.rekeys, row)
		} else {
			v.same = append(v.same, row)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, sideError("source", err)
	}
	return v, nil
}

// writeRows is transaction T. With replace, rows are deleted and inserted anew, which frees their unique values but
// loses what columns of the target's own hold.
func (p *patch) writeRows(ctx context.Context, m *moment, v *values, replace bool) (err error) {
	tx, err := p.conn.Begin(ctx)
	if err != nil {
		return sideError("target", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := p.holdTable(ctx, tx, m); err != nil {
		return err
	}
	for _, st := range p.table.mendingStatements(v, replace) {
		if _, err := tx.Exec(ctx, st.sql, st.args...); err != nil {
			return explainBusy(err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return link.Fail("repair: commit", err)
	}
	return nil
}

// holdTable makes sure that nobody else changes the table and that the replica is where the source was read.
func (p *patch) holdTable(ctx context.Context, tx pgx.Tx, m *moment) error {
	if _, err := tx.Exec(ctx, "LOCK TABLE "+p.table.to.table+" IN SHARE ROW EXCLUSIVE MODE"); err != nil {
		return explainBusy(err)
	}
	var stands bool
	err := tx.QueryRow(ctx, `
		SELECT epoch = $2 AND applied_lsn = $3::text::pg_lsn FROM sync.progress WHERE slot = $1 FOR NO KEY UPDATE`,
		m.progress.Slot, m.progress.Epoch, m.progress.Applied.String()).Scan(&stands)
	if err != nil {
		return explainBusy(err)
	}
	if !stands {
		return errElsewhere
	}
	return nil
}

// explainBusy tells locks of others from what no other moment can mend.
func explainBusy(err error) error {
	switch link.Code(err) {
	case "55P03", "40P01", "40001":
		return errElsewhere
	}
	return sideError("target", err)
}
