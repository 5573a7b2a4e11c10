package replication

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	oneTableRows   = 1_500_000
	manyTables     = 20
	manyTablesRows = 50_000 // in each
)

func snapshotOne(ctx context.Context, l *lab) error {
	rows := l.size(oneTableRows)
	return l.snapshot(ctx, "onetable", fmt.Sprintf("snapshot of one table of %d rows", rows), largeTableOverNative,
		table{name: "people", uuid: true, rows: rows})
}

func snapshotMany(ctx context.Context, l *lab) error {
	rows := l.size(manyTablesRows)
	tables := make([]table, manyTables)
	for n := range tables {
		tables[n] = table{name: fmt.Sprintf("register_%02d", n+1), rows: rows}
	}
	return l.snapshot(ctx, "manytables", fmt.Sprintf("snapshot of %d tables of %d rows each", manyTables, rows), manyTablesOverNative, tables...)
}

// snapshot: both begin with empty tables and a publication, and end when every row is there and a row that
// was committed afterwards has arrived by the stream.
func (l *lab) snapshot(ctx context.Context, name, title string, reach float64, tables ...table) (err error) {
	a, err := l.newArena(ctx, name, emptied(tables)...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := a.publish(ctx); err != nil {
		return err
	}
	if err := a.fill(ctx, tables); err != nil {
		return err
	}
	s := l.report.section("snapshot-"+name, title,
		"from empty tables and a publication until every row is there and a row committed after that has arrived by the stream",
		"syncer: `init --no-analyze`, then `run`, with all that they check and record; native: CREATE SUBSCRIPTION, every pg_subscription_rel in state r",
		"native replication leaves the tables' statistics to autovacuum, so the syncer is asked to do the same here")
	for round := range l.Rounds {
		for _, add := range turn([]addReplica{addSyncerReplica, addNativeReplica}, round) {
			if err := a.snapshotLeg(ctx, s, round, add); err != nil {
				return err
			}
		}
	}
	s.timesNative(reach)
	s.memory()
	return nil
}

func emptied(tables []table) []table {
	empty := make([]table, len(tables))
	for n, t := range tables {
		t.rows = 0
		empty[n] = t
	}
	return empty
}

// publish has the syncer make the publication, replica identities and grants while the tables are empty.
func (a *arena) publish(ctx context.Context) error {
	s, err := a.addSyncer(ctx, syncerName, "publisher", "")
	if err != nil {
		return err
	}
	_, err = s.finish(ctx, "init")
	return errors.Join(err, s.drop(ctx))
}

func (a *arena) fill(ctx context.Context, tables []table) error {
	a.note("%s: filling the source", a.database)
	for _, t := range tables {
		if err := execute(ctx, a.source, t.fill(1, t.rows)); err != nil {
			return err
		}
	}
	return execute(ctx, a.source, "vacuum analyze")
}

// loader is a contender that can load a replica from nothing; drop removes it with its slot.
type loader interface {
	contender
	// load returns when everything is loaded and it replicates; the usage is of what has ended by then.
	load(ctx context.Context) (usage, error)
	drop(ctx context.Context) error
}

type addReplica func(ctx context.Context, a *arena) (loader, error)

func addSyncerReplica(ctx context.Context, a *arena) (loader, error) {
	return a.addSyncer(ctx, syncerName, "syncer", "")
}

func addNativeReplica(ctx context.Context, a *arena) (loader, error) { return a.addNative(ctx) }

func (s *syncer) load(ctx context.Context) (usage, error) {
	cost, err := s.finish(ctx, "init", "--no-analyze")
	if err != nil {
		return usage{}, err
	}
	return cost, s.start(ctx)
}

func (n *native) load(ctx context.Context) (usage, error) {
	if err := n.subscribe(ctx, ""); err != nil {
		return usage{}, err
	}
	return usage{}, n.ready(ctx)
}

// snapshotLeg measures one contender on a replica of its own, which is gone afterwards.
func (a *arena) snapshotLeg(ctx context.Context, s *Section, round int, add addReplica) (err error) {
	c, err := add(ctx, a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.drop(context.WithoutCancel(ctx))) }()
	if err := a.tidy(ctx); err != nil {
		return err
	}
	var took time.Duration
	var first, loaded usage
	first.cpu, err = a.alone(ctx, s, func() error {
		began := time.Now()
		var err error
		if loaded, err = c.load(ctx); err != nil {
			return err
		}
		marker, _, err := a.mark(ctx)
		if err != nil {
			return err
		}
		err = seen(ctx, c, marker)
		took = time.Since(began)
		return err
	})
	if err != nil {
		return err
	}
	first.peak = loaded.peak
	// In the order of the report, whoever is first in this round.
	s.line(syncerName, "", "s")
	line := s.line(c.name(), "", "s")
	line.add(took.Seconds())
	a.note("%s: round %d of %d: %-22s %6.2f s", s.Name, round+1, a.Rounds, c.name(), took.Seconds())
	return a.leaveSnapshot(ctx, c, line, first)
}

func (a *arena) leaveSnapshot(ctx context.Context, c loader, line *Line, first usage) error {
	second, err := a.leave(ctx, c)
	if err != nil {
		return err
	}
	line.spent(usage{peak: max(first.peak, second.peak), cpu: first.cpu})
	return a.equal(ctx, c)
}
