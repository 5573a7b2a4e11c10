package replication

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	countlessTables     = 2_000
	countlessTablesRows = 5 // in each
)

// countless: a whitelist of very many small tables, none of which the target has yet. What is measured is what the
// syncer asks, makes and records of each, not the rows.
func countless(ctx context.Context, l *lab) (err error) {
	tables := make([]table, l.size(countlessTables))
	for n := range tables {
		tables[n] = table{name: fmt.Sprintf("register_%04d", n+1), rows: countlessTablesRows}
	}
	a, err := l.newArena(ctx, "countless", tables...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	s := l.report.section("tables", fmt.Sprintf("%d tables of %d rows", len(tables), countlessTablesRows),
		"init: `init` on an empty target, until it ends; check: `check` once everything is there",
		"start: from the start of `run` until a row committed before it is visible on the target")
	for round := range l.Rounds {
		if err := a.countlessRound(ctx, s, round); err != nil {
			return err
		}
	}
	s.atMost("init", s.line(syncerName, "init", "s").Median, countlessInit, "s")
	s.atMost("first change after a start", s.line(syncerName, "start", "s").Median, countlessStart, "s")
	s.memory()
	return nil
}

func (a *arena) countlessRound(ctx context.Context, s *Section, round int) (err error) {
	c, err := a.addSyncerWith(ctx, syncerName, "syncer", "", a.makeEmpty)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.drop(context.WithoutCancel(ctx))) }()
	for _, verb := range [][]string{{"init", "--no-analyze"}, {"check"}} {
		if err := a.timed(ctx, s, verb[0], func() (usage, error) { return c.finish(ctx, verb...) }); err != nil {
			return err
		}
	}
	if err := a.checkpoint(ctx); err != nil {
		return err
	}
	err = a.timed(ctx, s, "start", func() (usage, error) { return usage{}, a.connected(ctx, c) })
	if err != nil {
		return errors.Join(err, c.ended(ctx))
	}
	a.note("tables: round %d of %d: init %.1f s, start %.1f s", round+1, a.Rounds,
		last(s.line(syncerName, "init", "s").Values), last(s.line(syncerName, "start", "s").Values))
	return a.leaveEqual(ctx, c, s.line(syncerName, "start", "s"))
}

// timed adds how long f took, and what it cost, to the line of what.
func (a *arena) timed(ctx context.Context, s *Section, what string, f func() (usage, error)) error {
	var took time.Duration
	var cost usage
	cpu, err := a.alone(ctx, s, func() (err error) {
		began := time.Now()
		cost, err = f()
		took = time.Since(began)
		return err
	})
	if err != nil {
		return err
	}
	cost.cpu = cpu
	line := s.line(syncerName, what, "s")
	line.add(took.Seconds())
	line.spent(cost)
	return nil
}
