package operations

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// Pool adds the metrics of a pool of connections.
func (o *Operations) Pool(name string, pool *pgxpool.Pool) {
	o.registry.MustRegister(poolCollector{pool: pool, labels: prometheus.Labels{"pool": name}})
}

type poolCollector struct {
	pool   *pgxpool.Pool
	labels prometheus.Labels
}

// Describe implements prometheus.Collector.
func (c poolCollector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect implements prometheus.Collector.
func (c poolCollector) Collect(ch chan<- prometheus.Metric) {
	s := c.pool.Stat()
	for _, m := range []struct {
		name, help string
		kind       prometheus.ValueType
		value      float64
	}{
		{"portal_pool_connections", "Connections that are open.", prometheus.GaugeValue, float64(s.TotalConns())},
		{"portal_pool_connections_busy", "Connections that somebody uses.", prometheus.GaugeValue, float64(s.AcquiredConns())},
		{"portal_pool_connections_max", "Connections that there may be.", prometheus.GaugeValue, float64(s.MaxConns())},
		{"portal_pool_waits_total", "Times that somebody had to wait for a connection.", prometheus.CounterValue, float64(s.EmptyAcquireCount())},
		{"portal_pool_wait_seconds_total", "How long they waited.", prometheus.CounterValue, s.EmptyAcquireWaitTime().Seconds()},
		{"portal_pool_given_up_total", "Times that a request ended before it had a connection.", prometheus.CounterValue, float64(s.CanceledAcquireCount())},
	} {
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(m.name, m.help, nil, c.labels), m.kind, m.value)
	}
}
