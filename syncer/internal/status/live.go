package status

import (
	"strings"
	"sync"
	"time"

	"portal.example/syncer/internal/target"
	"portal.example/syncer/internal/wire"
)

// Live is what a running unit knows of itself. All methods may be called from several goroutines, and each
// unit calls those that it can tell something by.
type Live struct {
	stale time.Duration
	now   func() time.Time
	metrics

	mu      sync.Mutex
	state   string
	problem string
	began   time.Time
	since   time.Time // of the state
	heard   time.Time // last message of the other side
	moved   time.Time // last time that something became durable, or that nothing was missing
	applied wire.LSN
	fresh   time.Time // source's clock: nothing older is missing
	told    wire.LSN  // source's position in the last message
	toldAt  time.Time // source's clock in that message
	toldIn  time.Time // our clock when it came
	oldest  time.Time // of the sealed messages that wait outside; zero: none waits
}

// States of a unit. Those of the writer are what sync.progress and `status` say; reader and fetcher say
// that they wait for the writer, or follow the inbound channel.
const (
	Starting     = "starting"
	Snapshotting = "snapshotting"
	Streaming    = "streaming"
	Paused       = "paused"
	Failed       = "error"
	Stopped      = "stopped"
	Listening    = "listening" // the reader while no writer is there
	Fetching     = "fetching"  // the fetcher
)

var states = []string{Starting, Snapshotting, Streaming, Paused, Failed, Stopped, Listening, Fetching}

// NewLive makes the state of a unit that starts; stale is how old the last message and the last durable
// position may be before health turns red.
func NewLive(stale time.Duration) *Live { return newLive(stale, time.Now) }

func newLive(stale time.Duration, now func() time.Time) *Live {
	l := &Live{stale: stale, now: now, state: Starting, began: now(), since: now(), metrics: newMetrics()}
	l.register()
	return l
}

// Set notes a state and, for "error", why.
func (l *Live) Set(state, problem string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if state == Failed {
		l.restarts.Inc()
		l.reconnects.WithLabelValues(sideOf(problem)).Inc()
	}
	if state != l.state {
		l.since = l.now()
	}
	l.state, l.problem = state, problem
}

// sideOf is the side that a failure's message begins with.
func sideOf(problem string) string {
	for prefix, side := range map[string]string{"source": "source", "snapshot": "source", "target": "target", "wire": "reader", "inbound": "inbound"} {
		if strings.HasPrefix(problem, prefix) {
			return side
		}
	}
	return "other"
}

// Heard notes a message of the other side that says nothing of positions.
func (l *Live) Heard() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = l.now()
}

// Told notes the source's position and clock as the last message of the stream gave them.
func (l *Live) Told(position wire.LSN, clock time.Time) {
	l.Source(position, clock)
	l.Heard()
}

// Source notes where the source is when something else than the stream was asked: no sign of life of the stream.
func (l *Live) Source(position wire.LSN, clock time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = max(l.told, position)
	if clock.After(l.toldAt) {
		l.toldAt, l.toldIn = clock, l.now()
	}
}

// Confirmed notes what the writer has acknowledged, for a unit that does not apply.
func (l *Live) Confirmed(position wire.LSN) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if position > l.applied {
		l.applied, l.moved = position, l.now()
	}
}

// Applied notes a durable batch, or a sign of life that became durable.
func (l *Live) Applied(a target.Applied) {
	l.mu.Lock()
	l.heard, l.moved, l.applied = l.now(), l.now(), a.LSN
	if a.Fresh.After(l.fresh) {
		l.fresh = a.Fresh
	}
	l.mu.Unlock()
	l.transactions.Add(float64(a.Transactions))
	l.changes.Add(float64(a.Changes))
	l.bytes.Add(float64(a.Bytes))
	if a.Replayed {
		l.replays.Inc()
	}
	l.skipped.Add(float64(len(a.Skipped)))
	if a.Changes > 0 {
		l.batch.Observe(a.Took.Seconds())
		l.batchSize.Observe(float64(a.Changes))
	}
}

// lag is how far the replica is behind what the source told last.
func (l *Live) lag() (bytes int64, behind time.Duration) {
	if l.told <= l.applied || l.applied == 0 {
		return 0, 0
	}
	if clock := l.toldAt.Add(l.now().Sub(l.toldIn)); !l.fresh.IsZero() && clock.After(l.fresh) {
		behind = clock.Sub(l.fresh)
	}
	return int64(l.told - l.applied), behind
}

// Health is what a watchdog reads.
type Health struct {
	Healthy bool    `json:"healthy"`
	State   string  `json:"state"`
	Since   string  `json:"since"`
	Error   string  `json:"error"`
	Heard   *string `json:"last_message_at"` // null: nothing yet
	Applied string  `json:"applied_lsn,omitempty"`
	Lag     int64   `json:"lag_bytes"`
	Seconds float64 `json:"lag_seconds"`
}

// Health reports whether the unit does its work now. It turns green again by itself.
func (l *Live) Health() Health {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := Health{State: l.state, Since: stamp(l.since), Error: l.why(), Healthy: l.healthy()}
	bytes, behind := l.lag()
	h.Lag, h.Seconds = bytes, behind.Seconds()
	if !l.heard.IsZero() {
		text := stamp(l.heard)
		h.Heard = &text
	}
	if l.applied > 0 {
		h.Applied = l.applied.String()
	}
	return h
}

func (l *Live) healthy() bool {
	return l.state != Starting && l.state != Paused && l.state != Stopped && l.why() == ""
}

// why says what is wrong; "" is nothing.
func (l *Live) why() string {
	now := l.now()
	fresh := func(at time.Time) bool { return now.Sub(later(at, l.since)) <= l.stale }
	switch l.state {
	case Failed:
		return or(l.problem, "the unit stands still")
	case Streaming, Fetching:
		if !fresh(l.heard) {
			return "no message since " + stamp(later(l.heard, l.since))
		}
		if l.told > l.applied && l.applied > 0 && !fresh(l.moved) {
			return "nothing became durable on the target since " + stamp(later(l.moved, l.since))
		}
	}
	return ""
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
