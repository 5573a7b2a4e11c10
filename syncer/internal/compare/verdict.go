package compare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// place is where a turn looks: behind a key of a table, up to another one when the block is looked at again.
type place struct {
	table       int
	after, upTo key
}

// verdict is what one turn found out about a block.
type verdict struct {
	block   wire.Block
	rows    int64
	wrong   []finding // differ at two moments that both sides share
	atLeast bool      // others may differ, too
	unsure  string    // why nothing can be said; "" when it can
	mended  int64
}

const (
	looseTries  = 3 // before the sides are brought to one moment
	loosePause  = 250 * time.Millisecond
	meetTries   = 15
	mostBlocks  = 64              // differing buckets whose rows are looked at
	firstHold   = 3 * time.Second // of the stream, while rows are mended
	longestHold = 30 * time.Second
	longestLine = 300 // of a reason
)

// compareBlock compares one block. Sums of both sides that agree say that it is equal, whatever the moments at which they were
// made; only what goes on differing is looked at row by row, at a moment that both sides share, and then at another one.
func (s *Schedule) compareBlock(ctx context.Context, at place) (*verdict, error) {
	if err := s.mustPersist(ctx, s.List.Tables[at.table].FullName()); err != nil {
		return (&blockTurn{Schedule: s, talk: &talk{}}).unsureVerdict(err)
	}
	t, err := s.dialReader(ctx, at)
	if err != nil {
		return (&blockTurn{Schedule: s, talk: &talk{}}).unsureVerdict(err)
	}
	defer t.hangUp()
	b := &blockTurn{Schedule: s, talk: t, table: &table{}}
	if err := b.prepareBlock(ctx, at); err != nil {
		return b.unsureVerdict(err)
	}
	equal, err := b.compareLoosely(ctx)
	if err != nil {
		return b.unsureVerdict(err)
	}
	v := &verdict{block: t.cut, rows: b.countRows()}
	if equal {
		return v, nil
	}
	if err := b.settleRows(ctx, v); err != nil {
		return b.unsureVerdict(err)
	}
	return v, nil
}

// blockTurn is one conversation about one block.
type blockTurn struct {
	*Schedule
	*talk

	table *table // the target's side of it
	turn  wire.Turn
	part  part
}

// errUnsure says that this block cannot be compared now; the others can.
var errUnsure = errors.New("not compared")

// unsureVerdict makes a verdict of what concerns this block alone.
func (b *blockTurn) unsureVerdict(err error) (*verdict, error) {
	code := link.Code(err)
	ours := errors.Is(err, errUnsure) || errors.Is(err, errRefused) || errors.Is(err, errNonsense) || errors.Is(err, apply.ErrMissed)
	if !ours && (code == "" || link.Temporary(err) && code != "57014") {
		return nil, err
	}
	text := link.Text(err)
	return &verdict{block: b.cut, rows: b.countRows(), unsure: text[:min(len(text), longestLine)]}, nil
}

func (b *blockTurn) countRows() (n int64) {
	for _, s := range b.sums {
		n += s.rows
	}
	return n
}

// prepareBlock finds out how the target reads the block, and has the reader do it in the same way.
func (b *blockTurn) prepareBlock(ctx context.Context, at place) error {
	w := b.List.Tables[at.table]
	switch unknown := slices.ContainsFunc(b.cut.Key, func(name string) bool { return !slices.Contains(w.Columns, name) }); {
	case b.cut.Lacks != "":
		return fmt.Errorf("%w: %s", errUnsure, b.cut.Lacks)
	case int(b.cut.Table) != at.table || unknown || len(b.cut.Key) == 0:
		return fmt.Errorf("%w: a block of something else", wire.ErrFrame)
	}
	info, err := relation.Inspect(ctx, b.conn, w.Schema, w.Name)
	if errors.Is(err, relation.ErrMissing) {
		return fmt.Errorf("%w: the target has no such table", errUnsure)
	}
	if err != nil {
		return link.Fail("target", err)
	}
	t := publisher.Table{Table: w, Info: info, Key: b.cut.Key}
	b.table.shape = shape{Table: t, to: newSide("target", t.From(), "true", t)}
	if err := b.table.to.inspectColumns(ctx, b.conn, t); err != nil {
		return link.Fail("target", err)
	}
	var known string
	if err := b.conn.QueryRow(ctx, probe).Scan(&known); err != nil {
		return link.Fail("target", err)
	}
	order := b.table.to.sortOrder()
	b.turn = wire.Turn{Portable: known != b.cut.Hash, Buckets: order == "" || order != b.cut.Order}
	within := rangeWithin
	if b.turn.Buckets {
		within = bucketWithin
	}
	if _, err := b.conn.PgConn().Exec(ctx, boundsSQL(within)).ReadAll(); err != nil {
		return link.Fail("target", err)
	}
	if b.turn.Portable || b.turn.Buckets && b.cut.Order != "" {
		if err := b.askSums(b.turn); err != nil {
			return err
		}
	}
	return b.followCut()
}

