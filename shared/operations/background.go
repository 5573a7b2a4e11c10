package operations

import (
	"github.com/prometheus/client_golang/prometheus"

	"portal.example/shared/background"
)

var (
	workingDesc   = prometheus.NewDesc("portal_background_working", "1 while the part of the program works.", []string{"part"}, nil)
	failuresDesc  = prometheus.NewDesc("portal_background_failures_total", "What failed and was tried again.", []string{"part"}, nil)
	succeededDesc = prometheus.NewDesc("portal_background_succeeded_timestamp_seconds", "When what is done from time to time last went well.", []string{"part"}, nil)
)

// Background adds how every part of the group goes.
func (o *Operations) Background(g *background.Group) {
	o.registry.MustRegister(backgroundCollector{g})
}

type backgroundCollector struct{ group *background.Group }

// Describe implements prometheus.Collector.
func (c backgroundCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- workingDesc
	ch <- failuresDesc
	ch <- succeededDesc
}

// Collect implements prometheus.Collector.
func (c backgroundCollector) Collect(ch chan<- prometheus.Metric) {
	for _, s := range c.group.Statuses() {
		working := 0.0
		if s.Working {
			working = 1
		}
		ch <- prometheus.MustNewConstMetric(workingDesc, prometheus.GaugeValue, working, s.Name)
		ch <- prometheus.MustNewConstMetric(failuresDesc, prometheus.CounterValue, float64(s.Failures), s.Name)
		if !s.Succeeded.IsZero() {
			ch <- prometheus.MustNewConstMetric(succeededDesc, prometheus.GaugeValue, float64(s.Succeeded.Unix()), s.Name)
		}
	}
}
