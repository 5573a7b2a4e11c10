package replication

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/scripts/internal/clock"
)

const (
	resyncRows = 1_000_000
	resyncRate = 200 // transactions a second
)

// resync: one table is loaded anew while transactions go on in it.
func resync(ctx context.Context, l *lab) (err error) {
	a, err := l.newArena(ctx, "resync", table{name: "items", rows: l.size(resyncRows)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	contenders, err := a.apart(ctx)
	if err != nil {
		return err
	}
	s := l.report.section("resync", fmt.Sprintf("loading a table of %d rows anew while %d transactions a second change it", a.tables[0].rows, resyncRate),
		"from the order (`syncer table resync`; taking the table out of the publication, TRUNCATE, adding it, and two times REFRESH PUBLICATION) until it follows the source and a row committed then is visible",
		"readers of native's replica see the table empty meanwhile, those of the syncer's the old rows")
	for round := range l.Rounds {
		for _, c := range turn(contenders, round) {
			if err := a.resyncLeg(ctx, s, c, round); err != nil {
				return err
			}
		}
	}
	s.timesNative(resyncOverNative)
	s.memory()
	return nil
}

// reloader is a contender that can load the table of an arena anew.
type reloader interface {
	contender
	reload(ctx context.Context) error
}

// apart are the syncer and native replication, each with a publication of its own: the syncer must not see that the
// other one's is changed.
func (a *arena) apart(ctx context.Context) (_ []reloader, err error) {
	a.note("%s: loading the replicas", a.database)
	if a.syncer, err = a.addSyncer(ctx, syncerName, "syncer", ""); err != nil {
		return nil, err
	}
	if err := a.syncer.prepare(ctx); err != nil {
		return nil, err
	}
	if a.native, err = a.addNative(ctx); err != nil {
		return nil, err
	}
	a.native.publication = publication + "_native"
	if err := execute(ctx, a.source, "create publication "+a.native.publication+" for table "+a.published()+", bench.marker"); err != nil {
		return nil, err
	}
	return []reloader{a.syncer, a.native}, a.native.prepare(ctx, "")
}

// published is the arena's table as a publication lists it.
func (a *arena) published() string {
	return "bench." + a.tables[0].name + " (" + listed + ") where (" + filter + ")"
}

func (s *syncer) reload(ctx context.Context) error {
	_, err := s.finish(ctx, "table", "resync", "bench."+s.a.tables[0].name)
	return err
}

func (n *native) reload(ctx context.Context) error {
	name := "bench." + n.a.tables[0].name
	refresh := "alter subscription " + n.database + " refresh publication"
	if err := execute(ctx, n.a.source, "alter publication "+n.publication+" drop table "+name); err != nil {
		return err
	}
	if err := execute(ctx, n.conn, refresh, "truncate "+name); err != nil {
		return err
	}
	if err := execute(ctx, n.a.source, "alter publication "+n.publication+" add table "+n.a.published()); err != nil {
		return err
	}
	if err := execute(ctx, n.conn, refresh); err != nil {
		return err
	}
	return n.ready(ctx)
}

// resyncLeg measures one contender and leaves it stopped.
func (a *arena) resyncLeg(ctx context.Context, s *Section, c reloader, round int) error {
	if err := a.tidy(ctx, c); err != nil {
		return err
	}
	if err := a.connected(ctx, c); err != nil {
		return err
	}
	stop, err := a.change(ctx, resyncRate)
	if err != nil {
		return err
	}
	var took time.Duration
	cpu, err := a.alone(ctx, s, func() error {
		began := time.Now()
		if err := c.reload(ctx); err != nil {
			return err
		}
		marker, _, err := a.mark(ctx)
		if err == nil {
			err = seen(ctx, c, marker)
		}
		took = time.Since(began)
		return err
	})
	changes, failed := stop()
	if err = errors.Join(err, failed); err != nil {
		return errors.Join(err, c.ended(ctx))
	}
	line := s.line(c.name(), "", "s")
	line.add(took.Seconds())
	line.spent(usage{cpu: cpu})
	s.line(c.name(), "changes meanwhile", "a second").add(float64(changes) / took.Seconds())
	a.note("resync: round %d of %d: %-22s %6.2f s", round+1, a.Rounds, c.name(), took.Seconds())
	return a.leaveEqual(ctx, c, line)
}

// change updates single rows of the arena's table at a steady rate until stop, which returns how many it were.
func (a *arena) change(ctx context.Context, rate int) (stop func() (int, error), err error) {
	conn, err := connect(ctx, a.lab.source.DSN(a.database))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	type result struct {
		n   int
		err error
	}
	ended := make(chan result, 1)
	go func() {
		defer closeConn(conn)
		n, err := a.updateEach(ctx, conn, time.Second/time.Duration(rate))
		ended <- result{n, err}
	}()
	return func() (int, error) {
		cancel()
		r := <-ended
		return r.n, r.err
	}, nil
}

func (a *arena) updateEach(ctx context.Context, conn *pgx.Conn, interval time.Duration) (n int, err error) {
	t := a.tables[0]
	for due := time.Now(); ctx.Err() == nil; due = due.Add(interval) {
		clock.Sleep(time.Until(due)) // late ones follow at once
		id := 1 + n*7919%t.rows
		_, err := conn.Exec(context.WithoutCancel(ctx), "update bench."+t.name+" set version = version + 1, updated_at = clock_timestamp() where id = $1", id)
		if err != nil {
			return n, fmt.Errorf("change a row: %w", err)
		}
		n++
	}
	return n, nil
}
