package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// metrics count the requests of a site. Labels are route patterns, never addresses, so that a client cannot create new
// ones.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	flying   prometheus.Gauge
}

func newMetrics(to prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "portal_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "portal_request_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60},
		}, []string{"route"}),
		flying: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "portal_requests_in_flight", Help: "Requests that are being answered.",
		}),
	}
	to.MustRegister(m.requests, m.seconds, m.flying)
	return m
}

// measure counts the request and its duration, also when the handler panics.
func (s *Site) measure(c *gin.Context) {
	m := s.metrics
	if m == nil {
		return
	}
	m.flying.Inc()
	start := s.opts.Now()
	defer func() {
		m.flying.Dec()
		m.requests.WithLabelValues(knownMethod(c.Request.Method), route(c), strconv.Itoa(c.Writer.Status())).Inc()
		m.seconds.WithLabelValues(route(c)).Observe(s.opts.Now().Sub(start).Seconds())
	}()
	c.Next()
}

// knownMethod keeps a client from making labels of its own, and lines of the log as long as a header may be.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return method
	}
	return "other"
}
