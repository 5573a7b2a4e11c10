package replication

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"portal.example/scripts/internal/delay"
	"portal.example/scripts/internal/stats"
)

// roundTrips between syncer and target; all three pass the same kind of proxy, so that its own cost is in
// each of them.
var roundTrips = []time.Duration{0, 2 * time.Millisecond, 10 * time.Millisecond}

// distance: catch-up and latency again, with a target that is further and further away. Native replication
// applies in the target itself, so it can only be put at a distance from its source; one is, to compare with.
func distance(ctx context.Context, l *lab) (err error) {
	a, err := l.newArena(ctx, "distance", table{name: "items", rows: l.size(catchUpRows)}, table{name: "events"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := execute(ctx, a.source, updates); err != nil {
		return err
	}
	f := &field{arena: a}
	defer func() { err = errors.Join(err, f.closeProxies()) }()
	if err := f.prepare(ctx); err != nil {
		return err
	}
	if err := f.catchUp(ctx); err != nil {
		return err
	}
	for _, rate := range latencyRates {
		if err := f.latency(ctx, rate); err != nil {
			return err
		}
	}
	return nil
}

// field is an arena whose replicas are at a distance.
type field struct {
	*arena
	proxies    []*delay.Proxy
	contenders []contender // syncers in the order of roundTrips, then native replication
}

// prepare makes one replica for each round trip, loaded and stopped.
func (f *field) prepare(ctx context.Context) error {
	f.note("%s: loading the replicas", f.database)
	for n, roundTrip := range roundTrips {
		target, err := f.away(f.target.Port(), roundTrip)
		if err != nil {
			return err
		}
		s, err := f.addSyncer(ctx, "syncer, "+roundTripName(roundTrip), fmt.Sprintf("at%d", n), target)
		if err != nil {
			return err
		}
		f.proxied, f.contenders = append(f.proxied, s), append(f.contenders, s)
		if err := s.prepare(ctx); err != nil {
			return err
		}
	}
	return f.prepareNative(ctx, roundTrips[len(roundTrips)-1])
}

func (f *field) prepareNative(ctx context.Context, roundTrip time.Duration) (err error) {
	if f.native, err = f.addNative(ctx); err != nil {
		return err
	}
	f.native.title = "native, source " + roundTripName(roundTrip)
	if f.native.source, err = f.away(f.lab.source.Port(), roundTrip); err != nil {
		return err
	}
	f.contenders = append(f.contenders, f.native)
	return f.native.prepare(ctx, "")
}

// away is host:port of a local server that is roundTrip away.
func (f *field) away(port int, roundTrip time.Duration) (addr string, err error) {
	p, err := delay.Listen(net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), roundTrip)
	if err != nil {
		return "", err
	}
	f.proxies = append(f.proxies, p)
	return p.Addr(), nil
}

func (f *field) closeProxies() (err error) {
	for _, p := range f.proxies {
		err = errors.Join(err, p.Close())
	}
	return err
}

func roundTripName(d time.Duration) string { return fmt.Sprintf("%d ms away", d.Milliseconds()) }

func (f *field) catchUp(ctx context.Context) error {
	n := f.size(catchUpTransactions)
	s := f.report.section("distance-catchup", fmt.Sprintf("catch-up of %d one-row update transactions, target far away", n),
		"a proxy delays both directions by half of the round trip without limiting throughput; at 0 ms it is there as well",
		"native replication applies in the target, so only its link to the source can be delayed; it is here to compare with")
	for round := range f.Rounds {
		if err := f.catchUpRound(ctx, s, f.contenders, round, n); err != nil {
			return err
		}
	}
	values := func(c contender) []float64 { return s.line(c.name(), "", "s").Values }
	for n, c := range f.contenders[1:len(roundTrips)] {
		s.atMost(roundTripName(roundTrips[n+1])+", times its own time at 0 ms", stats.Median(stats.Ratios(values(c), values(f.contenders[0]))), distanceOverNone, "×")
	}
	s.memory()
	return nil
}

func (f *field) latency(ctx context.Context, rate int) error {
	s := f.report.section(fmt.Sprintf("distance-latency-%d", rate), fmt.Sprintf("commit to visible at %d transactions a second, target far away", rate),
		"seen by a session at the target itself; the limit is one round trip and 0.5 ms")
	for round := range f.Rounds {
		for _, c := range turn(f.contenders, round) {
			if err := f.latencyLeg(ctx, s, c, rate, round); err != nil {
				return err
			}
		}
	}
	values := func(c contender) []float64 { return s.line(c.name(), medianOf, "ms").Values }
	for n, c := range f.contenders[1:len(roundTrips)] {
		above := stats.Median(stats.Differences(values(c), values(f.contenders[0])))
		s.atMost(roundTripName(roundTrips[n+1])+", median above its own at 0 ms", above, milliseconds(roundTrips[n+1])+distanceMedianOver, "ms")
	}
	s.memory()
	return nil
}
