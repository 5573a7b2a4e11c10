package replication

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portal.example/scripts/internal/stats"
)

const (
	catchUpTransactions = 200_000
	catchUpRows         = 200_000
)

// catchUp: transactions of one row each are made while nobody replicates; then each contender in turn gets
// through the very same WAL by a slot of its own.
func catchUp(ctx context.Context, l *lab) (err error) {
	items := table{name: "items", rows: l.size(catchUpRows)}
	a, err := l.newArena(ctx, "catchup", items)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	contenders, err := a.three(ctx)
	if err != nil {
		return err
	}
	if err := execute(ctx, a.source, updates); err != nil {
		return err
	}
	n := l.size(catchUpTransactions)
	s := l.report.section("catchup", fmt.Sprintf("catch-up of %d one-row update transactions", n),
		"from the start of the process (ALTER SUBSCRIPTION … ENABLE) until the last row is visible on the target; all read the same WAL by slots of their own",
		"start: the same with nothing to catch up")
	for round := range l.Rounds {
		if err := a.catchUpRound(ctx, s, contenders, round, n); err != nil {
			return err
		}
	}
	floor := s.line(contenders[2].name(), "", "s").Values
	s.atMost("syncer, times the floor", stats.Median(stats.Ratios(s.line(syncerName, "", "s").Values, floor)), catchUpOverFloor, "×")
	s.timesNative(catchUpOverNative)
	s.memory()
	return nil
}

// three are the syncer, native replication and the floor, all of them stopped at the same position.
func (a *arena) three(ctx context.Context) ([]contender, error) {
	two, err := a.two(ctx, "")
	if err != nil {
		return nil, err
	}
	f, err := a.addFloor(ctx)
	if err != nil {
		return nil, err
	}
	return append(two, f), nil
}

// two are the syncer and native replication with its options, loaded and stopped.
func (a *arena) two(ctx context.Context, options string) (_ []contender, err error) {
	a.note("%s: loading the replicas", a.database)
	if a.syncer, err = a.addSyncer(ctx, syncerName, "syncer", ""); err != nil {
		return nil, err
	}
	if err := a.syncer.prepare(ctx); err != nil { // first: it makes the publication
		return nil, err
	}
	if a.native, err = a.addNative(ctx); err != nil {
		return nil, err
	}
	if err := a.native.prepare(ctx, options); err != nil {
		return nil, err
	}
	return []contender{a.syncer, a.native}, nil
}

func (a *arena) catchUpRound(ctx context.Context, s *Section, contenders []contender, round, n int) error {
	if err := a.settle(ctx, contenders...); err != nil {
		return err
	}
	for _, c := range turn(contenders, round) {
		if err := a.measureStart(ctx, s, c); err != nil {
			return err
		}
	}
	marker, lsn, err := a.makeUpdates(ctx, n)
	if err != nil {
		return err
	}
	if err := a.sameBacklog(ctx, contenders); err != nil {
		return err
	}
	for _, c := range turn(contenders, round) {
		took, cost, err := a.measureCatchUp(ctx, s, c, marker, lsn)
		if err != nil {
			return err
		}
		line := s.line(c.name(), "", "s")
		line.add(took.Seconds())
		line.spent(cost)
		a.note("%s: round %d of %d: %-22s %6.2f s", s.Name, round+1, a.Rounds, c.name(), took.Seconds())
	}
	return nil
}

// measureStart is what a contender takes to get going, which is part of the time that counts.
func (a *arena) measureStart(ctx context.Context, s *Section, c contender) error {
	marker, lsn, err := a.mark(ctx)
	if err != nil {
		return err
	}
	took, _, err := a.measureCatchUp(ctx, s, c, marker, lsn)
	if err != nil {
		return err
	}
	s.line(c.name(), "start", "s").add(took.Seconds())
	return nil
}

// makeUpdates makes the work, quickly: nobody waits for the disk but the marker at the end.
func (a *arena) makeUpdates(ctx context.Context, n int) (marker int64, lsn string, err error) {
	a.note("%s: making %d transactions", a.database, n)
	err = execute(ctx, a.source, "set synchronous_commit = off", fmt.Sprintf("call bench.updates(%d, %d)", n, a.tables[0].rows), "reset synchronous_commit")
	if err != nil {
		return 0, "", err
	}
	if marker, lsn, err = a.mark(ctx); err != nil {
		return 0, "", err
	}
	// One more, so that the floor need not wait for a keepalive to hear that it has arrived.
	if _, _, err := a.mark(ctx); err != nil {
		return 0, "", err
	}
	return marker, lsn, a.tidy(ctx)
}

// sameBacklog makes sure that nobody has less to read than the others.
func (a *arena) sameBacklog(ctx context.Context, all []contender) error {
	var least, most int64
	for i, c := range all {
		bytes, err := a.backlog(ctx, c)
		if err != nil {
			return err
		}
		if i == 0 {
			least, most = bytes, bytes
		}
		least, most = min(least, bytes), max(most, bytes)
	}
	if most > least+least/50+(1<<20) {
		return fmt.Errorf("the slots hold different amounts of WAL, %d to %d bytes: the comparison would be unfair", least, most)
	}
	return nil
}

// measureCatchUp times one contender until the marker is visible; the floor until it has read to lsn.
func (a *arena) measureCatchUp(ctx context.Context, s *Section, c contender, marker int64, lsn string) (took time.Duration, cost usage, err error) {
	cpu, err := a.alone(ctx, s, func() error {
		began := time.Now()
		err := a.work(ctx, c, marker, lsn)
		took = time.Since(began)
		return err
	})
	if err != nil {
		return 0, usage{}, err
	}
	if _, ok := c.(*floor); ok {
		return took, usage{cpu: cpu}, a.idle(ctx, c)
	}
	if err := a.confirmed(ctx, c, lsn); err != nil {
		return 0, usage{}, err
	}
	if cost, err = a.halt(ctx, c); err != nil {
		return 0, usage{}, err
	}
	cost.cpu = cpu
	return took, cost, a.equal(ctx, c)
}

func (a *arena) work(ctx context.Context, c contender, marker int64, lsn string) error {
	if f, ok := c.(*floor); ok {
		return f.decode(ctx, lsn)
	}
	if err := c.start(ctx); err != nil {
		return err
	}
	return seen(ctx, c, marker)
}
