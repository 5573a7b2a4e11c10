package status

import (
	"math"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"portal.example/syncer/internal/publisher"
)

// metrics are the counters and gauges that callers set. What can be computed is computed when Prometheus asks.
type metrics struct {
	registry *prometheus.Registry

	transactions, changes, bytes, replays, skipped prometheus.Counter
	batch, batchSize                               prometheus.Histogram
	open, spooled                                  prometheus.Gauge
	restarts                                       prometheus.Counter
	reconnects                                     *prometheus.CounterVec
	pieces, rows, loaded                           prometheus.Counter
	tables, objectStates                           *prometheus.GaugeVec
	objects, messages                              *prometheus.CounterVec
	waiting                                        prometheus.Gauge
	retained, safe                                 prometheus.Gauge
	slot                                           *prometheus.GaugeVec
	healed                                         prometheus.Counter

	comparison
}

func newMetrics() metrics {
	return metrics{
		registry:     prometheus.NewRegistry(),
		transactions: counter("transactions_total", "Transactions of the source applied."),
		changes:      counter("changes_total", "Row changes applied."),
		bytes:        counter("bytes_total", "Bytes of changes applied, as they came over the wire."),
		replays:      counter("replays_total", "Batches applied a second time, in source order, after a collision."),
		skipped:      counter("skipped_transactions_total", "Transactions left out by `syncer skip`."),
		batch: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "syncer_batch_seconds", Help: "Time to apply a batch.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 18),
		}),
		batchSize: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "syncer_batch_changes", Help: "Row changes in a batch.", Buckets: prometheus.ExponentialBuckets(1, 4, 11),
		}),
		open:         gauge("streamed_transactions", "Transactions of the source that are being received before their commit."),
		spooled:      gauge("spooled_bytes", "Bytes of such transactions kept in temporary files."),
		restarts:     counter("restarts_total", "Times that the unit began again after a failure."),
		reconnects:   counters("reconnects_total", "Beginnings after a failure, by the side that its message names: source, target, reader, inbound, other.", "side"),
		pieces:       counter("snapshot_pieces_total", "Pieces of tables loaded."),
		rows:         counter("snapshot_rows_total", "Rows loaded."),
		loaded:       counter("snapshot_bytes_total", "Bytes of rows loaded."),
		tables:       gauges("tables", "Replicated tables by state.", "state"),
		objectStates: gauges("objects", "Objects that rows name, by state.", "state"),
		objects:      counters("objects_total", "Objects handled, by outcome.", "outcome"),
		messages:     counters("inbound_messages_total", "Sealed messages handed over, by outcome.", "outcome"),
		waiting:      gauge("inbound_waiting", "Sealed messages that wait outside."),
		retained:     gauge("slot_retained_bytes", "Log that the source keeps for the slot."),
		safe:         gauge("slot_safe_bytes", "Log that may still be written before the slot, or that of a table that joins, is lost; -1 without a limit."),
		healed:       counter("lost_slots_total", "Lost slots that were answered by a new load of every table (on_lost: resync)."),
		slot:         gauges("slot_status", "1 for the slot's wal_status.", "status"),
		comparison:   newComparison(),
	}
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: "syncer_" + name, Help: help})
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "syncer_" + name, Help: help}, labels)
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: "syncer_" + name, Help: help})
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "syncer_" + name, Help: help}, labels)
}

