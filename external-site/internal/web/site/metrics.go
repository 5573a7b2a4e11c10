package site

import (
	"context"
	"math"

	"github.com/prometheus/client_golang/prometheus"

	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/kept"
)

// freshnessMetrics say how old the replica may be and how many documents are still on their way, from the reading that the
// pages show.
func freshnessMetrics(watch *freshness.Watch) []prometheus.Collector {
	gauge := func(name, help string, value func(freshness.Reading) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			r := watch.Read(context.Background())
			if r.Link != freshness.Up && r.Link != freshness.Down {
				return math.NaN()
			}
			return value(r)
		})
	}
	return []prometheus.Collector{
		gauge("portal_replica_age_seconds", "Time since the inside was last heard of; NaN while that is not known.",
			func(r freshness.Reading) float64 { return r.Age().Seconds() }),
		gauge("portal_replica_documents_waiting", "Documents that rows name and whose bytes are on their way; NaN while that is not known.",
			func(r freshness.Reading) float64 { return float64(r.Waiting) }),
	}
}

// keptMetrics say what keeping pages saves and takes.
func keptMetrics(keeper *kept.Keeper) []prometheus.Collector {
	counter := func(name, help string, value func(kept.Counts) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(value(keeper.Counts())) })
	}
	gauge := func(name, help string, value func(kept.Counts) int64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value(keeper.Counts())) })
	}
	return []prometheus.Collector{
		counter("portal_pages_sent_kept_total", "Pages that were sent as they were kept.", func(c kept.Counts) int64 { return c.Hits }),
		counter("portal_pages_made_total", "Pages of everybody that had to be made.", func(c kept.Counts) int64 { return c.Made }),
		gauge("portal_pages_kept", "Pages that are kept.", func(c kept.Counts) int64 { return int64(c.Pages) }),
		gauge("portal_pages_kept_bytes", "Memory that they take.", func(c kept.Counts) int64 { return c.Bytes }),
	}
}
