// Package replication measures the syncer against PostgreSQL's own logical replication and against the floor
// of both, which is decoding alone (pg_recvlogical to /dev/null): on two clusters of its own, with the same
// data, the same publication and the same settings, turn by turn. It uses the syncer's command line only.
// Nothing of the portal's data is touched. It may import pgx, shared/pgtest and the scripts' own packages.
package replication

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Options of one run. Rounds must be at least 1.
type Options struct {
	Syncer   string        // path of the program
	Rounds   int           // turns of each contender in each scenario
	Quick    bool          // a tenth of the data: shows that everything works, numbers are rough
	Calm     time.Duration // how long to wait before each leg for other programs to leave the machine alone
	Only     []string      // names of scenarios; empty: all of them
	LogsTo   string        // folder to keep the logs of servers and syncers in; "" keeps none
	Progress io.Writer
}

// scenario is one question. It adds its lines and verdicts to the lab's report.
type scenario struct {
	name  string
	what  string
	limit time.Duration // of all rounds together, at full size and three rounds
	run   func(ctx context.Context, l *lab) error
}

// scenarios in the order in which they run.
var scenarios = []scenario{
	{"snapshot", "loading one large table", 20 * time.Minute, snapshotOne},
	{"twenty", "loading twenty tables", 20 * time.Minute, snapshotMany},
	{"tables", "setting up two thousand tables, and the first change after a start", 20 * time.Minute, countless},
	{"resync", "loading a large table anew while transactions change it", 30 * time.Minute, resync},
	{"catchup", "catch-up of one-row update transactions", 20 * time.Minute, catchUp},
	{"latency", "commit to visible at 100 and 1,000 transactions a second", 20 * time.Minute, latency},
	{"cost", "processor time of a million changes", 20 * time.Minute, cost},
	{"large", "one transaction of many inserts", 20 * time.Minute, large},
	{"distance", "catch-up and latency with 2 and 10 ms of round trip to the target", 40 * time.Minute, distance},
	{"unpublished", "the slot moves while only unpublished tables are written", 5 * time.Minute, unpublished},
}

// Scenarios describes what can be chosen, one line each.
func Scenarios() string {
	var b strings.Builder
	for _, s := range scenarios {
		fmt.Fprintf(&b, "  %-14s %s\n", s.name, s.what)
	}
	return b.String()
}

// Run measures and returns what it found. A missed goal is a finding, not an error; a replica that differs
// from its source is an error. A scenario that fails does not keep the others from being measured: the report
// is whole but for its part, and the error says what happened.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	chosen, err := choose(o.Only)
	if err != nil {
		return nil, err
	}
	l, err := newLab(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	var failed error
	for _, s := range chosen {
		l.note("%s: %s", s.name, s.what)
		if err := l.runOne(ctx, s); err != nil {
			err = fmt.Errorf("%s: %w", s.name, err)
			l.note("FAILED %v", err)
			l.report.Failures = append(l.report.Failures, err.Error())
			failed = errors.Join(failed, err)
		}
		if ctx.Err() != nil {
			break // what was measured until then is told
		}
	}
	l.report.finish()
	return l.report, failed
}

func (l *lab) runOne(ctx context.Context, s scenario) error {
	limit := s.limit*time.Duration(max(3, l.Rounds))/3 + time.Duration(30*l.Rounds)*l.Calm
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("took longer than %s", limit))
	defer cancel()
	err := s.run(ctx, l)
	if err != nil && ctx.Err() != nil {
		err = errors.Join(context.Cause(ctx), err)
	}
	return err
}

func choose(only []string) ([]scenario, error) {
	if len(only) == 0 {
		return scenarios, nil
	}
	for _, name := range only {
		if !slices.ContainsFunc(scenarios, func(s scenario) bool { return s.name == name }) {
			return nil, fmt.Errorf("--only: there is no scenario %q; there are:\n%s", name, strings.TrimRight(Scenarios(), "\n"))
		}
	}
	return slices.DeleteFunc(slices.Clone(scenarios), func(s scenario) bool { return !slices.Contains(only, s.name) }), nil
}
