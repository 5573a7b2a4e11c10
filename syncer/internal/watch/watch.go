// Package watch notices what happens to a listed table without a word in the log: a publication that lost it for a while,
// and partitions that came, went or were truncated on their own.
//
// It looks at catalogs, and at rows only where those leave a doubt; it changes nothing and streams nothing. It may import
// publisher, relation, link, wire and pgx.
package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// What happens to a listed table without a word in the log:
//
//   - It is taken out of the publication and put back: what changed in between is lost. Its entry there is another then.
//   - A partition is truncated, detached, dropped, or attached with rows in it (manual, CREATE PUBLICATION,
//     publish_via_partition_root: such commands count for the partition alone).
//
//   - The publication's actions are switched off and on; columns exchange their names, a table takes another's name, a value of
//     an enumeration is renamed: see trace.
//   - A partition, or the table itself, is not logged, or lies on a foreign server.
//   - The table becomes a partition of another listed one: its changes come as that one's.
//
// So the catalog is compared with what was seen before, which the target remembers from one stream to the next. Only
// where it differs are rows looked at, to tell these from what changes nothing: partitions that are made, or attached
// empty; VACUUM FULL, CLUSTER and ALTER TABLE, which write a partition's rows to another file; TRUNCATE of the whole table,
// which is in the log.

// lookEvery is how often, unless the heart beats faster.
const lookEvery = 5 * time.Second

// lookShare is how many times longer than a look the pause after it is, at least: with thousands of tables it takes its time.
const lookShare = 30

// lookWithin limits one look. It is long because the rows of a large partition may have to be read.
const lookWithin = 10 * time.Minute

// Watch compares the catalog with what was seen in it before.
type Watch struct {
	publication string
	tables      []publisher.Table
	entries     []uint32 // of the publication, by table; 0 unknown
	leaves      []leaves // by table; nil when it has none, or they are not known yet
	traces      []trace  // by table; empty when nothing is known yet
	harm        []string // by table: why the source refuses changes of it to its application
	filters     map[string]string
	board       *MarkBoard // gets the marks; may be nil
	log         *slog.Logger
	rows        rowsOf
	emptied     emptied
}

// New starts from the marks that the target remembers. filters are those of the publication, as it was recorded.
func New(publication string, tables []publisher.Table, filters map[string]string, marks []wire.Mark, board *MarkBoard, log *slog.Logger) *Watch {
	w := &Watch{
		publication: publication, tables: tables, filters: filters, board: board, log: log,
		entries: make([]uint32, len(tables)), leaves: make([]leaves, len(tables)), traces: make([]trace, len(tables)), harm: make([]string, len(tables)),
	}
	for _, m := range marks {
		if int(m.Table) < len(tables) {
			w.entries[m.Table] = m.Published
			text, xid := wire.CutEmptied(m.Leaves)
			w.leaves[m.Table], _ = parseLeaves(text)
			if xid != 0 {
				w.emptied.noteEarlier(int(m.Table), xid)
			}
			w.traces[m.Table] = parseTrace(m.Catalog)
		}
	}
	return w
}

