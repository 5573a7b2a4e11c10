package snapshot

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"portal.example/syncer/internal/wire"
)

// road is two streams that apply the same log. Each is as quick as it is, and slower beside the other.
type road struct {
	mu     sync.Mutex
	source float64 // how far the log is
	writes float64 // bytes a second
	main   *walker
	table  *walker
}

// walker is a stream on it. It stands where a transaction ends, which is every size bytes.
type walker struct {
	road          *road
	at            float64
	alone, beside float64 // bytes a second while the other one stands, and while it does not
	size          float64
	holds         []*want
	stood         time.Duration // since it last went on
	longest       time.Duration
	blocked       bool
	applied       uint64
	ended         chan struct{}
}

type want struct {
	lsn     float64
	there   bool
	reached chan struct{}
}

func (w *walker) HoldAt(ctx context.Context, lsn wire.LSN) (wire.LSN, func(), error) {
	h := &want{lsn: float64(lsn), reached: make(chan struct{})}
	w.road.mu.Lock()
	w.holds = append(w.holds, h)
	w.road.mu.Unlock()
	release := sync.OnceFunc(func() {
		w.road.mu.Lock()
		defer w.road.mu.Unlock()
		for i := range w.holds {
			if w.holds[i] == h {
				w.holds = append(w.holds[:i], w.holds[i+1:]...)
				return
			}
		}
	})
	select {
	case <-h.reached:
		return w.place(), release, nil
	case <-ctx.Done():
		release()
		return 0, func() {}, ctx.Err()
	}
}

func (w *walker) Stands() (wire.LSN, uint64) {
	w.road.mu.Lock()
	defer w.road.mu.Unlock()
	return w.whole(), w.applied
}

func (w *walker) Ended() <-chan struct{} { return w.ended }

func (w *walker) place() wire.LSN {
	at, _ := w.Stands()
	return at
}

// whole is the end of the last transaction that it has applied.
func (w *walker) whole() wire.LSN { return wire.LSN(math.Floor(w.at/w.size) * w.size) }

func (w *walker) standing() bool {
	for _, h := range w.holds {
		if h.there {
			return true
		}
	}
	return false
}

// step is what happens in dt.
func (w *walker) step(dt time.Duration, other *walker) {
	if w.standing() {
		w.stood += dt
		w.longest = max(w.longest, w.stood)
		return
	}
	w.stood = 0
	speed := w.beside
	if other.standing() {
		speed = w.alone
	}
	if w.blocked {
		speed = 0
	}
	before := w.at
	w.at = min(w.at+speed*dt.Seconds(), w.road.source)
	for _, h := range w.holds {
		if end := max(math.Ceil(h.lsn/w.size), math.Ceil(before/w.size)) * w.size; w.at >= end { // of a transaction
			w.at = end
			h.there = true
			close(h.reached)
		}
	}
	if w.at > before {
		w.applied++
	}
}

func (r *road) start(t *testing.T) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); r.run(ctx) }()
	return ctx, func() { cancel(); <-ended }
}

func (r *road) run(ctx context.Context) {
	const dt = 10 * time.Millisecond
	for ctx.Err() == nil {
		<-time.After(dt)
		r.mu.Lock()
		r.source += r.writes * dt.Seconds()
		r.main.step(dt, r.table)
		r.table.step(dt, r.main)
		r.mu.Unlock()
	}
}

func newRoad(writes float64, main, table walker) *road {
	r := &road{source: 1e9, writes: writes, main: &main, table: &table}
	for _, w := range []*walker{r.main, r.table} {
		w.road, w.ended, w.size = r, make(chan struct{}), max(w.size, 1)
	}
	return r
}

// Whatever the speeds, both come to stand at one position, and the main stream stands for no longer than it may.
func TestStreamsMeetWhateverTheirSpeeds(t *testing.T) {
	for name, c := range map[string]struct {
		writes      float64
		main, table walker
		within      time.Duration
	}{
		"the table's is near":         {1e6, walker{at: 1e9, alone: 9e6, beside: 9e6}, walker{at: 0.99e9, alone: 9e6, beside: 9e6}, 10 * time.Second},
		"the table's is ahead":        {1e6, walker{at: 1e8, alone: 9e6, beside: 9e6}, walker{at: 1e9, alone: 9e6, beside: 9e6}, 3 * time.Minute},
		"neither follows the source":  {20e6, walker{at: 1e9, alone: 9e6, beside: 5e6}, walker{at: 1e8, alone: 9e6, beside: 5e6}, 20 * time.Minute},
		"the main one is far quicker": {20e6, walker{at: 1e9, alone: 20e6, beside: 18e6}, walker{at: 9e8, alone: 3e6, beside: 2e6}, time.Hour},
		"large transactions":          {20e6, walker{at: 1e9, alone: 9e6, beside: 6e6, size: 1e8}, walker{at: 1e8, alone: 9e6, beside: 5e6, size: 1e8}, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoad(c.writes, c.main, c.table)
				ctx, stop := r.start(t)
				defer stop()
				m := &meeting{main: r.main, shadow: r.table, stand: 10 * time.Second, log: slog.New(slog.DiscardHandler)}
				began := time.Now()
				if err := m.approach(ctx); err != nil {
					t.Fatal(err)
				}
				near := time.Since(began)
				at, release, err := m.hold(ctx)
				if err != nil {
					t.Fatal(err)
				}
				defer release()
				if r.main.place() != at || r.table.place() != at {
					t.Errorf("they stand at %s and %s, not at %s", r.main.place(), r.table.place(), at)
				}
				took := time.Since(began)
				t.Logf("near after %s, met after %s, the main stream stood for %s at most", near, took, r.main.longest)
				if took > c.within {
					t.Errorf("it took %s", took)
				}
				if most := m.stand + time.Second; r.main.longest > most {
					t.Errorf("the main stream stood for %s", r.main.longest)
				}
			})
		})
	}
}

// A table's stream that does not move holds nobody up, and is waited for until it does.
func TestStreamThatStandsStillHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoad(1e6, walker{at: 1e9, alone: 9e6, beside: 9e6}, walker{at: 0.9e9, alone: 9e6, beside: 9e6, blocked: true})
		ctx, stop := r.start(t)
		defer stop()
		met := make(chan error, 1)
		go func() {
			m := &meeting{main: r.main, shadow: r.table, stand: 10 * time.Second, log: slog.New(slog.DiscardHandler)}
			_, release, err := m.hold(ctx)
			release()
			met <- err
		}()
		<-time.After(time.Hour) // of the bubble's clock
		r.mu.Lock()
		if late := r.source - r.main.at; late > 2e6 || r.main.longest > 11*time.Second {
			t.Errorf("the main stream is %.0f bytes late and stood for %s", late, r.main.longest)
		}
		r.table.blocked = false
		r.mu.Unlock()
		if err := <-met; err != nil {
			t.Fatal(err)
		}
	})
}
