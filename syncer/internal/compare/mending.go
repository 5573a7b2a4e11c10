package compare

import (
	"context"
	"fmt"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/replica"
)

// mendBlock puts the rows right that differ in the block, as repair.go describes it; the rows come from the reader. It is the
// schedule's own repair, so it does nothing that would take the stream long: what is not done stays recorded.
func (s *Schedule) mendBlock(ctx context.Context, at place, v *verdict) error {
	if err := s.truce.mayMeet(); err != nil {
		return err
	}
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
	if _, err := conn.Exec(ctx, "SET lock_timeout = '500ms'; SET statement_timeout = '2s'"); err != nil {
		return link.Fail("target", err)
	}
	m, err := s.meetReader(ctx, t, true)
	if err != nil {
		return err
	}
	defer s.leaveMeeting(m)
	ctx, cancel := context.WithTimeout(ctx, mendHold)
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