// Look returns an error that stops the stream if something has happened that the stream cannot follow.
func (w *Watch) Look(ctx context.Context, db relation.Queryer) error {
	within, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	err := w.compareCatalog(within, db)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// Run looks at regular intervals. Nobody else may use db meanwhile: waiting for a lock must not stop the heartbeat. every is the
// heartbeat's interval.
func (w *Watch) Run(ctx context.Context, db relation.Queryer, every time.Duration) error {
	pause := min(every, lookEvery)
	for {
		if err := link.Pause(ctx, pause); err != nil {
			return err
		}
		began := time.Now()
		if err := w.Look(ctx, db); err != nil {
			return err
		}
		pause = max(min(every, lookEvery), lookShare*time.Since(began))
	}
}

func (w *Watch) compareCatalog(ctx context.Context, db relation.Queryer) error {
	p, err := publisher.ReadPublication(ctx, db, w.publication)
	if errors.Is(err, publisher.ErrNoPublication) {
		return publisher.GoneError(w.publication)
	}
	if err != nil {
		return err
	}
	w.emptied.beginLook()
	seen := w.rows.take()
	w.noteFilled(seen)
	now, err := readLeaves(ctx, db, w.tables)
	if err != nil {
		return err
	}
	sights, err := readSights(ctx, db, w.tables)
	if err != nil {
		return err
	}
	for _, compare := range []func() error{
		func() error { return w.judgePublished(p) },
		func() error { return w.judgeSwitched(p, sights) },
		func() error { return p.Verify(w.publication, w.tables, w.filters) },
		func() error { return w.judgeUnlogged(sights, now) },
		func() error { return w.judgeNested(sights) },
		func() error { return w.vanished(seen, now) },
		func() error { return w.judgeAltered(p, sights) },
	} {
		if err := compare(); err != nil {
			return err
		}
	}
	for i := range w.tables {
		if w.tables[i].Released {
			continue
		}
		if err := w.judgePartitions(ctx, db, i, now[i]); err != nil {
			return err
		}
	}
	w.harmed(p, sights, now)
	w.board.postMarks(w)
	return w.endLook(ctx, db, now)
}

// endLook notes where the source is, which only partitions make interesting.
func (w *Watch) endLook(ctx context.Context, db relation.Queryer, now []leaves) error {
	if !slices.ContainsFunc(now, func(of leaves) bool { return of != nil }) {
		return nil
	}
	at, err := readPosition(ctx, db)
	if err == nil {
		w.emptied.endLook(at)
	}
	return err
}

// judgePublished refuses tables that were not published for a while.
func (w *Watch) judgePublished(p *publisher.Publication) error {
	var names []string
	for i := range w.tables {
		now := p.Entry(&w.tables[i])
		switch {
		case now == 0: // Verify reports it, or it is about to be published
		case w.entries[i] == 0:
			w.entries[i] = now
		case w.entries[i] != now:
			names = append(names, w.tables[i].FullName())
		}
	}
	if len(names) == 0 {
		return nil
	}
	if w.judgeReplaced(p) {
		return fault.Unsafef("source: publication %q was dropped and made again, and changes of %s that were made without it are never sent; run `%s`, or `syncer init --resync` where the source cannot pass a change that was made without it",
			w.publication, w.some(names), w.resync(names))
	}
	return fault.Unsafef("source: publication %q was without %s for a while, or had other columns or rows of it, and changes made there meanwhile are never sent; run `%s`",
		w.publication, w.some(names), w.resync(names))
}

// judgePartitions compares the partitions of one table.
func (w *Watch) judgePartitions(ctx context.Context, db relation.Queryer, table int, now leaves) error {
	was := w.leaves[table]
	for i := range now {
		if old, ok := was.find(now[i].oid); ok && old.file == now[i].file {
			now[i].held = now[i].held || old.held
		}
	}
	if now == nil || slices.EqualFunc(was, now, func(a, b leaf) bool { return a.remembered() == b.remembered() }) {
		return nil
	}
	if was == nil {
		w.leaves[table] = now
		return nil
	}
	j := &judgement{
		db: db, table: &w.tables[table], now: slices.Clone(now),
		told:  func() []truncate { return w.emptied.listTold(table) },
		await: func(ctx context.Context) (uint32, error) { return w.awaitStream(ctx, db, table, now) },
	}
	err := j.judgeAll(ctx, was)
	if errors.Is(err, errMoving) {
		w.emptied.pending[table] = true // the next look will judge the result
		return nil
	}
	if err != nil {
		return err
	}
	w.leaves[table] = j.now
	return nil
}

// judgement judges one table whose leaves have changed.
type judgement struct {
	db    relation.Queryer
	table *publisher.Table
	now   leaves
	moves []rewritten // leaves that are in other files than before

	unsure bool // of one that lies in another file whether rows came and went since the last look

	told func() []truncate // what the log has told of TRUNCATE of the whole table
	// await returns errMoving until the stream has told all that there is to tell of these leaves, then the first transaction that may
	// not be told yet.
	await func(context.Context) (next uint32, err error)
}

var errMoving = errors.New("changed again while it was looked at")

func (j *judgement) judgeAll(ctx context.Context, was leaves) error {
	for _, old := range was {
		now, ok := j.now.find(old.oid)
		if !ok && !old.held { // it took no rows away; the stream tells of those that came since the last look
			continue
		}
		if !ok || now.attached != old.attached {
			return j.refuseLeaf(j.leafName(ctx, old.oid), "was detached, dropped or attached again")
		}
	}
	for i := range j.now {
		now := &j.now[i]
		old, known := was.find(now.oid)
		var err error
		switch {
		case !known:
			err = j.judgeArrived(ctx, *now)
		case old.file != now.file:
			err = j.judgeMoved(ctx, old, now)
		}
		if err != nil {
			return err
		}
	}
	return j.judgeWhole(ctx, was)
}

// judgeWhole refuses what took rows away, unless it was a TRUNCATE of the whole table, which is in the log. One that names the leaves
// instead looks the same in the catalog, but the log says nothing of it.
func (j *judgement) judgeWhole(ctx context.Context, was leaves) error {
	all, told := len(j.moves) == j.countRemaining(was), j.told()
	isTold := func(r rewritten) bool { return r.isTold(told) }
	j.moves = slices.DeleteFunc(j.moves, isTold)
	lost := slices.IndexFunc(j.moves, rewritten.isLost)
	switch {
	case lost < 0 && !j.unsure:
		return nil
	case lost >= 0 && !all: // a leaf still lies in the file that it had
		return j.refuseLeaf(j.moves[lost].name, beside)
	}
	next, err := j.await(ctx)
	if err != nil {
		return err
	}
	told = j.told() // by now
	j.moves = slices.DeleteFunc(j.moves, isTold)
	if lost = slices.IndexFunc(j.moves, rewritten.isLost); lost < 0 {
		return nil
	}
	for _, t := range told {
		if is, err := j.mayBeInside(ctx, t, was, next); is || err != nil {
			return err
		}
	}
	return j.refuseLeaf(j.moves[lost].name, beside)
}

// mayBeInside reports whether what took rows away may have been a subtransaction of this TRUNCATE of the whole table. The catalog
// says its number, the log only that of the transaction around it, which is an earlier one. Where rows were written after the
// TRUNCATE, a later one that names the leaves would have taken these away, so some of them must be there.
func (j *judgement) mayBeInside(ctx context.Context, t truncate, was leaves, next uint32) (bool, error) {
	lost := slices.DeleteFunc(slices.Clone(j.moves), func(r rewritten) bool { return !r.lost })
	by, quiet := lost[0].since(t.xid), true
	for _, r := range lost {
		own := r.since(t.xid)
		if !t.mayContain(own) || own != by && !t.isQuiet(own) {
			return false, nil
		}
		quiet = quiet && t.isQuiet(own)
	}
	if quiet || len(lost) != j.countRemaining(was) {
		return quiet, nil
	}
	var is bool
	err := j.db.QueryRow(ctx, fmt.Sprintf(`SELECT EXISTS (SELECT FROM %s WHERE pg_catalog.age(xmin) BETWEEN pg_catalog.age('%d'::xid) AND pg_catalog.age('%d'::xid))`,
		j.table.From(), t.lastOfOwn(by, next), t.xid)).Scan(&is)
	if err != nil {
		return false, j.explainFailure(lost[0].name, err)
	}
	return is, nil
}

// countRemaining counts the leaves that still belong to the table.
func (j *judgement) countRemaining(was leaves) (n int) {
	for _, l := range was {
		if _, ok := j.now.find(l.oid); ok {
			n++
		}
	}
	return n
}

func (j *judgement) refuseLeaf(leaf, what string) error {
	name := j.table.FullName()
	return fault.Unsafef("source: partition %s of %s %s, which the log does not record: the replica no longer holds the table's rows; run `syncer table resync %s`",
		leaf, name, what, name)
}

// leafName returns the leaf's name, or its oid if it no longer exists.
func (j *judgement) leafName(ctx context.Context, oid uint32) string {
	var name string
	if err := j.db.QueryRow(ctx, `SELECT $1::oid::regclass::text`, oid).Scan(&name); err != nil {
		return fmt.Sprint(oid)
	}
	return name
}

// judgeArrived refuses a new leaf that had rows before it belonged to the table.
func (j *judgement) judgeArrived(ctx context.Context, l leaf) error {
	var name, bounds, by string
	var altered bool
	var command int64
	var born bool // created by the transaction that attached it, so nobody else had rows in it before
	err := j.db.QueryRow(ctx, `
		SELECT c.oid::regclass::text, coalesce(pg_catalog.pg_get_partition_constraintdef(c.oid), 'true'),
		       coalesce((SELECT max(i.cmin::text::bigint) FROM pg_catalog.pg_inherits i
		                  WHERE i.xmin = $2::text::xid AND i.inhrelid IN (SELECT relid FROM pg_catalog.pg_partition_ancestors(c.oid))), 0),
		       (SELECT a.xmin = $2::text::xid FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = -1),
		       c.xmin::text, EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.xmin = c.xmin)
		  FROM pg_catalog.pg_class c WHERE c.oid = $1`, l.oid, fmt.Sprint(l.attached)).Scan(&name, &bounds, &command, &born, &by, &altered)
	if err != nil {
		return j.explainFailure(fmt.Sprint(l.oid), err)
	}
	before := fmt.Sprintf("xmin = '%d'::xid AND cmin::text::bigint < %d", l.attached, command)
	if !born {
		before += fmt.Sprintf(" OR pg_catalog.age(xmin) > pg_catalog.age('%d'::xid)", l.attached)
	}
	had, err := j.holdsRow(ctx, l.oid, bounds, before)
	if err != nil {
		return j.explainFailure(name, err)
	}
	if had {
		return j.refuseLeaf(name, "was attached with rows in it")
	}
	if l.file == l.oid || altered {
		return nil
	}
	// It lies in another file than it was made in. Rows that were written by what did that were not logged one by one.
	if had, err = j.holdsRow(ctx, l.oid, bounds, fmt.Sprintf("xmin = '%s'::xid", by)); err != nil {
		return j.explainFailure(name, err)
	}
	if had {
		return j.refuseLeaf(name, beside)
	}
	return nil
}

// beside is what happened to a leaf whose rows do not stem from what was in its file before.
const beside = "was truncated, or was unlogged for a while"

// rewritten is a leaf that is in another file than before.
type rewritten struct {
	name    string
	by      uint32   // (sub)transaction that last changed it in the catalog: gave it the file, or came after that one
	indexes []uint32 // those of its indexes
	columns []uint32 // and of its columns, each once
	lost    bool     // it did not keep its rows
}

func (r rewritten) isLost() bool { return r.lost }

// isTold reports whether the leaf got its file by a TRUNCATE of the whole table of which the log has told. Its own number in the
// catalog changes with every GRANT, those of its indexes seldom, and a later TRUNCATE of the leaf changes all of them.
func (r rewritten) isTold(told []truncate) bool {
	return slices.ContainsFunc(told, func(t truncate) bool { return t.xid == r.by || slices.Contains(r.indexes, t.xid) })
}

// isAltered reports whether ALTER TABLE that changed columns wrote all rows anew, and with them all indexes. Indexes that were made or
// changed later have later numbers, and so has the leaf after an ALTER TABLE that rewrites nothing.
func (r rewritten) isAltered() bool {
	changed := slices.Contains(r.columns, r.by)
	if len(r.indexes) == 0 {
		return changed
	}
	first := earliest(r.indexes)
	return slices.Contains(r.columns, first) || changed && !isBefore(first, r.by)
}

// withIndexes reports whether its indexes got other files by the same (sub)transaction, as TRUNCATE, VACUUM FULL and ALTER TABLE
// that rewrites do, and SET TABLESPACE and ALTER TABLE that rewrites nothing do not.
func (r rewritten) withIndexes() bool {
	return len(r.indexes) > 0 && !slices.ContainsFunc(r.indexes, func(x uint32) bool { return x != r.by })
}

// since is the (sub)transaction that gave it the file, if that came after xid: its indexes say that even where the leaf itself was
// changed in the catalog later.
func (r rewritten) since(xid uint32) uint32 {
	if len(r.indexes) > 0 && slices.Min(r.indexes) == slices.Max(r.indexes) && !isBefore(r.indexes[0], xid) {
		return r.indexes[0]
	}
	return r.by
}

// judgeMoved finds out whether a leaf kept its rows when it moved to another file. VACUUM FULL, CLUSTER and SET TABLESPACE keep
// each row's xmin. ALTER TABLE rewrites all rows in the transaction that changed the columns. After TRUNCATE a leaf has no row
// count (reltuples is -1), while VACUUM FULL and CLUSTER count even an empty one. So an earlier xmin in a leaf that is not counted and
// got its file together with its indexes is of a transaction that began before the TRUNCATE and wrote after it.
func (j *judgement) judgeMoved(ctx context.Context, old leaf, now *leaf) error {
	var r rewritten
	var bounds string
	var counted, placed bool
	err := j.db.QueryRow(ctx, `
		SELECT c.oid::regclass::text, c.xmin, coalesce(pg_catalog.pg_get_partition_constraintdef(c.oid), 'true'), c.reltuples >= 0,
		       c.reltablespace <> 0,
		       ARRAY(SELECT x.xmin FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indislive),
		       ARRAY(SELECT DISTINCT a.xmin FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0)
		  FROM pg_catalog.pg_class c WHERE c.oid = $1 AND c.relfilenode = $2`, now.oid, now.file).
		Scan(&r.name, &r.by, &bounds, &counted, &placed, &r.indexes, &r.columns)
	if err != nil {
		return j.explainFailure(fmt.Sprint(now.oid), err)
	}
	kept := r.isAltered()
	if !kept && (counted || placed || !r.withIndexes()) {
		kept, err = j.holdsRow(ctx, now.oid, bounds, fmt.Sprintf("pg_catalog.age(xmin) > pg_catalog.age('%d'::xid)", r.by))
	}
	if err != nil {
		return j.explainFailure(r.name, err)
	}
	switch {
	case kept:
	case old.held, !counted:
		r.lost = true
	default: // filled, truncated and rewritten since the last look, or never filled at all
		j.unsure = true
	}
	now.held = now.held || kept
	j.moves = append(j.moves, r)
	return nil
}

// holdsRow reports whether the leaf has a row that satisfies such. The query goes through the parent table, whose columns the
// reader may read; the leaf's bounds keep other partitions out of it.
func (j *judgement) holdsRow(ctx context.Context, oid uint32, bounds, such string) (is bool, err error) {
	err = j.db.QueryRow(ctx, fmt.Sprintf("SELECT EXISTS (SELECT FROM %s WHERE tableoid = %d AND (%s) AND (%s))",
		j.table.From(), oid, bounds, such)).Scan(&is)
	return is, err
}

// explainFailure explains an error of the queries above.
func (j *judgement) explainFailure(leaf string, err error) error {
	name := j.table.FullName()
	switch {
	case errors.Is(err, pgx.ErrNoRows), link.Code(err) == "42P01":
		return errMoving
	case link.Code(err) == "42501":
		return fault.Unsafef("source: partition %s of %s was attached or rewritten, and the reader's role may not see whether rows came or went with it; run `syncer init`, which grants that, and start again, or run `syncer table resync %s`", leaf, name, name)
	}
	return link.Fail("source: look at partition "+leaf, err)
}

// markOf returns what the target must remember about a table.
func (w *Watch) markOf(table int) wire.Mark {
	m := newMark(table, w.entries[table], w.leaves[table], w.traces[table])
	m.Harm = w.harm[table]
	return m
}
