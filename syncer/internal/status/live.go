package status

import (
	"strings"
	"sync"
	"time"

	"portal.example/syncer/internal/apply"
	"portal.example/syncer/internal/wire"
)

// Live is what a running unit knows about itself. All methods may be called from several goroutines. A unit calls those for which it has
// something to report.
type Live struct {
	stale time.Duration
	now   func() time.Time
	metrics

	distance // guarded by mu, like everything below

	mu      sync.Mutex
	state   string
	blocked string // who holds a lock that the writer waits for
	problem string
	began   time.Time
	since   time.Time // of the state
	heard   time.Time // last message of the other side
	moved   time.Time // last time that something became durable, or that nothing was missing
	reads   bool      // see Reads
	oldest  time.Time // of the sealed messages that wait outside; zero: none waits

	unfetched time.Time // since when the inbound channel beside the stream fails; zero: it does not
	unfetch   string    // and why
}

// States of a unit. The writer's are recorded in sync.progress and shown by `status`. The reader also knows that it waits for the writer,
// and the fetcher that it follows the inbound channel.
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

// NewLive makes the state of a unit that starts. stale is how old the last message and the last durable position may become before
// health turns red.
func NewLive(stale time.Duration) *Live { return newLive(stale, time.Now) }

func newLive(stale time.Duration, now func() time.Time) *Live {
	l := &Live{stale: stale, now: now, state: Starting, began: now(), since: now(), distance: distance{anew: true}, metrics: newMetrics()}
	l.registerComputedMetrics()
	return l
}

// Reads says that the unit is a reader. While its writer is paused, a reader is healthy as long as it hears from the source: the pause
// was asked for, and the writer's health and both units' states show it.
func (l *Live) Reads() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads = true
}

// Set notes the state, and for "error" the reason.
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

// Blocked notes who holds a lock that the writer waits for; "" if nobody does.
func (l *Live) Blocked(who string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.blocked = who
}

// sideOf returns the side that a failure's message begins with.
func sideOf(problem string) string {
	for prefix, side := range map[string]string{"source": "source", "snapshot": "source", "target": "target", "wire": "reader", "inbound": "inbound"} {
		if strings.HasPrefix(problem, prefix) {
			return side
		}
	}
	return "other"
}

// Heard notes a message of the other side that holds no position.
func (l *Live) Heard() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = l.now()
}

// Looked notes the result of a look at the inbound channel beside a stream; problem is "" if it went well. The stream does not depend on
// the channel, so nothing else shows that nothing is fetched.
func (l *Live) Looked(problem string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case problem == "":
		l.unfetched = time.Time{}
	case l.unfetched.IsZero():
		l.unfetched = l.now()
	}
	l.unfetch = problem
}

// Loading notes that a first load makes progress. A load beside the stream does not count.
func (l *Live) Loading() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == Snapshotting {
		l.heard = l.now()
	}
}

// Told notes the source's position and clock as the last message of the stream gave them.
func (l *Live) Told(position wire.LSN, clock time.Time) {
	l.Source(position, clock)
	l.Heard()
}

// Source notes the source's position as another connection than the stream's reports it, so it is no sign of life of the stream.
func (l *Live) Source(position wire.LSN, clock time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noteSource(position, clock, l.now())
}

// Resumed notes where a stream begins: the position that is durable, and the moment of the source before which nothing is missing (nil if
// that is not known). The source's clock is learnt anew.
func (l *Live) Resumed(applied wire.LSN, fresh *time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.beginAt(applied, fresh)
}

// Sent notes the position up to which the writer was given everything, and the source's clock at that position. It is for a unit that
// does not apply.
func (l *Live) Sent(position wire.LSN, clock time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noteSource(position, clock, l.now())
	l.reachedAt(position, clock)
}

// Confirmed notes the position that the writer has acknowledged. It is for a unit that does not apply.
func (l *Live) Confirmed(position wire.LSN) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.confirm(position) {
		l.moved = l.now()
	}
}

// Acknowledged notes an acknowledgement of the reader's writer.
func (l *Live) Acknowledged(a wire.Ack) {
	l.Confirmed(a.LSN)
	l.mu.Lock()
	defer l.mu.Unlock()
	next := Paused // an acknowledgement that says nothing about the source
	if !a.Paused {
		next, l.heard = Streaming, l.now()
	}
	if next != l.state && (l.state == Streaming || l.state == Paused || l.state == Snapshotting) {
		l.state, l.problem, l.since = next, "", l.now()
	}
}

// Applied notes a durable batch, or a sign of life that became durable.
func (l *Live) Applied(a apply.Applied) {
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

// Health is what a watchdog reads.
type Health struct {
	Healthy bool    `json:"healthy"`
	State   string  `json:"state"`
	Since   string  `json:"since"`
	Error   string  `json:"error"`
	Heard   *string `json:"last_message_at"` // null: nothing yet
	Applied string  `json:"applied_lsn,omitempty"`
	// Both are null while they are unknown, and always for the fetcher, which follows no log.
	Lag     *int64   `json:"lag_bytes"`
	Seconds *float64 `json:"lag_seconds"`
	// Differs describes where the replica differs from its source; only a unit that asks the target knows. The unit is healthy
	// nevertheless: restarting it would mend nothing.
	Differs []string `json:"differs,omitempty"`
}

// Health reports whether the unit does its work now. It turns green again by itself.
func (l *Live) Health() Health {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := Health{State: l.state, Since: asTimestamp(l.since), Error: l.whyUnhealthy(), Healthy: l.isHealthy(), Differs: l.differ}
	h.Lag, h.Seconds = l.measureLag(l.now())
	if !l.heard.IsZero() {
		text := asTimestamp(l.heard)
		h.Heard = &text
	}
	if l.applied > 0 {
		h.Applied = l.applied.String()
	}
	return h
}

func (l *Live) isHealthy() bool {
	return l.state != Starting && (l.state != Paused || l.reads) && l.state != Stopped && l.whyUnhealthy() == ""
}

// whyUnhealthy says what is wrong; "" if nothing is.
func (l *Live) whyUnhealthy() string {
	now := l.now()
	fresh := func(at time.Time) bool { return now.Sub(laterOf(at, l.since)) <= l.stale }
	switch l.state {
	case Failed:
		return orElse(l.problem, "the unit stands still")
	case Paused:
		if l.reads && !fresh(l.heard) {
			return "no message of the source since " + asTimestamp(laterOf(l.heard, l.since))
		}
	case Snapshotting, Streaming, Fetching:
		if !fresh(l.heard) && l.state == Snapshotting {
			return "nothing of the first load has moved since " + asTimestamp(laterOf(l.heard, l.since)) +
				"; it begins when the transactions that are open on the source have ended"
		}
		if !fresh(l.heard) {
			return "no message since " + asTimestamp(laterOf(l.heard, l.since))
		}
		if l.told > l.applied && l.applied > 0 && !fresh(l.moved) {
			text := "nothing became durable on the target since " + asTimestamp(laterOf(l.moved, l.since))
			if l.blocked != "" {
				text += ": the writer " + l.blocked
			}
			return text
		}
	}
	if !l.unfetched.IsZero() && now.Sub(l.unfetched) > l.stale {
		return "nothing was fetched from outside since " + asTimestamp(l.unfetched) + ": " + l.unfetch
	}
	return ""
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func asTimestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
