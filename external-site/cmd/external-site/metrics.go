package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/program"
)

// watchInbound keeps the metrics of what waits here to be fetched inside.
func watchInbound(s *program.Service, store *submission.Store) {
	waiting := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "portal_inbound_waiting", Help: "Sealed submissions that have not reached the inside yet.",
	})
	oldest := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "portal_inbound_oldest_seconds", Help: "How long the oldest of them has waited.",
	})
	s.Operations.Registry().MustRegister(waiting, oldest)
	s.Background.Every("submissions that wait", 15*time.Second, 5*time.Second, func(ctx context.Context) error {
		n, age, err := store.Waiting(ctx)
		if err != nil {
			return err
		}
		waiting.Set(float64(n))
		oldest.Set(age.Seconds())
		return nil
	})
}
