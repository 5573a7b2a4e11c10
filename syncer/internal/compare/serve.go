package compare

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// Blocks is the reader's half of the scheduled comparison. For each connection of the writer it cuts one block of a
// whitelisted table, says its hashes, and, as far as the writer goes on asking, keys and hashes of its rows and single rows.
// One serves all connections of purpose compare. It keeps nothing between them but how large blocks should be.
type Blocks struct {
	DSN string
	// List reads the whitelist again for each connection.
	List func() (*whitelist.List, error)

	turn   sync.Mutex // one connection at a time
	next   sync.Mutex // and one that waits for it
	rested time.Time  // nothing is answered before
	rows   map[string]int64
	total  total
}

// total is how many rows there are in all tables of a whitelist, roughly.
type total struct {
	digest string
	rows   int64
	at     time.Time
}

const (
	serveWithin  = 3 * time.Minute  // one connection that compares a range of keys
	rangeWithin  = 20 * time.Second // one of its questions
	bucketWithin = 10 * time.Minute // one pass over a table that is compared by buckets
	turnWithin   = time.Minute      // the writer's own part of a step
	frameWithin  = 10 * time.Second // to take one frame
	mostSteps    = 64

	// restFactor times what a connection cost is the pause before the next: whatever the writer does, the source gives a
	// fifth of one processor at most.
	serveRest   = 4
	longestRest = time.Minute

	firstRows    = 1000 // of a block
	fewestRows   = 20
	mostRows     = 4000
	blockMost    = 4 << 20 // bytes of a block
	bucketRows   = 1000
	again        = 4 // times as many rows of a block that is looked at again
	slowBlock    = time.Second
	quickBlock   = 200 * time.Millisecond
	totalWithin  = 10 * time.Minute // a total is good for so long
	printsAtOnce = 1000
)

// Serve answers a connection of purpose compare until the writer ends it. One more waits until the first has ended: a writer that has
// hung up and dials again is here before what it left is closed.
func (b *Blocks) Serve(ctx context.Context, conn net.Conn, have wire.Have) error {
	if !b.next.TryLock() {
		return errors.New("compare: the writer compares on two other connections already")
	}
	b.turn.Lock()
	b.next.Unlock()
	defer b.turn.Unlock()
	if err := link.Pause(ctx, time.Until(b.rested)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, serveWithin+2*bucketWithin)
	defer cancel()
	a := &answer{b: b, conn: conn, in: wire.NewReader(conn, wire.MaxTurn), have: have}
	defer func() {
		link.Close(a.db)
		link.Close(a.pusher)
		b.rested = time.Now().Add(min(serveRest*a.took, longestRest))
	}()
	err := a.answerTurns(ctx)
	if err != nil && !errors.Is(err, wire.ErrPeer) && !errors.Is(err, wire.ErrFrame) && ctx.Err() == nil {
		end := wire.End{Class: classOf(err), Text: link.Text(err)}
		if said := a.sendFrames(wire.AppendEnd(nil, end)); said == nil && end.Class == wire.EndFailed {
			return nil // the writer records it and looks again and again
		}
	}
	return err
}

// classOf tells what concerns this block alone, so that the others can be compared, from what concerns the source.
func classOf(err error) wire.Class {
	if code := link.Code(err); errors.Is(err, errUnsure) || code == "57014" || code != "" && !link.Temporary(err) {
		return wire.EndFailed
	}
	return wire.EndAgain
}

// answer is one connection.
type answer struct {
	b      *Blocks
	conn   net.Conn
	in     *wire.Reader
	have   wire.Have
	db     *pgx.Conn
	table  publisher.Table
	side   *side
	hash   hashing
	part   part
	ranged bool
	last   bool
	inside bool // a snapshot is open
	pusher *pgx.Conn
	prints []print
	took   time.Duration // of the source's time
}

