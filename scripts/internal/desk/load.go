package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"sync"
	"time"
)

// tally keeps how long each kind took.
type tally struct {
	mu     sync.Mutex
	took   map[string][]time.Duration
	failed []error
}

func (t *tally) add(name string, d time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.failed = append(t.failed, fmt.Errorf("%s: %w", name, err))
		return
	}
	t.took[name] = append(t.took[name], d)
}

func newTally() *tally { return &tally{took: map[string][]time.Duration{}} }

// warm reads a region into memory, where that of a server that has run for a day is.
const warm = `select sum(pg_prewarm(c.oid, 'read')) from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname in ('cases', 'catalogue', 'access', 'org', 'offices', 'notices', 'counter', 'requests') and c.relkind in ('r', 'i')`

// measure lets people work in both regions, one after the other and again, and then clerks register in the large one.
func (l *lab) measure(ctx context.Context, sizes []int) (r *Report, err error) {
	r = &Report{Cases: sizes, People: l.People}
	password, err := l.password(ctx)
	if err != nil {
		return nil, err
	}
	tallies, sites, crowds := make([]*tally, len(sizes)), make([]*site, len(sizes)), make([][]*person, len(sizes))
	for i, cases := range sizes {
		took, err := l.migrate(ctx, database(cases))
		if err != nil {
			return nil, err
		}
		r.Migrated = append(r.Migrated, took.Seconds())
		if err := l.execute(ctx, database(cases), "analyze", "create extension if not exists pg_prewarm", warm, "checkpoint"); err != nil {
			return nil, err
		}
		if sites[i], err = l.serve(ctx, cases); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, sites[i].stop()) }()
		l.note("%d people sign in to the region of %d cases", l.People, cases)
		if crowds[i], err = l.people(ctx, sites[i], password); err != nil {
			return nil, err
		}
		tallies[i] = newTally()
		l.work(ctx, crowds[i], l.Leg/4, newTally()) // warm
	}
	for round := range l.Rounds {
		for i, cases := range sizes {
			l.note("round %d of %d: %d cases, %s", round+1, l.Rounds, cases, l.Leg)
			l.work(ctx, crowds[i], l.Leg, tallies[i])
		}
	}
	for i := range sizes {
		r.Failed = append(r.Failed, tallies[i].failed...)
	}
	r.fill(tallies[0].took, tallies[1].took)
	if l.Clerks > 0 {
		l.note("%d clerks register", l.Clerks)
		r.Registration, err = l.register(ctx, sizes[1], crowds[1])
	}
	return r, errors.Join(err, context.Cause(ctx))
}

// work lets everybody ask for one page after the other, with time to think in between, for so long.
func (l *lab) work(ctx context.Context, crowd []*person, long time.Duration, t *tally) {
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	var all sync.WaitGroup
	for _, p := range crowd {
		all.Go(func() {
			for {
				think := time.Duration((0.5 + rand.Float64()) * float64(l.Think)) //nolint:gosec // no secret
				select {
				case <-ctx.Done():
					return
				case <-time.After(think):
				}
				k := choose(p.role)
				began := time.Now()
				_, err := p.get(context.WithoutCancel(ctx), k.path(p))
				t.add(k.name, time.Since(began), err)
			}
		})
	}
	all.Wait()
}

// choose draws one of the kinds of a role by their weights.
func choose(role string) kind {
	sum := 0
	for _, k := range kinds {
		if k.of(role) {
			sum += k.weight
		}
	}
	at := rand.N(sum) //nolint:gosec // no secret
	for _, k := range kinds {
		if k.of(role) {
			if at -= k.weight; at < 0 {
				return k
			}
		}
	}
	panic("unreachable")
}

// password is the one that all accounts of the demo have.
func (l *lab) password(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, l.Site, "import", "demo", "--sign-ins-only", "--json").Output() //nolint:gosec // the portal's own program
	if err != nil {
		return "", fmt.Errorf("ask for the demo's password: %w", err)
	}
	var told struct {
		SignIns []struct{ Password string } `json:"sign_ins"`
	}
	if err := json.Unmarshal(out, &told); err != nil || len(told.SignIns) == 0 {
		return "", errors.Join(errors.New("the demo has no accounts"), err)
	}
	return told.SignIns[0].Password, nil
}
