package apply

import (
	"context"
	"fmt"
	"time"

	"portal.example/syncer/internal/wire"
)

const (
	maxRows  = 10000   // rows of one statement
	maxBytes = 1 << 20 // and about its size
	fewRows  = 4       // up to so many are quicker one by one
	// copyRows is from how many inserted rows on COPY is quicker than INSERT … SELECT FROM unnest.
	copyRows = 200
	// stageRows is from how many rows on COPY to a temporary stage, and one statement from there, is quicker than
	// UPDATE … FROM unnest: see BenchmarkShapes. Making and emptying the stage costs about half a millisecond.
	stageRows = 2000
)

// script turns frames into statements of one flight: folded into sets, or one by one in source order.
type script struct {
	line    *pipeline
	s       *session
	f       *flight
	fold    bool
	trust   bool // the replica is exactly what the source was: an insert's row is not here, an update's is
	at      standing
	pending []*table // whose folds hold something
	end     wire.Commit
	idle    wire.Progress
	side    *openTransaction // whose chunk it is
	arena   *arena
	opened  bool     // what stands before the first statement was sent
	hold    wire.LSN // up to where everything becomes visible together
}

// composeFrames goes through the frames of parts.
func (s *script) composeFrames(ctx context.Context, parts []part) error {
	for _, p := range parts {
		s.f.size += p.size()
		for b := p.bytes(); len(b) > 0; {
			kind, size, _, err := wire.Head(b, wire.MaxFrame)
			if err != nil {
				return err
			}
			if err := s.takeFrame(ctx, kind, b[wire.HeadSize:wire.HeadSize+size]); err != nil {
				return err
			}
			b = b[wire.HeadSize+size:]
		}
	}
	return s.flushFolds()
}

func (s *script) takeFrame(ctx context.Context, kind wire.Kind, payload []byte) (err error) {
	switch kind {
	case wire.KindInsert, wire.KindUpdate, wire.KindDelete:
		return s.takeChange(kind, payload)
	case wire.KindBegin:
		s.at.begin, err = wire.ParseBegin(payload)
		s.at.skipping, s.at.skipped = s.line.control.skips(s.at.begin.Final), Skipped{LSN: s.at.begin.Final}
	case wire.KindCommit:
		s.end, err = wire.ParseCommit(payload)
		s.f.done.LSN = s.end.End
		s.f.done.Transactions++
		s.endSkip()
		s.checkConstraints()
	case wire.KindProgress:
		s.idle, err = wire.ParseProgress(payload)
		s.f.done.LSN, s.hold = s.idle.LSN, max(s.hold, s.idle.Hold)
	case wire.KindChunk:
		var c wire.Chunk
		c, err = wire.ParseChunk(payload)
		s.side.sub = c.Sub
	case wire.KindChunkEnd:
	case wire.KindRelation:
		if err := s.flushFolds(); err != nil {
			return err
		}
		return s.takeRelation(ctx, payload)
	case wire.KindTruncate:
		return s.addTruncate(payload)
	case wire.KindRefusal:
		return s.takeRefusal(payload)
	default:
		err = fmt.Errorf("%w: kind %q does not belong here", wire.ErrFrame, byte(kind))
	}
	return err
}

func (s *script) takeRelation(ctx context.Context, payload []byte) error {
	frame, err := wire.Decode(wire.KindRelation, payload)
	if err == nil {
		s.at.tables, err = s.line.tables.defineTable(ctx, s.at.tables, *frame.(*wire.Relation))
	}
	return err
}

func (s *script) tableOf(id uint16) (*table, error) {
	if t := s.at.tables.tables[id]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("%w: a row of a table that was not described", wire.ErrFrame)
}

func (s *script) takeChange(kind wire.Kind, payload []byte) error {
	var c wire.RawChange
	if err := wire.ParseChange(kind, payload, &c); err != nil {
		return err
	}
	t, err := s.tableOf(c.Table)
	if err != nil {
		return err
	}
	if c.Columns != len(t.rel.Columns) {
		return fmt.Errorf("%w: a row of %s has another number of columns", wire.ErrFrame, t.rel.FullName())
	}
	if s.leavesOut(t) {
		return nil
	}
	if err := s.setSavepoint(); err != nil {
		return err
	}
	s.f.done.Changes++
	t.withKey(s.arena, &c)
	if !s.fold {
		return s.addSingle(t, &c)
	}
	if len(t.fold.entries) == 0 {
		s.pending = append(s.pending, t)
	}
	ok, err := t.put(s.arena, &c)
	if err != nil || ok {
		return err
	}
	if err := s.flushFolds(); err != nil {
		return err
	}
	return s.addKeyChange(t, &c)
}

// leavesOut reports whether nothing is done with a table's change: its transaction is to be skipped, or the
// table is not here yet and is loaded by a connection of its own.
func (s *script) leavesOut(t *table) bool {
	if !s.at.skipping {
		return t.absent.Load()
	}
	s.at.skipped.Changes++
	s.at.skipped.Tables = appendNew(s.at.skipped.Tables, t.rel.FullName())
	return true
}

func (s *script) endSkip() {
	if s.at.skipping {
		s.f.done.Skipped = append(s.f.done.Skipped, s.at.skipped)
		s.at.skipping, s.at.skipped = false, Skipped{}
	}
}

// setSavepoint marks where the changes of a subtransaction begin.
func (s *script) setSavepoint() error {
	if s.side == nil || !s.side.entersSubtransaction() {
		return nil
	}
	if err := s.flushFolds(); err != nil {
		return err
	}
	s.openFlight()
	s.f.origin = append(s.f.origin, origin{})
	s.s.addOnce(subSavepoint(s.side.sub))
	return nil
}

