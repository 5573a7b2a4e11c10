package prepare_test

import (
	"context"
	"testing"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/replica"
)

// A syncer that is between two of its tries holds nothing that it writes with, and is taken for one that runs all the same: the
// order waits until it has read the list.
func TestASyncerBetweenTwoTriesIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state  string
		joined bool // its stream goes on bringing changes to the old rows
	}{"after an interruption": {"streaming", true}, "after what it could not follow": {"error", false}} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, filtered, filteredList)
			p.mustInit()
			p.target.Exec(`UPDATE sync.tables SET state = 'ready'`) // as a run would
			p.target.Exec(`UPDATE sync.progress SET state = $1::text, error = CASE $1::text WHEN 'error' THEN 'why' END`, c.state)
			ctx, leave := context.WithCancel(t.Context())
			left := make(chan struct{})
			go func() { defer close(left); replica.StayPresent(ctx, p.cfg.Target.DSN, p.cfg.Source.Slot) }()
			running := func() bool {
				is, err := replica.IsRunning(t.Context(), p.target.Pool, p.cfg.Source.Slot)
				if err != nil {
					t.Fatal(err)
				}
				return is
			}
			awaittest.Until(t, "it is seen", running)
			awaittest.Until(t, "nobody holds the claim, which init did", func() bool {
				claimed, err := replica.IsClaimed(t.Context(), p.target.Pool, p.cfg.Source.Slot)
				return err == nil && !claimed
			})
			type answer struct {
				done *prepare.Changed
				err  error
			}
			ended := make(chan answer, 1)
			go func() {
				done, err := prepare.Change(t.Context(), p.cfg, p.list, prepare.Order{Resync: []string{"public.t"}})
				ended <- answer{done, err}
			}()
			awaittest.Until(t, "the order is recorded", func() bool { return p.counts(`SELECT generation FROM sync.progress`) == 1 })
			p.target.Exec(`UPDATE sync.progress SET epoch = epoch + 1`) // as its next try does
			a := awaittest.Receive(t, "the order is taken", ended)
			if a.err != nil || !a.done.Running {
				t.Errorf("%+v, %v", a.done, a.err)
			}
			if joined := p.counts(`SELECT count(*) FROM sync.tables WHERE joined`) == 1; joined != c.joined {
				t.Errorf("the stream goes on writing to the old rows: %t", joined)
			}
			leave()
			<-left
			awaittest.Until(t, "it is gone", func() bool { return !running() })
		})
	}
}

// counts asks the target for one number.
func (p *pair) counts(sql string) (n int64) {
	p.Helper()
	if err := p.target.Pool.QueryRow(p.Context(), sql).Scan(&n); err != nil {
		p.Fatal(err)
	}
	return n
}