func (a *answer) answerTurns(ctx context.Context) error {
	list, err := a.b.List()
	switch {
	case err != nil:
		return err
	case list.Digest() != a.have.Digest:
		return fault.Usagef("the writer compares by another whitelist")
	case int(a.have.Table) >= len(list.Tables):
		return fmt.Errorf("%w: a table that is not on the whitelist", wire.ErrFrame)
	}
	if err := a.openConn(ctx); err != nil {
		return err
	}
	lacks, err := a.lookAtTable(ctx, list)
	if err != nil {
		return err
	}
	if lacks != "" {
		return a.sendFrames(wire.AppendDone(wire.AppendBlock(nil, wire.Block{Table: a.have.Table, Last: true, Lacks: lacks})))
	}
	if err := a.sendSums(ctx, wire.Turn{Buckets: a.side.sortOrder() == ""}); err != nil {
		return err
	}
	for range mostSteps {
		_ = a.conn.SetReadDeadline(time.Now().Add(a.turnPatience()))
		frame, err := a.in.Next()
		if err != nil {
			return errors.Join(wire.ErrPeer, err)
		}
		turn, ok := frame.(wire.Turn)
		if !ok {
			return fmt.Errorf("%w: the writer may only say which step is next", wire.ErrFrame)
		}
		if err := a.takeStep(ctx, turn); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: more than %d steps with one block", wire.ErrFrame, mostSteps)
}

// turnPatience is how long the writer may take for its own part, which is as much as ours.
func (a *answer) turnPatience() time.Duration {
	if a.part.buckets > 0 {
		return bucketWithin + turnWithin
	}
	return turnWithin
}

func (a *answer) openConn(ctx context.Context) (err error) {
	a.db, err = link.Open(ctx, a.b.DSN, link.Options{Name: "source.dsn", Application: "compare", AnswerWithin: bucketWithin + link.Soon})
	if err == nil {
		_, err = a.db.PgConn().Exec(ctx, reading+";"+boundsSQL(rangeWithin)).ReadAll()
	}
	if err != nil {
		return link.Fail("source", err)
	}
	return nil
}

// boundsSQL are settings under which no statement, no lock and no open transaction outlives its use.
func boundsSQL(within time.Duration) string {
	return fmt.Sprintf("SET statement_timeout = %d; SET idle_in_transaction_session_timeout = %d; SET lock_timeout = 1000",
		within.Milliseconds(), (within + turnWithin).Milliseconds())
}

// lookAtTable finds out how to read the table, or why it cannot be compared.
func (a *answer) lookAtTable(ctx context.Context, list *whitelist.List) (lacks string, err error) {
	defer a.countTime(time.Now())
	one := *list
	one.Tables = list.Tables[a.have.Table : a.have.Table+1]
	tables, err := publisher.Tables(ctx, a.db, &one)
	if err != nil {
		return "", link.Fail("source", err)
	}
	a.table = tables[0]
	for _, f := range a.table.Judge() {
		if f.Level == relation.Refuse {
			return f.String(), nil
		}
	}
	if a.table.Info == nil || len(a.table.Key) == 0 {
		return "the source has no such table, or nothing that names its rows", nil
	}
	a.side = newSide("source", a.table.From(), a.table.Condition(), a.table)
	if err := a.side.inspectColumns(ctx, a.db, a.table); err != nil {
		return "", link.Fail("source", err)
	}
	return "", a.b.countRows(ctx, a.db, list)
}

// countRows estimates how many rows there are in all.
func (b *Blocks) countRows(ctx context.Context, db *pgx.Conn, list *whitelist.List) error {
	if b.total.digest == list.Digest() && time.Since(b.total.at) < totalWithin {
		return nil
	}
	names := make([]string, len(list.Tables))
	for i, t := range list.Tables {
		names[i] = relation.Quote(t.Schema, t.Name)
	}
	var rows int64
	err := db.QueryRow(ctx, `
		SELECT coalesce(sum(CASE WHEN c.reltuples < 0 THEN pg_relation_size(c.oid) / 100 ELSE c.reltuples END), 0)::bigint
		  FROM unnest($1::text[]) AS n(name), LATERAL pg_partition_tree(to_regclass(n.name)) AS p JOIN pg_class c ON c.oid = p.relid
		 WHERE p.isleaf`, names).Scan(&rows)
	if err != nil {
		return link.Fail("source", err)
	}
	b.total = total{list.Digest(), rows, time.Now()}
	return nil
}

func (a *answer) countTime(since time.Time) { a.took += time.Since(since) }

func (a *answer) sendFrames(frames []byte) error {
	_ = a.conn.SetWriteDeadline(time.Now().Add(frameWithin))
	if _, err := a.conn.Write(frames); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

func (a *answer) takeStep(ctx context.Context, t wire.Turn) error {
	defer a.countTime(time.Now())
	switch t.Step {
	case wire.StepSums:
		return a.sendSums(ctx, t)
	case wire.StepMoment:
		return a.takeMoment(ctx)
	case wire.StepPrints:
		return a.sendPrints(ctx, t.Numbers)
	case wire.StepRows:
		return a.sendRows(ctx, t.Numbers)
	}
	return fmt.Errorf("%w: step %q", wire.ErrFrame, byte(t.Step))
}

// sendSums cuts the block, once, and says its hashes.
func (a *answer) sendSums(ctx context.Context, t wire.Turn) error {
	began := time.Now()
	a.hash.portable = t.Portable
	if err := a.chooseCut(ctx, t.Buckets); err != nil {
		return link.Fail("source", err)
	}
	all, err := a.side.sumBuckets(ctx, a.db, a.hash, a.part)
	if err != nil {
		return link.Fail("source", err)
	}
	var known string
	if err := a.db.QueryRow(ctx, probe).Scan(&known); err != nil {
		return link.Fail("source", err)
	}
	block := wire.Block{
		Table: a.have.Table, Key: a.table.Key, Order: a.side.sortOrder(), After: wire.Key(a.part.after), UpTo: wire.Key(a.part.upTo), Last: a.last,
		Buckets: uint32(max(a.part.buckets, 1)), Hash: known, Total: a.b.total.rows, //nolint:gosec // at most mostBuckets
	}
	for _, s := range all {
		block.Rows += s.rows
	}
	if a.ranged {
		a.b.learnSize(a.table.FullName(), time.Since(began))
	}
	frames := wire.AppendBlock(nil, block)
	for first := 0; first < len(all); first += wire.MaxSums {
		some := wire.Sums{First: uint32(first)} //nolint:gosec // at most mostBuckets
		for _, s := range all[first:min(first+wire.MaxSums, len(all))] {
			some.Sums = append(some.Sums, wire.Sum{Rows: s.rows, H1: s.h1, H2: s.h2})
		}
		frames = wire.AppendSums(frames, some)
	}
	return a.sendFrames(wire.AppendDone(frames))
}

// chooseCut cuts the block at the first sums, and anew when the target cannot find ranges.
func (a *answer) chooseCut(ctx context.Context, buckets bool) error {
	switch {
	case buckets && a.part.buckets == 0:
		a.ranged, a.last, a.part = false, true, part{buckets: 1}
		for a.part.buckets*bucketRows < max(a.side.rows, a.side.bytes/1000) && a.part.buckets < mostBuckets {
			a.part.buckets *= 2
		}
		_, err := a.db.PgConn().Exec(ctx, boundsSQL(bucketWithin)).ReadAll()
		return err
	case buckets || a.ranged:
		return nil
	}
	a.ranged = true
	return a.cutBlock(ctx, part{after: a.knownKey(a.have.After), upTo: a.knownKey(a.have.UpTo)})
}

// knownKey is a key that the writer has named; anything else is the table's end.
func (a *answer) knownKey(k wire.Key) key {
	if len(k) != len(a.table.Key) || slices.Contains(k, nil) {
		return nil
	}
	return key(k)
}

// cutBlock ends the block after so many rows. A key that is none of its type begins the table anew.
func (a *answer) cutBlock(ctx context.Context, p part) error {
	n := a.blockSize()
	if p.upTo != nil {
		n *= again
	}
	end, err := a.side.cutKey(ctx, a.db, p, n)
	if code := link.Code(err); len(code) == 5 && code[:2] == "22" && p.after != nil {
		return a.cutBlock(ctx, part{})
	}
	if err != nil {
		return err
	}
	a.part, a.last = p, end == nil && p.upTo == nil
	if end != nil {
		a.part.upTo = end
	}
	return nil
}

// blockSize is how many rows the next block of the table is to have.
func (a *answer) blockSize() int64 {
	n := a.b.rows[a.table.FullName()]
	if n == 0 {
		n = firstRows
	}
	if a.side.rows > 0 {
		n = min(n, blockMost/max(a.side.bytes/a.side.rows, 1))
	}
	return max(n, fewestRows)
}

// learnSize makes the table's next blocks smaller when they take long, and larger when they do not.
func (b *Blocks) learnSize(name string, took time.Duration) {
	if b.rows == nil {
		b.rows = map[string]int64{}
	}
	n := b.rows[name]
	if n == 0 {
		n = firstRows
	}
	switch {
	case took > slowBlock:
		n = max(n/2, fewestRows)
	case took < quickBlock:
		n = min(2*n, mostRows)
	}
	b.rows[name] = n
}

// takeMoment begins a snapshot. The position is read after it, so no transaction in it is later.
func (a *answer) takeMoment(ctx context.Context) error {
	if a.inside {
		if _, err := a.db.Exec(ctx, "ROLLBACK"); err != nil {
			return link.Fail("source", err)
		}
	}
	a.inside = true
	if err := a.preparePush(ctx); err != nil {
		return err
	}
	if _, err := a.db.Exec(ctx, beginReading); err != nil {
		return link.Fail("source", err)
	}
	var m wire.Moment
	if err := a.db.QueryRow(ctx, `SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text`).Scan(&m.Snapshot, &m.LSN); err != nil {
		return link.Fail("source", err)
	}
	if err := a.sendFrames(wire.AppendMoment(nil, m)); err != nil {
		return err
	}
	return a.pushLog(ctx)
}

// preparePush opens the connection that pushes the log on.
func (a *answer) preparePush(ctx context.Context) (err error) {
	if a.pusher != nil {
		return nil
	}
	a.pusher, err = link.Open(ctx, a.b.DSN, link.Options{Name: "source.dsn", Application: "compare", AnswerWithin: link.Soon})
	if err == nil {
		_, err = a.pusher.Exec(ctx, "SET synchronous_commit = on")
	}
	if err != nil {
		return link.Fail("source", err)
	}
	return nil
}

// pushLog lets the stream of an idle source come past the moment at once: the commit of an empty message, which nobody is sent,
// flushes everything before it. Otherwise it would wait for the next heartbeat.
func (a *answer) pushLog(ctx context.Context) error {
	if _, err := a.pusher.Exec(ctx, `SELECT pg_logical_emit_message(true, 'syncer compare', '')`); err != nil {
		return link.Fail("source", err)
	}
	return nil
}

// sendPrints says keys and hashes of the block's rows at the moment.
func (a *answer) sendPrints(ctx context.Context, numbers []uint32) error {
	if !a.inside || a.part.buckets > 0 && len(numbers) == 0 || slices.ContainsFunc(numbers, func(n uint32) bool { return int64(n) >= max(a.part.buckets, 1) }) {
		return fmt.Errorf("%w: rows without a moment, or of buckets that there are not", wire.ErrFrame)
	}
	var more bool
	var err error
	if a.prints, more, err = a.side.listPrints(ctx, a.db, a.hash, a.part, numbers); err == nil && !more {
		more, err = a.side.wasMoved(ctx, a.db)
		if more {
			err = fmt.Errorf("%w: it %s", errUnsure, rewritten)
		}
	} else if more {
		err = fmt.Errorf("%w: more than %d rows would have to be looked at one by one", errUnsure, mostPrints)
	}
	if err != nil {
		return link.Fail("source", err)
	}
	var frames []byte
	for some := range slices.Chunk(a.prints, printsAtOnce) {
		var p wire.Prints
		for _, one := range some {
			p = append(p, wire.Print{Key: wire.Key(one.key), H1: one.h1, H2: one.h2})
		}
		frames = wire.AppendPrints(frames, p)
	}
	return a.sendFrames(wire.AppendDone(frames))
}

// sendRows says rows of the last list as they are at the moment; those that are too many for one fence are left out.
func (a *answer) sendRows(ctx context.Context, numbers []uint32) error {
	wanted := make([]finding, 0, len(numbers))
	for _, n := range numbers {
		if int(n) >= len(a.prints) {
			return fmt.Errorf("%w: a row that was not named", wire.ErrFrame)
		}
		wanted = append(wanted, finding{kind: Missing, key: a.prints[n].key})
	}
	var frames []byte
	if len(wanted) > 0 {
		v, err := a.side.readRows(ctx, a.db, wanted)
		if err != nil {
			return err
		}
		for _, row := range v.same {
			values := make([][]byte, len(row))
			for i, text := range row {
				if text != nil {
					values[i] = []byte(*text)
				}
			}
			frames = wire.AppendChange(frames, wire.Change{Kind: wire.KindInsert, Table: a.have.Table, New: wire.Row{Values: values}})
		}
	}
	return a.sendFrames(wire.AppendDone(frames))
}