// checkConstraints checks those that wait for the end of the transaction, where changes go one by one: COMMIT would not say
// which of the batch's transactions breaks them. Those that become visible together may break them in between.
func (s *script) checkConstraints() {
	s.hold = max(s.hold, s.end.Hold)
	if s.fold || s.f.kind != batch || s.end.End < s.hold {
		return
	}
	s.f.origin = append(s.f.origin, origin{lsn: s.at.begin.Final, whole: true}, origin{})
	s.s.addExecution(sqlCheck)
	s.s.addExecution(sqlDefer)
}

// openFlight sends what stands before the flight's first statement: a piece in which nothing happens sends nothing.
func (s *script) openFlight() {
	if s.opened {
		return
	}
	s.opened = true
	for _, st := range s.s.openingStatements(s.f.kind, s.line.countSides() > 0, s.line.isOwnTransaction(s.f)) {
		s.f.origin = append(s.f.origin, origin{})
		s.s.addExecution(st)
	}
}

// addSingle adds the statements of one change in source order.
func (s *script) addSingle(t *table, c *wire.RawChange) error {
	from, moves := t.moves(s.arena, c)
	if moves && c.Partial {
		return s.addKeyChange(t, c)
	}
	if moves {
		if err := s.addOne(t, t.delete, wire.RawRow(from), from, len(t.key)); err != nil {
			return err
		}
	}
	if c.Kind == wire.KindDelete {
		key := t.keyOf(s.arena, c.Old)
		return s.addOne(t, t.delete, wire.RawRow(key), key, len(t.key))
	}
	st := t.upsert
	if c.Partial {
		st = t.updateSome(maskOf(c.New, c.Columns))
	}
	return s.addOne(t, st, c.New, t.keyOf(s.arena, c.New), c.Columns)
}

func (s *script) addOne(t *table, st *statement, row wire.RawRow, key []byte, width int) error {
	if st == nil {
		return nil
	}
	s.f.done.touch(t.rel.FullName())
	s.openFlight()
	s.f.origin = append(s.f.origin, origin{table: t, lsn: s.at.begin.Final, key: key})
	s.s.values(st.one, row, width)
	return s.s.writeOut(false)
}

// addKeyChange gives one row another key, keeping what the change does not tell.
func (s *script) addKeyChange(t *table, c *wire.RawChange) error {
	sql, params := t.rekey(c.New.Values(c.Columns), c.Old.Values(c.Columns))
	s.f.done.touch(t.rel.FullName())
	s.openFlight()
	s.f.origin = append(s.f.origin, origin{table: t, lsn: s.at.begin.Final, key: t.keyOf(new(arena), c.Old)})
	s.s.addOnce(sql, params...)
	return s.s.writeOut(len(s.s.out.bufs) > 0)
}

// addTruncate empties tables. DELETE instead of TRUNCATE: readers with an older snapshot keep seeing the rows,
// nobody has to wait, and the role needs no further right.
func (s *script) addTruncate(payload []byte) error {
	frame, err := wire.Decode(wire.KindTruncate, payload)
	if err != nil {
		return err
	}
	for _, id := range frame.(wire.Truncate).Tables {
		t, err := s.tableOf(id)
		if err != nil {
			return err
		}
		leftOut, noted := s.leavesOut(t), s.line.o.Beside == ""
		if leftOut && (s.at.skipping || !noted) {
			continue
		}
		if err := s.setSavepoint(); err != nil {
			return err
		}
		if err := s.flushFolds(); err != nil {
			return err
		}
		if !leftOut {
			s.f.done.Changes++
			s.f.done.touch(t.rel.FullName())
			s.addStatement(t, nil, t.empty)
		}
		if noted { // also of a table that is loaded by a connection of its own, which has no record of what the log told
			s.addStatement(nil, [][]byte{[]byte(s.line.o.Slot), []byte(t.rel.FullName()), []byte(wire.EmptiedNote(s.xid()))}, sqlEmptied)
		}
	}
	return nil
}

// xid is the transaction of the source whose changes are being taken, the subtransaction where it is known.
func (s *script) xid() uint32 {
	if s.side != nil {
		return s.side.sub
	}
	return s.at.begin.XID
}

// addStatement adds a statement with parameters in text.
func (s *script) addStatement(t *table, params [][]byte, st *statement) {
	s.openFlight()
	s.f.origin = append(s.f.origin, origin{table: t, lsn: s.at.begin.Final})
	s.s.addExecution(st, params...)
}

// addPosition moves the position in the transaction that brings the rows.
func (s *script) addPosition(since, lsn wire.LSN) {
	when := func(t time.Time) []byte {
		if t.IsZero() {
			return nil
		}
		return []byte(t.UTC().Format("2006-01-02 15:04:05.999999Z07:00"))
	}
	from := []byte(since.String())
	if since == 0 {
		from = nil
	}
	params := [][]byte{[]byte(s.line.o.Slot), fmt.Append(nil, s.line.o.Epoch), from, []byte(lsn.String())}
	if s.line.o.Beside != "" {
		s.addStatement(nil, params, s.line.recorded)
		return
	}
	var last []byte
	if s.f.done.last.End != 0 {
		last = []byte(s.f.done.last.End.String())
	}
	s.addStatement(nil, append(params, when(s.f.done.At), when(s.f.done.Fresh), last, when(s.f.done.last.Time)), s.line.recorded)
}
