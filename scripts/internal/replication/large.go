package replication

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const largeRows = 500_000

// large: one transaction of many inserts, with everybody connected and idle before it.
func large(ctx context.Context, l *lab) (err error) {
	a, err := l.newArena(ctx, "large", table{name: "bulk"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	contenders, err := a.two(ctx, "streaming = on")
	if err != nil {
		return err
	}
	f, err := a.addFloor(ctx)
	if err != nil {
		return err
	}
	rows := l.size(largeRows)
	s := l.report.section("large", fmt.Sprintf("one transaction of %d inserts", rows),
		"from COMMIT returning at the source until the transaction is visible on the target; native with streaming = on; both connected and idle before",
		"whole: from its BEGIN. The floor begins at the COMMIT: it does not decode while the transaction runs")
	for round := range l.Rounds {
		for _, c := range turn([]contender{contenders[0], contenders[1], f}, round) {
			if err := a.largeLeg(ctx, s, c, round, rows); err != nil {
				return err
			}
		}
	}
	s.timesNative(largeOverNative)
	s.memory()
	return nil
}

// largeLeg measures one contender and takes the rows away again; the others hear of both before their own legs.
func (a *arena) largeLeg(ctx context.Context, s *Section, c contender, round, rows int) error {
	if err := a.present(ctx, c); err != nil {
		return err
	}
	whole, late, cpu, err := a.oneTransaction(ctx, s, c, rows)
	if err != nil {
		return err
	}
	line := s.line(c.name(), "", "s")
	line.add(late.Seconds())
	line.spent(usage{cpu: cpu})
	if f, ok := c.(*floor); ok {
		err = f.toPresent(ctx)
	} else {
		s.line(c.name(), "whole", "s").add(whole.Seconds())
		err = a.leaveEqual(ctx, c, line)
	}
	a.note("large: round %d of %d: %-22s %6.2f s after COMMIT", round+1, a.Rounds, c.name(), late.Seconds())
	return errors.Join(err, execute(ctx, a.source, "truncate bench.bulk"))
}

// leaveEqual stops a contender, adds its cost and compares its replica.
func (a *arena) leaveEqual(ctx context.Context, c contender, line *Line) error {
	cost, err := a.leave(ctx, c)
	if err != nil {
		return err
	}
	line.spent(cost)
	return a.equal(ctx, c)
}

// present brings a contender to the present, tidies up, and leaves it connected and idle.
func (a *arena) present(ctx context.Context, c contender) error {
	if f, ok := c.(*floor); ok {
		return errors.Join(f.toPresent(ctx), a.tidy(ctx))
	}
	if err := a.connected(ctx, c); err != nil {
		return err
	}
	if err := a.tidy(ctx, c); err != nil {
		return err
	}
	marker, _, err := a.mark(ctx)
	if err != nil {
		return err
	}
	return seen(ctx, c, marker)
}

// oneTransaction returns how long it took from BEGIN and from COMMIT returning until the contender had it.
func (a *arena) oneTransaction(ctx context.Context, s *Section, c contender, rows int) (whole, late time.Duration, cpu spending, err error) {
	a.marker++
	t := a.tables[0]
	cpu, err = a.alone(ctx, s, func() error {
		began := time.Now()
		err := execute(ctx, a.source, "begin", t.fill(1, rows), fmt.Sprintf("insert into bench.marker values (%d)", a.marker), "commit")
		if err != nil {
			return err
		}
		committed := time.Now()
		if err := a.arrived(ctx, c, a.marker); err != nil {
			return err
		}
		whole, late = time.Since(began), time.Since(committed)
		return nil
	})
	return whole, late, cpu, err
}

// arrived returns when the contender has everything up to the marker, which has just been committed.
func (a *arena) arrived(ctx context.Context, c contender, marker int64) error {
	f, ok := c.(*floor)
	if !ok {
		return seen(ctx, c, marker)
	}
	_, lsn, err := a.mark(ctx)
	if err != nil {
		return err
	}
	if _, _, err := a.mark(ctx); err != nil { // so that it need not wait for a keepalive
		return err
	}
	return f.decode(ctx, lsn)
}
