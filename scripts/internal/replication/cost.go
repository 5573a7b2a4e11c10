package replication

import (
	"context"
	"errors"
	"fmt"

	"portal.example/scripts/internal/stats"
)

const (
	costRate    = 1000
	million     = 1_000_000
	perMillion  = "a million changes"
	costPerUnit = "CPU s"
)

// takesPart are the kinds of processes that a contender consists of, on both sides. What makes the load and what looks at the
// result is not among them.
var takesPart = []string{"walsender", "native worker", "syncer", "writer's sessions", "reader's sessions", "walwriter"}

// cost: the seconds of CPU that a million changes take, of all processes that bring them. Unlike time that hardly depends
// on what else the machine does.
func cost(ctx context.Context, l *lab) (err error) {
	a, err := l.newArena(ctx, "cost", table{name: "items", rows: l.size(catchUpRows)}, table{name: "events"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	contenders, err := a.two(ctx, "")
	if err != nil {
		return err
	}
	if err := execute(ctx, a.source, updates); err != nil {
		return err
	}
	if err := a.costBehind(ctx, contenders); err != nil {
		return err
	}
	return a.costSteady(ctx, contenders)
}

// costBehind is that of a backlog of one-row transactions, without what it takes to get going.
func (a *arena) costBehind(ctx context.Context, contenders []contender) error {
	n := a.size(catchUpTransactions)
	s := a.report.section("cost-behind", "processor time of catch-up by one-row transactions",
		fmt.Sprintf("of %v on both sides, for %d transactions, scaled to a million; without that of a start with nothing to catch up", takesPart, n))
	for round := range a.Rounds {
		if err := a.costRound(ctx, s, contenders, round, n); err != nil {
			return err
		}
	}
	s.judgeCost()
	return nil
}

func (a *arena) costRound(ctx context.Context, s *Section, contenders []contender, round, n int) error {
	if err := a.settle(ctx, contenders...); err != nil {
		return err
	}
	idle := map[string]float64{}
	for _, c := range turn(contenders, round) {
		marker, lsn, err := a.mark(ctx)
		if err != nil {
			return err
		}
		_, u, err := a.measureCatchUp(ctx, s, c, marker, lsn)
		if err != nil {
			return err
		}
		idle[c.name()] = u.cpu.of(takesPart)
	}
	marker, lsn, err := a.makeUpdates(ctx, n)
	if err != nil {
		return err
	}
	for _, c := range turn(contenders, round) {
		_, u, err := a.measureCatchUp(ctx, s, c, marker, lsn)
		if err != nil {
			return err
		}
		s.costs(c, (u.cpu.of(takesPart)-idle[c.name()])*million/float64(n), u)
	}
	return nil
}

// costSteady is that of transactions of one row at a steady rate, where each is brought by itself.
func (a *arena) costSteady(ctx context.Context, contenders []contender) error {
	s := a.report.section("cost-steady", fmt.Sprintf("processor time at %d transactions of one row a second", costRate),
		fmt.Sprintf("of %v on both sides, scaled to a million", takesPart))
	contenders = append(contenders, durable{a.native}, early{a.syncer})
	for round := range a.Rounds {
		for _, c := range turn(contenders, round) {
			scratch := &Section{}
			if err := a.latencyLeg(ctx, scratch, c, costRate, round); err != nil {
				return err
			}
			s.Others = append(s.Others, scratch.Others...)
			spent, sent := spending{}, float64((a.latencySeconds()+1)*costRate)
			for kind, seconds := range scratch.line(c.name(), medianOf, "ms").CPU {
				spent[kind] = seconds[0]
			}
			s.costs(c, spent.of(takesPart)*million/sent, usage{cpu: spent})
		}
	}
	s.judgeCost()
	return nil
}

func (s *Section) costs(c contender, seconds float64, u usage) {
	line := s.line(c.name(), perMillion, costPerUnit)
	line.add(seconds)
	line.spent(u)
}

// judgeCost compares with native replication, round by round.
func (s *Section) judgeCost() {
	values := func(who string) []float64 { return s.line(who, perMillion, costPerUnit).Values }
	s.atMost("processor time, times native's", stats.Median(stats.Ratios(values(syncerName), values(nativeName))), costOverNative, "×")
}

// of sums what some kinds spent.
func (s spending) of(kinds []string) (sum float64) {
	for _, kind := range kinds {
		sum += s[kind]
	}
	return sum
}