// registerComputedMetrics adds what is computed when Prometheus asks.
func (l *Live) registerComputedMetrics() {
	m := &l.metrics
	l.registry.MustRegister(m.transactions, m.changes, m.bytes, m.replays, m.skipped, m.batch, m.batchSize, m.open, m.spooled,
		m.restarts, m.reconnects, m.pieces, m.rows, m.loaded, m.tables, m.objectStates, m.objects, m.messages, m.waiting,
		m.retained, m.safe, m.slot, m.healed,
		m.comparedBlocks, m.comparedRows, m.comparedObjects, m.mended, m.stood, m.differing, m.differingObjects, m.unread,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	l.registerComputed("healthy", "1 while /healthz is green.", func() float64 {
		if l.isHealthy() {
			return 1
		}
		return 0
	})
	l.registerComputed("source_lsn", "How far the source's log is, as far as this unit was told.", func() float64 { return float64(l.told) })
	l.registerComputed("applied_lsn", "Position of the source that is durable on the target.", func() float64 { return float64(l.applied) })
	l.registerComputed("lag_bytes", "How much of the source's log is not on the target yet; NaN while the source's position is unknown.", func() float64 {
		if bytes, _ := l.measureLag(l.now()); bytes != nil {
			return float64(*bytes)
		}
		return math.NaN()
	})
	l.registerComputed("lag_seconds", "Age of the oldest moment of the source that may be missing on the target; NaN while unknown.", func() float64 {
		if _, behind := l.measureLag(l.now()); behind != nil {
			return *behind
		}
		return math.NaN()
	})
	l.registerComputed("fresh_timestamp_seconds", "Nothing older than this (source's clock) is missing on the target.", func() float64 {
		return asUnix(l.fresh)
	})
	l.registerComputed("last_message_age_seconds", "Time since the other side was heard; since the start when it never was.", func() float64 {
		return l.now().Sub(laterOf(l.heard, l.began)).Seconds()
	})
	l.registerComputed("last_applied_age_seconds", "Time since something became durable; since the start when nothing ever did.", func() float64 {
		return l.now().Sub(laterOf(l.moved, l.began)).Seconds()
	})
	l.registerComputed("inbound_oldest_seconds", "Age of the oldest sealed message that waits outside; 0 when none does.", func() float64 {
		if l.oldest.IsZero() {
			return 0
		}
		return max(l.now().Sub(l.oldest).Seconds(), 0)
	})
	l.registerComparison()
	for _, state := range states {
		l.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "syncer_state", Help: "1 for the state that the unit is in.", ConstLabels: prometheus.Labels{"state": state},
		}, l.whileLocked(func() float64 {
			if l.state == state {
				return 1
			}
			return 0
		})))
	}
	l.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "syncer_build_info", Help: "1, with what was built and by what.",
		ConstLabels: prometheus.Labels{"revision": Revision(), "go": runtime.Version()},
	}, func() float64 { return 1 }))
}

func (l *Live) registerComputed(name, help string, value func() float64) {
	l.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "syncer_" + name, Help: help}, l.whileLocked(value)))
}

func (l *Live) whileLocked(value func() float64) func() float64 {
	return func() float64 {
		l.mu.Lock()
		defer l.mu.Unlock()
		return value()
	}
}

func asUnix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMicro()) / 1e6
}

// Revision is the commit that the program was built from, as far as the build recorded it.
func Revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, changed := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	return revision + changed
}

// Healed notes that a lost slot was answered by a new load of every table.
func (m *metrics) Healed() { m.healed.Inc() }

// Streamed notes how many transactions are being received before their commit, and how many of their bytes are in temporary files.
func (m *metrics) Streamed(open int, spooled int64) {
	m.open.Set(float64(open))
	m.spooled.Set(float64(spooled))
}

// Piece counts loaded pieces of a table with their rows.
func (m *metrics) Piece(pieces int, rows int64) {
	m.pieces.Add(float64(pieces))
	m.rows.Add(float64(max(rows, 0)))
}

// Loaded counts bytes of rows that came for a first load.
func (m *metrics) Loaded(bytes int64) {
	m.loaded.Add(float64(max(bytes, 0)))
}

// Tables notes how many tables are in each state.
func (m *metrics) Tables(by map[string]int) { setAll(m.tables, by) }

// ObjectStates notes how many objects are in each state.
func (m *metrics) ObjectStates(by map[string]int) { setAll(m.objectStates, by) }

func setAll(to *prometheus.GaugeVec, by map[string]int) {
	to.Reset()
	for state, n := range by {
		to.WithLabelValues(state).Set(float64(n))
	}
}

// Object counts an object by outcome.
func (m *metrics) Object(outcome string) { m.objects.WithLabelValues(outcome).Inc() }

// Message counts an inbound message by outcome.
func (m *metrics) Message(outcome string) { m.messages.WithLabelValues(outcome).Inc() }

// Waiting notes how many sealed messages wait outside, and since when.
func (l *Live) Waiting(messages int64, oldest time.Time) {
	l.waiting.Set(float64(messages))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.oldest = oldest
}

// Retained notes how much log the source keeps for the slot, and how much may still be written before it is lost (-1: no limit). kept and
// safe are the same of the slots of tables that join; the worse counts.
func (m *metrics) Retained(s publisher.Slot, kept, safe int64) {
	if s.Safe >= 0 && (safe < 0 || s.Safe < safe) {
		safe = s.Safe
	}
	m.retained.Set(float64(max(s.Retained, kept)))
	m.safe.Set(float64(safe))
	m.slot.Reset()
	m.slot.WithLabelValues(s.Status).Set(1)
}
