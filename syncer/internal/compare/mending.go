package compare

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
)

// owed is a block whose rows are to be mended once the truce is over.
type owed struct {
	at      place
	verdict *verdict
}

// mendInTime mends the block, or keeps it until the truce is over. Finding out what differs takes meetings too: if they made the stream
// stand for long and mending meant to find it all out again, a slow machine would do that for ever.
func (s *Schedule) mendInTime(ctx context.Context, at place, v *verdict) error {
	name := s.List.Tables[at.table].FullName()
	if s.truce.holds() {
		s.owed = &owed{at, v}
		s.Log.Info("rows that differ are mended after a pause: finding them made the stream wait", "table", name, "rows", len(v.wrong), "from", s.truce.until)
		return nil
	}
	if err := s.mendBlock(ctx, at, v); err != nil {
		if ctx.Err() != nil {
			return err
		}
		if errors.Is(err, context.DeadlineExceeded) || link.Code(err) == "57014" {
			s.holdLonger(&owed{at, v})
		}
		s.Log.Error("rows that differ could not be mended", "table", name, "error", link.Text(err))
		return nil
	}
	s.held = 0
	s.at.mended += v.mended
	if s.OnMended != nil {
		s.OnMended(v.mended)
	}
	s.Log.Warn("rows that differed were made as they are in the source", "table", name, "rows", v.mended)
	return s.book.saveRecord(ctx)
}

// holdLonger lets the next attempt at mending hold the stream for twice as long, after a truce. A server that is slow, but works, is
// given the time that it needs in a few attempts.
func (s *Schedule) holdLonger(o *owed) {
	s.held = min(2*s.mendHold(), longestHold)
	s.owed = o
	s.truce.noteStood(s.held, s.longestTruce())
}

// mendHold is for how long mending may hold the stream.
func (s *Schedule) mendHold() time.Duration { return max(s.held, firstHold) }

// mendOwed mends what a truce has put off.
func (s *Schedule) mendOwed(ctx context.Context) error {
	o := s.owed
	s.owed = nil
	if !s.mayMend(o.verdict, s.List.Tables[o.at.table].FullName()) {
		return nil
	}
	return s.mendInTime(ctx, o.at, o.verdict)
}

// mendBlock puts the rows right that differ in the block, as repair.go describes it; the rows come from the reader. It is the
// schedule's own repair, so it holds the stream for as short a time as this target allows: what is not done stays recorded.
func (s *Schedule) mendBlock(ctx context.Context, at place, v *verdict) error {
	t, err := s.dialReader(ctx, place{at.table, key(v.block.After), key(v.block.UpTo)})
	if err != nil {
		return err
	}
	defer t.hangUp()
	b := &blockTurn{Schedule: s, talk: t, table: &table{}}
	if err := b.prepareBlock(ctx, at); err != nil {
		return err
	}
	conn, err := replica.Connect(ctx, s.DSN, "repair")
	if err != nil {
		return err
	}
	defer link.Close(conn)
	if _, err := conn.Exec(ctx, fmt.Sprintf("SET lock_timeout = '500ms'; SET statement_timeout = %d", s.mendHold().Milliseconds())); err != nil {
		return link.Fail("target", err)
	}
	m, err := s.meetReader(ctx, t, true)
	if err != nil {
		return err
	}
	defer s.leaveMeeting(m)
	ctx, cancel := context.WithTimeout(ctx, s.mendHold())
	defer cancel()
	right, err := b.readRightRows(ctx, v)
	if err != nil {
		return err
	}
	p := &patch{table: b.table, conn: conn}
	shared := &moment{progress: m.Progress}
	err = p.writeRows(ctx, shared, right, false)
	if link.Code(err) == "23505" { // two rows exchange a unique value, for example
		err = p.writeRows(ctx, shared, right, true)
	}
	if err == nil {
		v.mended = int64(len(right.asked) + len(right.gone))
	}
	return err
}

// readRightRows are the rows of the verdict that still differ, as they are in the source at the moment that is open.
func (b *blockTurn) readRightRows(ctx context.Context, v *verdict) (*values, error) {
	now, err := b.compareRows(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, f := range v.wrong {
		known[f.key.id()] = true
	}
	right := &values{}
	var numbers []uint32
	for _, f := range now.wrong {
		switch {
		case !known[f.key.id()]:
		case f.kind == Extra:
			right.gone = append(right.gone, f.key)
		default:
			right.asked = append(right.asked, f)
			numbers = append(numbers, now.numbers[f.key.id()])
		}
	}
	if len(numbers) > 0 {
		if right.same, err = b.askRows(numbers, len(b.table.Columns)); err != nil {
			return nil, err
		}
	}
	if len(right.same) < len(right.asked) {
		right.asked = right.asked[:len(right.same)]
	}
	if len(right.same)+len(right.gone) == 0 {
		return nil, fmt.Errorf("%w: nothing is left to mend", errUnsure)
	}
	return right, nil
}
