package compare

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// talk is the writer's end of a connection of purpose compare.
type talk struct {
	line net.Conn
	in   *wire.Reader
	stop func() bool // the end of the schedule no longer ends the connection

	cut  wire.Block
	sums []sums
}

// leastFrame is enough for the frames that hold no row.
const leastFrame = 16 << 20

// errRefused says that the reader cannot compare this block; the line is its own.
var errRefused = errors.New("the reader cannot compare it")

// dialReader has the reader cut a block. What that takes is the reader's time, of which it takes care itself.
func (s *Schedule) dialReader(ctx context.Context, at place) (*talk, error) {
	defer func(began time.Time) { s.idled += time.Since(began) }(time.Now())
	have := wire.Have{
		Purpose: wire.PurposeCompare, Digest: s.List.Digest(), Table: uint16(at.table), //nolint:gosec // as everywhere
		After: wire.Key(at.after), UpTo: wire.Key(at.upTo),
	}
	conn, err := s.Dial(ctx)
	if err != nil {
		return nil, err
	}
	t := &talk{line: conn, stop: context.AfterFunc(ctx, func() { _ = conn.Close() }), in: wire.NewReader(conn, max(s.MaxRow, leastFrame))}
	_ = conn.SetWriteDeadline(time.Now().Add(frameWithin))
	if _, err := conn.Write(wire.AppendHave(nil, have)); err != nil {
		t.hangUp()
		return nil, errors.Join(wire.ErrPeer, err)
	}
	if err := t.readSums(longestRest + rangeWithin); err != nil {
		t.hangUp()
		return nil, err
	}
	return t, nil
}

func (t *talk) hangUp() {
	t.stop()
	_ = t.line.Close()
}

// askStep says which step is next.
func (t *talk) askStep(turn wire.Turn) error {
	_ = t.line.SetWriteDeadline(time.Now().Add(frameWithin))
	if _, err := t.line.Write(wire.AppendTurn(nil, turn)); err != nil {
		return errors.Join(wire.ErrPeer, err)
	}
	return nil
}

// nextFrame reads a frame. A reader that says nothing is given up.
func (t *talk) nextFrame(patience time.Duration) (any, error) {
	_ = t.line.SetReadDeadline(time.Now().Add(patience))
	frame, err := t.in.Next()
	if err != nil {
		return nil, errors.Join(wire.ErrPeer, err)
	}
	if end, ok := frame.(wire.End); ok {
		text := link.Text(errors.New(end.Text))
		if end.Class == wire.EndFailed {
			return nil, fmt.Errorf("%w: %s", errRefused, text)
		}
		return nil, errors.New(text)
	}
	return frame, nil
}

// askSums asks for the block's hashes.
func (t *talk) askSums(turn wire.Turn) error {
	turn.Step = wire.StepSums
	patience := turnWithin
	if turn.Buckets {
		patience += bucketWithin
	}
	if err := t.askStep(turn); err != nil {
		return err
	}
	return t.readSums(patience)
}

func (t *talk) readSums(patience time.Duration) error {
	frame, err := t.nextFrame(patience)
	if err != nil {
		return err
	}
	block, ok := frame.(wire.Block)
	if !ok {
		return unexpectedFrame(frame)
	}
	if block.Buckets > mostBuckets {
		return fmt.Errorf("%w: %d buckets", wire.ErrFrame, block.Buckets)
	}
	t.cut, t.sums = block, t.sums[:0]
	for {
		switch frame, err = t.nextFrame(turnWithin); f := frame.(type) {
		case nil:
			return err
		case wire.Done:
			if block.Lacks == "" && len(t.sums) != int(block.Buckets) {
				return fmt.Errorf("%w: %d hashes of %d buckets", wire.ErrFrame, len(t.sums), block.Buckets)
			}
			return nil
		case wire.Sums:
			if int(f.First) != len(t.sums) || len(t.sums)+len(f.Sums) > int(block.Buckets) {
				return fmt.Errorf("%w: hashes of other buckets", wire.ErrFrame)
			}
			for _, s := range f.Sums {
				t.sums = append(t.sums, sums{s.Rows, s.H1, s.H2})
			}
		default:
			return unexpectedFrame(frame)
		}
	}
}

func unexpectedFrame(frame any) error {
	return fmt.Errorf("%w: %T where blocks are compared", wire.ErrFrame, frame)
}

// askMoment has the reader begin a snapshot; it is a apply.Show.
func (t *talk) askMoment(ctx context.Context) (snapshot string, lsn wire.LSN, err error) {
	if err := t.askStep(wire.Turn{Step: wire.StepMoment}); err != nil {
		return "", 0, err
	}
	patience := turnWithin
	if deadline, ok := ctx.Deadline(); ok {
		patience = time.Until(deadline)
	}
	frame, err := t.nextFrame(patience)
	if err != nil {
		return "", 0, err
	}
	m, ok := frame.(wire.Moment)
	if !ok {
		return "", 0, unexpectedFrame(frame)
	}
	return m.Snapshot, m.LSN, nil
}

// askPrints asks for keys and hashes of the block's rows, or of those in some buckets, at the moment.
func (t *talk) askPrints(numbers []uint32, buckets bool) ([]print, error) {
	if err := t.askStep(wire.Turn{Step: wire.StepPrints, Numbers: numbers}); err != nil {
		return nil, err
	}
	patience := turnWithin
	if buckets {
		patience += bucketWithin
	}
	var all []print
	for {
		switch frame, err := t.nextFrame(patience); f := frame.(type) {
		case nil:
			return nil, err
		case wire.Done:
			return all, nil
		case wire.Prints:
			for _, p := range f {
				if len(p.Key) != len(t.cut.Key) {
					return nil, fmt.Errorf("%w: a key of %d columns", wire.ErrFrame, len(p.Key))
				}
				all = append(all, print{key(p.Key), p.H1, p.H2})
			}
			if len(all) > mostPrints {
				return nil, fmt.Errorf("%w: more than %d rows of a block", wire.ErrFrame, mostPrints)
			}
		default:
			return nil, unexpectedFrame(frame)
		}
	}
}

// askRows asks for rows of the last prints, each with so many columns. Fewer may come.
func (t *talk) askRows(numbers []uint32, columns int) (rows [][]*string, err error) {
	if err := t.askStep(wire.Turn{Step: wire.StepRows, Numbers: numbers}); err != nil {
		return nil, err
	}
	for {
		switch frame, err := t.nextFrame(turnWithin); f := frame.(type) {
		case nil:
			return nil, err
		case wire.Done:
			return rows, nil
		case *wire.Change:
			if f.Kind != wire.KindInsert || f.Table != t.cut.Table || len(f.New.Values) != columns || f.New.Partial() || len(rows) == len(numbers) {
				return nil, fmt.Errorf("%w: a row that was not asked for", wire.ErrFrame)
			}
			row := make([]*string, columns)
			for i, v := range f.New.Values {
				if v != nil {
					text := string(v)
					row[i] = &text
				}
			}
			rows = append(rows, row)
		default:
			return nil, unexpectedFrame(frame)
		}
	}
}
