package replication

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"portal.example/scripts/internal/stats"
)

const (
	latencySeconds = 15
	latencyQuick   = 3
)

var latencyRates = []int{100, 1000}

// latency: transactions of one row at a steady rate, whether or not earlier ones are through; for each, the
// time from COMMIT returning at the source until a reader of the target sees its row.
func latency(ctx context.Context, l *lab) (err error) {
	a, err := l.newArena(ctx, "latency", table{name: "events"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	contenders, err := a.two(ctx, "")
	if err != nil {
		return err
	}
	contenders = append(contenders, durable{a.native}, early{a.syncer}, &split{syncer: a.syncer})
	for _, rate := range latencyRates {
		s := l.report.section(fmt.Sprintf("latency-%d", rate), fmt.Sprintf("commit to visible at %d transactions a second", rate),
			"from COMMIT returning at the source until a session on the target sees the row; one-row inserts at jittered scheduled times, the first second left out",
			"resolution: time between two looks of that session, which looks only while something is under way")
		for round := range l.Rounds {
			for _, c := range turn(contenders, round) {
				if err := a.latencyLeg(ctx, s, c, rate, round); err != nil {
					return err
				}
			}
		}
		s.judgeLatency("both wait for the disk", a.syncer, durable{a.native}, rate)
		s.judgeLatency("neither waits", early{a.syncer}, a.native, rate)
		s.memory()
	}
	return nil
}

// judgeLatency compares at equal durability.
func (s *Section) judgeLatency(how string, syncer, native contender, rate int) {
	s.atMost("median above native, "+how, s.above(syncer, native, medianOf), latencyMedianOver, "ms")
	if rate == latencyRates[len(latencyRates)-1] {
		s.atMost("99th percentile above native, "+how, s.above(syncer, native, p99Of), latencyP99Over, "ms")
	}
}

// above is by how many milliseconds one contender's line lies above another's, round by round.
func (s *Section) above(one, other contender, what string) float64 {
	return stats.Median(stats.Differences(s.line(one.name(), what, "ms").Values, s.line(other.name(), what, "ms").Values))
}

const (
	medianOf   = "median"
	p99Of      = "99th percentile"
	resolution = "resolution"
)

// latencyLeg measures one contender at one rate and leaves it stopped.
func (a *arena) latencyLeg(ctx context.Context, s *Section, c contender, rate, round int) error {
	if err := a.tidy(ctx, c); err != nil {
		return err
	}
	if err := a.connected(ctx, c); err != nil {
		return err
	}
	p, err := a.newProbe(ctx, c, rate, a.latencySeconds()+1)
	if err != nil {
		return err
	}
	defer p.close()
	cpu, err := a.alone(ctx, s, func() error { return p.run(ctx) })
	if err != nil {
		return errors.Join(err, c.ended(ctx))
	}
	cost, err := a.leave(ctx, c)
	if err != nil {
		return err
	}
	cost.cpu = cpu
	s.addLatency(c, p, rate, cost)
	a.note("%s: round %d of %d: %-22s median %.2f ms", s.Name, round+1, a.Rounds, c.name(), last(s.line(c.name(), medianOf, "ms").Values))
	return a.equal(ctx, c)
}

func (a *arena) latencySeconds() int {
	if a.Quick {
		return latencyQuick
	}
	return latencySeconds
}

func last(values []float64) float64 { return values[len(values)-1] }

func (s *Section) addLatency(c contender, p *probe, rate int, cost usage) {
	took := p.latencies()[rate:] // the first second warms caches and plans
	slices.Sort(took)
	line := s.line(c.name(), medianOf, "ms")
	line.add(milliseconds(stats.Percentile(took, 50)))
	line.spent(cost)
	s.line(c.name(), p99Of, "ms").add(milliseconds(stats.Percentile(took, 99)))
	s.line(c.name(), resolution, "ms").add(milliseconds(stats.Percentile(p.gaps(), 50)))
	s.line(c.name(), "sent over 1 ms late", "%").add(100 * float64(p.late) / float64(len(p.due)))
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// connected starts a contender and returns when it has caught up.
func (a *arena) connected(ctx context.Context, c contender) error {
	marker, _, err := a.mark(ctx)
	if err != nil {
		return err
	}
	if err := c.start(ctx); err != nil {
		return err
	}
	return seen(ctx, c, marker)
}

// leave stops a contender once it has confirmed everything.
func (a *arena) leave(ctx context.Context, c contender) (usage, error) {
	marker, lsn, err := a.mark(ctx)
	if err != nil {
		return usage{}, err
	}
	if err := seen(ctx, c, marker); err != nil {
		return usage{}, err
	}
	if err := a.confirmed(ctx, c, lsn); err != nil {
		return usage{}, err
	}
	return a.halt(ctx, c)
}

// schedule is when each transaction is due, from 0: evenly, each moved by up to half an interval, so that no
// contender's rhythm can fall in with the sender's. It is the same for everybody.
func schedule(rate, seconds int) []time.Duration {
	random := rand.New(rand.NewPCG(uint64(rate), uint64(seconds))) //nolint:gosec // the same for every contender
	interval := time.Second / time.Duration(rate)
	due := make([]time.Duration, rate*seconds)
	for n := range due {
		due[n] = time.Duration(n)*interval + time.Duration(random.Int64N(int64(interval)))
	}
	slices.Sort(due)
	return due
}
