package status

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"portal.example/syncer/internal/target"
)

// Live is what a running syncer knows of itself.
type Live struct {
	mu      sync.Mutex
	state   string
	problem string
	since   time.Time // of the state
	applied time.Time // last batch or sign of life that became durable
	stale   time.Duration

	registry *prometheus.Registry
	lsn      prometheus.Gauge
	fresh    prometheus.Gauge
	changes  prometheus.Counter
	batch    prometheus.Histogram
	restarts prometheus.Counter
	objects  *prometheus.CounterVec
	messages *prometheus.CounterVec
}

// NewLive makes the state of a syncer that starts; stale is how old the last sign of life may be.
func NewLive(stale time.Duration) *Live {
	l := &Live{
		state: "starting", since: time.Now(), stale: stale, registry: prometheus.NewRegistry(),
		lsn:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "syncer_applied_lsn", Help: "Position of the source that is durable on the target."}),
		fresh:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "syncer_fresh_timestamp_seconds", Help: "Nothing older than this (source's clock) is missing on the target."}),
		changes:  prometheus.NewCounter(prometheus.CounterOpts{Name: "syncer_changes_total", Help: "Row changes applied."}),
		batch:    prometheus.NewHistogram(prometheus.HistogramOpts{Name: "syncer_batch_seconds", Help: "Time to apply a batch.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16)}),
		restarts: prometheus.NewCounter(prometheus.CounterOpts{Name: "syncer_restarts_total", Help: "Times the stream was started again after a failure."}),
		objects:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "syncer_objects_total", Help: "Objects handled, by outcome."}, []string{"outcome"}),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "syncer_inbound_messages_total", Help: "Sealed messages handed over, by outcome."}, []string{"outcome"}),
	}
	up := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "syncer_healthy", Help: "1 while /healthz is green."}, func() float64 {
		if healthy, _, _ := l.Health(); healthy {
			return 1
		}
		return 0
	})
	l.registry.MustRegister(l.lsn, l.fresh, l.changes, l.batch, l.restarts, l.objects, l.messages, up)
	return l
}

// Set notes a state and, for "error", why.
func (l *Live) Set(state, problem string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if state == "error" {
		l.restarts.Inc()
	}
	l.state, l.problem, l.since = state, problem, time.Now()
}

// Applied notes a durable batch.
func (l *Live) Applied(a target.Applied) {
	l.mu.Lock()
	l.applied = time.Now()
	l.mu.Unlock()
	l.lsn.Set(float64(a.LSN))
	if !a.Fresh.IsZero() {
		l.fresh.Set(float64(a.Fresh.UnixMicro()) / 1e6)
	}
	l.changes.Add(float64(a.Changes))
	l.batch.Observe(a.Took.Seconds())
}

// Object counts an object by outcome.
func (l *Live) Object(outcome string) { l.objects.WithLabelValues(outcome).Inc() }

// Message counts an inbound message by outcome.
func (l *Live) Message(outcome string) { l.messages.WithLabelValues(outcome).Inc() }

// Health reports whether the replica follows the source now.
func (l *Live) Health() (healthy bool, state, problem string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.state == "snapshotting":
		return true, l.state, ""
	case l.state != "streaming":
		return false, l.state, l.problem
	case time.Since(l.applied) > l.stale && time.Since(l.since) > l.stale:
		return false, l.state, "nothing was heard from the source or became durable since " + l.applied.UTC().Format(time.RFC3339)
	}
	return true, l.state, ""
}

// Handler serves /healthz and /metrics.
func (l *Live) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(l.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		healthy, state, problem := l.Health()
		w.Header().Set("Content-Type", "application/json")
		if !healthy {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"healthy": healthy, "state": state, "error": problem})
	})
	return mux
}
