// Package operations is what operators ask of a program: its metrics and its health, on an address of their own that
// citizens and staff cannot reach. It may import client_golang, pgx's pool, shared/background and shared/fault.
package operations

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Config is the section "operations" of a program's configuration.
type Config struct {
	// Listen is host:port of /metrics, /healthz and /livez; "" serves none. Nothing of it belongs on an address that anybody
	// but operators can reach, so the host has to be named; see CheckAddress.
	Listen string `koanf:"listen"`
}

// Probe says whether something that the program needs is there.
type Probe func(ctx context.Context) error

const (
	probeWithin = 2 * time.Second
	probeKeeps  = 2 * time.Second // an answer is good for so long, however often it is asked for
)

// Operations is what one program lets operators see. Make it with New.
type Operations struct {
	registry *prometheus.Registry
	log      *slog.Logger

	mu     sync.Mutex
	probes map[string]Probe // what the program needs
	wishes map[string]Probe // what it can do without for a while
	last   health
	asked  time.Time
}

// health is the answer of /healthz: for each thing that is needed "ok" or "down". Why it is down is in the log.
type health struct {
	well   bool
	answer map[string]string
}

// New makes the operations of program, with the metrics of every Go process.
func New(program string, log *slog.Logger) *Operations {
	o := &Operations{registry: prometheus.NewRegistry(), log: log, probes: map[string]Probe{}, wishes: map[string]Probe{}}
	o.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "portal_build_info", Help: "1, with what was built and by what.",
			ConstLabels: prometheus.Labels{"program": program, "go": runtime.Version()},
		}, func() float64 { return 1 }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "portal_healthy", Help: "1 while /healthz is green.",
		}, o.healthy), probeCollector{o})
	return o
}

// Registry is where further metrics are registered.
func (o *Operations) Registry() *prometheus.Registry { return o.registry }

// Probe adds something that the program needs.
func (o *Operations) Probe(name string, probe Probe) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.probes[name] = probe
}

// Mention adds something that the program can do without for a while: health names it and stays green without it.
func (o *Operations) Mention(name string, probe Probe) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wishes[name] = probe
}

// Handler serves /metrics, /healthz and /livez.
func (o *Operations) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		h := o.health()
		w.Header().Set("Content-Type", "application/json")
		if !h.well {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(h.answer)
	})
	return mux
}

func (o *Operations) healthy() float64 {
	if o.health().well {
		return 1
	}
	return 0
}

// health asks every probe, at most once in a while.
func (o *Operations) health() health {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last.answer != nil && time.Since(o.asked) < probeKeeps {
		return o.last
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeWithin)
	defer cancel()
	h := health{well: true, answer: map[string]string{}}
	for name, probe := range o.probes {
		h.well = o.ask(ctx, h, name, probe) && h.well
	}
	for name, probe := range o.wishes {
		o.ask(ctx, h, name, probe)
	}
	o.last, o.asked = h, time.Now()
	return h
}

// ask writes down whether the probe finds what it looks for.
func (o *Operations) ask(ctx context.Context, h health, name string, probe Probe) bool {
	err := probe(ctx)
	if err != nil {
		h.answer[name] = "down"
		o.log.Error("something that is needed is down", "probe", name, "error", err)
		return false
	}
	h.answer[name] = "ok"
	return true
}

var probeDesc = prometheus.NewDesc("portal_probe_up", "1 while what the program needs is there.", []string{"probe"}, nil)

type probeCollector struct{ o *Operations }

// Describe implements prometheus.Collector.
func (c probeCollector) Describe(ch chan<- *prometheus.Desc) { ch <- probeDesc }

// Collect implements prometheus.Collector.
func (c probeCollector) Collect(ch chan<- prometheus.Metric) {
	for name, answer := range c.o.health().answer {
		up := 0.0
		if answer == "ok" {
			up = 1
		}
		ch <- prometheus.MustNewConstMetric(probeDesc, prometheus.GaugeValue, up, name)
	}
}
