package replication

import (
	"context"
	"fmt"
	"time"
)

// enoughTicks, half a second of two CPUs: of less, ticks of 10 ms say nothing.
const enoughTicks = 100

// alone waits for a calm moment when asked to, runs f, and notes how much of the machine everybody else used
// meanwhile. It returns what each kind of our own processes used, in seconds of CPU.
func (l *lab) alone(ctx context.Context, s *Section, f func() error) (spending, error) {
	if err := l.calm(ctx); err != nil {
		return nil, err
	}
	before := used()
	err := f()
	after := used()
	if after.total-before.total >= enoughTicks {
		s.Others = append(s.Others, after.others(before))
	}
	return after.spent(before), err
}

const (
	calmShare  = 0.1 // of the machine
	calmWindow = 300 * time.Millisecond
)

// calm returns when other programs leave the machine to us, or when patience is over; at once without any.
func (l *lab) calm(ctx context.Context) error {
	for deadline := time.Now().Add(l.Calm); time.Now().Before(deadline); {
		before := used()
		select {
		case <-time.After(calmWindow):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if used().others(before) < calmShare {
			break
		}
	}
	return nil
}

// others is the share of the machine, 0 to 1, that was used since before by processes that are not ours.
func (t ticks) others(before ticks) float64 {
	total := t.total - before.total
	if total <= 0 {
		return 0
	}
	return max(0, float64((t.busy-before.busy)-(t.own()-before.own()))/float64(total))
}

// disturbance says how much others used the machine, for people.
func (s *Section) disturbance() string {
	most, sum := 0.0, 0.0
	for _, share := range s.Others {
		most, sum = max(most, share), sum+share
	}
	if len(s.Others) == 0 {
		return ""
	}
	return fmt.Sprintf("other programs used %.0f %% of the machine meanwhile, in one leg %.0f %%", 100*sum/float64(len(s.Others)), 100*most)
}
