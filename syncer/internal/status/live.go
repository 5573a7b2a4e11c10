package status

import (
	"strings"
	"sync"
	"time"

	"portal.example/syncer/internal/apply"
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
	blocked string // who holds a lock that the writer waits for
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
	anew    bool      // the next message's clock counts, whatever the last one said
	reads   bool      // see Reads
	marks   []reached // of what was sent and is not confirmed, oldest first; of a unit that does not apply
	oldest  time.Time // of the sealed messages that wait outside; zero: none waits

	unfetched time.Time // since when the inbound channel beside the stream fails; zero: it does not
	unfetch   string    // and why
}

// reached says that nothing older than at (source's clock) is missing to whoever has everything up to lsn.
type reached struct {
	lsn wire.LSN
	at  time.Time
}

// mostMarks bounds the marks; of more than that, every second one is forgotten.
const mostMarks = 4096

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
	l := &Live{stale: stale, now: now, state: Starting, began: now(), since: now(), anew: true, metrics: newMetrics()}
	l.registerComputedMetrics()
	return l
}

// Reads says that the unit is a reader. While its writer is paused its own work is to keep in touch with the source, and
// as long as it does it is healthy: the pause is somebody's wish, and the writer's health and both units' state tell it.
func (l *Live) Reads() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads = true
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

// Blocked notes who holds a lock that the writer waits for; "" nobody.
func (l *Live) Blocked(who string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.blocked = who
}

// Healed notes that a lost slot was answered by a new load of every table.
func (l *Live) Healed() { l.healed.Inc() }

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

// Looked notes how a look at the inbound channel beside a stream went; problem is "" when it went well. The stream goes on
// whatever the channel does, so that this alone says that nothing is fetched.
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

// Loading notes that a first load comes along. What is loaded beside the stream says nothing of that.
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

// Source notes where the source is when something else than the stream was asked: no sign of life of the stream.
func (l *Live) Source(position wire.LSN, clock time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noteSource(position, clock)
}

// noteSource takes the clock only when it is ahead of what the last one has become: a message that waited on its way
// says less than an earlier one that did not.
func (l *Live) noteSource(position wire.LSN, clock time.Time) {
	l.told = max(l.told, position)
	if l.anew || clock.After(l.sourceClock()) {
		l.toldAt, l.toldIn, l.anew = clock, l.now(), false
	}
}

// sourceClock is the source's, as far as we were told.
func (l *Live) sourceClock() time.Time { return l.toldAt.Add(l.now().Sub(l.toldIn)) }

// Resumed notes where a stream begins: what is durable, and than which moment of the source nothing older is missing
// (nil: not known). The source's clock is learnt anew.
func (l *Live) Resumed(applied wire.LSN, fresh *time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.applied, l.fresh, l.anew = applied, time.Time{}, true
	if fresh != nil {
		l.fresh = *fresh
	}
}

// Sent notes what the writer was given, and the source's clock than which nothing older is missing in it; for a unit
// that does not apply.
func (l *Live) Sent(position wire.LSN, clock time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noteSource(position, clock)
	l.reachedAt(position, clock)
}

func (l *Live) reachedAt(position wire.LSN, clock time.Time) {
	if position <= l.applied {
		if clock.After(l.fresh) {
			l.fresh = clock
		}
		return
	}
	if n := len(l.marks); n > 0 && position <= l.marks[n-1].lsn {
		if position == l.marks[n-1].lsn && clock.After(l.marks[n-1].at) {
			l.marks[n-1].at = clock
		}
		return
	}
	l.marks = append(l.marks, reached{position, clock})
	if len(l.marks) > mostMarks {
		for i := range mostMarks / 2 {
			l.marks[i] = l.marks[2*i+1]
		}
		l.marks = append(l.marks[:mostMarks/2], reached{position, clock})
	}
}

// Confirmed notes what the writer has acknowledged, for a unit that does not apply.
func (l *Live) Confirmed(position wire.LSN) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if position <= l.applied {
		return
	}
	l.applied, l.moved = position, l.now()
	passed := 0
	for passed < len(l.marks) && l.marks[passed].lsn <= position {
		l.fresh = laterOf(l.fresh, l.marks[passed].at)
		passed++
	}
	l.marks = append(l.marks[:0], l.marks[passed:]...)
}

// Acknowledged notes what the writer of a reader says.
func (l *Live) Acknowledged(a wire.Ack) {
	l.Confirmed(a.LSN)
	l.mu.Lock()
	defer l.mu.Unlock()
	next := Paused // which says nothing of the source
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

// measureLag is how far the replica is behind what the source told last, in bytes and in seconds; nil is not known.
func (l *Live) measureLag() (bytes *int64, behind *float64) {
	if l.told == 0 || l.applied == 0 {
		return nil, nil
	}
	missing, seconds := int64(0), 0.0
	if l.told > l.applied {
		missing = int64(l.told - l.applied)
		if l.fresh.IsZero() {
			return &missing, nil
		}
		seconds = max(l.sourceClock().Sub(l.fresh).Seconds(), 0)
	}
	return &missing, &seconds
}

// Health is what a watchdog reads.
type Health struct {
	Healthy bool    `json:"healthy"`
	State   string  `json:"state"`
	Since   string  `json:"since"`
	Error   string  `json:"error"`
	Heard   *string `json:"last_message_at"` // null: nothing yet
	Applied string  `json:"applied_lsn,omitempty"`
	// Both are null while unknown, and for the fetcher, which follows no log.
	Lag     *int64   `json:"lag_bytes"`
	Seconds *float64 `json:"lag_seconds"`
	// Differs says in words where the replica is not what the source has, of a unit that asks the target. The unit itself is
	// healthy nevertheless: starting it anew would mend nothing.
	Differs []string `json:"differs,omitempty"`
}

// Health reports whether the unit does its work now. It turns green again by itself.
func (l *Live) Health() Health {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := Health{State: l.state, Since: asTimestamp(l.since), Error: l.whyUnhealthy(), Healthy: l.isHealthy(), Differs: l.differ}
	h.Lag, h.Seconds = l.measureLag()
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

// whyUnhealthy says what is wrong; "" is nothing.
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

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func asTimestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