// followCut reads the block as the reader has cut it.
func (b *blockTurn) followCut() error {
	b.part = part{after: key(b.cut.After), upTo: key(b.cut.UpTo)}
	if b.turn.Buckets {
		b.part = part{buckets: int64(b.cut.Buckets)}
	}
	for _, k := range []key{b.part.after, b.part.upTo} {
		if k != nil && len(k) != len(b.cut.Key) {
			return fmt.Errorf("%w: a key of %d columns", wire.ErrFrame, len(k))
		}
	}
	if !b.turn.Buckets && b.cut.Buckets != 1 {
		return fmt.Errorf("%w: buckets of a range", wire.ErrFrame)
	}
	return nil
}

func (b *blockTurn) hashing() hashing { return hashing{portable: b.turn.Portable} }

// findDiffering are the numbers of the buckets that differ now.
func (b *blockTurn) findDiffering(ctx context.Context) (numbers []uint32, err error) {
	own, err := b.table.to.sumBuckets(ctx, b.conn, b.hashing(), b.part)
	if err != nil {
		return nil, link.Fail("target", err)
	}
	for n := range own {
		if own[n] != b.sums[n] {
			numbers = append(numbers, uint32(n)) //nolint:gosec // at most mostBuckets
		}
	}
	return numbers, nil
}

// compareLoosely compares sums without stopping anybody. A change that is on its way makes them differ for a moment.
func (b *blockTurn) compareLoosely(ctx context.Context) (equal bool, err error) {
	for try := 1; ; try++ {
		numbers, err := b.findDiffering(ctx)
		if err != nil || len(numbers) == 0 || try == looseTries || b.turn.Buckets {
			return err == nil && len(numbers) == 0, err
		}
		if err := b.waitIdle(ctx, loosePause); err != nil {
			return false, err
		}
		if err := b.askSums(b.turn); err != nil {
			return false, err
		}
	}
}

// settleRows finds the rows that differ at one moment and still do at another.
func (b *blockTurn) settleRows(ctx context.Context, v *verdict) error {
	if err := b.truce.mayMeet(); err != nil {
		return err
	}
	first, _, err := b.atMoment(ctx)
	if err != nil || len(first) == 0 {
		return err
	}
	second, atLeast, err := b.atMoment(ctx)
	if err != nil {
		return err
	}
	before := map[string]bool{}
	for _, f := range first {
		before[f.key.id()] = true
	}
	v.wrong = slices.DeleteFunc(second, func(f finding) bool { return !before[f.key.id()] })
	v.atLeast = atLeast && len(v.wrong) > 0
	return nil
}

// atMoment returns which rows differ at a moment that both sides share.
func (b *blockTurn) atMoment(ctx context.Context) (wrong []finding, atLeast bool, err error) {
	m, err := b.meetReader(ctx, b.talk, false)
	if err != nil {
		return nil, false, err
	}
	defer b.leaveMeeting(m)
	f, err := b.compareRows(ctx)
	return f.wrong, f.atLeast, err
}

// found is what differs at one moment.
type found struct {
	wrong   []finding
	numbers map[string]uint32 // of the wrong rows that the source has
	atLeast bool
}

// compareRows compares keys and hashes of the block's rows at the moment that is open.
func (b *blockTurn) compareRows(ctx context.Context) (f found, err error) {
	if err := b.mustBeReady(ctx, b.conn, b.table.FullName()); err != nil {
		return f, err
	}
	var numbers []uint32
	if b.turn.Buckets {
		if err = b.askSums(b.turn); err == nil {
			numbers, err = b.findDiffering(ctx)
		}
		if err != nil || len(numbers) == 0 {
			return f, err
		}
		f.atLeast = len(numbers) > mostBlocks
		numbers = numbers[:min(len(numbers), mostBlocks)]
	}
	here, err := b.askPrints(numbers, b.turn.Buckets)
	if err != nil {
		return f, err
	}
	there, more, err := b.table.to.listPrints(ctx, b.conn, b.hashing(), b.part, numbers)
	if err != nil {
		return f, link.Fail("target", err)
	}
	moved, err := b.table.to.wasMoved(ctx, b.conn)
	if err != nil {
		return f, link.Fail("target", err)
	}
	if moved {
		return f, fmt.Errorf("%w: it %s", errUnsure, rewritten)
	}
	f.judgePrints(here, there, more)
	return f, nil
}

// judgePrints compares rows by the text of their keys; more says that the target has others.
func (f *found) judgePrints(here, there []print, more bool) {
	f.numbers, f.atLeast = map[string]uint32{}, f.atLeast || more
	other := make(map[string]print, len(there))
	for _, p := range there {
		other[p.key.id()] = p
	}
	for n, p := range here {
		id := p.key.id()
		o, ok := other[id]
		delete(other, id)
		if ok && o.h1 == p.h1 && o.h2 == p.h2 || !ok && more {
			continue
		}
		kind := Changed
		if !ok {
			kind = Missing
		}
		f.numbers[id] = uint32(n) //nolint:gosec // at most mostPrints
		f.wrong = append(f.wrong, finding{kind: kind, key: p.key})
	}
	for _, p := range other {
		f.wrong = append(f.wrong, finding{kind: Extra, key: p.key})
	}
}
