package main

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/notices"
	"portal.example/shared/contract"
	"portal.example/shared/program"
)

// watchQueue keeps the metrics of the inbound channel's queues. The staff site does, and not the worker: while the worker is
// away, what waits for it must be seen to grow.
func watchQueue(s *program.Service, queue *intake.Queue) {
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
		s.Operations.Registry().MustRegister(g)
		return g
	}
	waiting := gauge("portal_intake_waiting", "Messages that the worker has not handled yet.")
	oldest := gauge("portal_intake_oldest_waiting_seconds", "How long the oldest of them has waited.")
	oldestHeld := gauge("portal_intake_oldest_held_seconds", "How long the oldest entry that waits for staff has.")
	taken := gauge("portal_intake_handled_this_hour", "Messages handled since the hour began.")
	most := gauge("portal_intake_most_for_one_place", "The most of them for one kind and place, which the allowance is for.")
	full := gauge("portal_intake_full_ratio", "How much of the room for what waits inside is taken; at 1 nothing more is let in.")
	held := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "portal_intake_held", Help: "Entries that wait for staff, by why: over the allowance of their hour, damaged, conflict, other.",
	}, []string{"why"})
	s.Operations.Registry().MustRegister(held)
	s.Background.Every("length of the intake queue", 15*time.Second, 10*time.Second, func(ctx context.Context) error {
		l, err := queue.Measure(ctx)
		if err != nil {
			return err
		}
		waiting.Set(float64(l.Waiting))
		oldest.Set(l.OldestWaits.Seconds())
		oldestHeld.Set(l.OldestOpen.Seconds())
		taken.Set(float64(l.TakenAnHour))
		most.Set(float64(l.MostForPlace))
		full.Set(l.Full)
		held.WithLabelValues("allowance").Set(float64(l.OverAllow))
		held.WithLabelValues("damaged").Set(float64(l.Damaged))
		held.WithLabelValues("conflict").Set(float64(l.Conflicts))
		held.WithLabelValues("other").Set(float64(l.Open - l.OverAllow - l.Damaged - l.Conflicts))
		return nil
	})
}

// watchNotices keeps the metrics of the outbox. The staff site does, and not the worker: while the worker is away, what waits
// for it must be seen to grow.
func watchNotices(s *program.Service, pool *pgxpool.Pool) {
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
		s.Operations.Registry().MustRegister(g)
		return g
	}
	waiting := gauge("portal_notices_waiting", "Notices to applicants that have not left yet.")
	oldest := gauge("portal_notices_oldest_waiting_seconds", "How long ago the act was that the oldest of them tells of.")
	undelivered := gauge("portal_notices_undelivered", "Notices that did not arrive, and nobody has told the applicant otherwise.")
	s.Background.Every("length of the outbox", 15*time.Second, 10*time.Second, func(ctx context.Context) error {
		l, err := notices.Measure(ctx, pool, time.Now())
		if err != nil {
			return err
		}
		waiting.Set(float64(l.Waiting))
		oldest.Set(l.Oldest.Seconds())
		undelivered.Set(float64(l.Undelivered))
		return nil
	})
}

// countDone counts what became of messages. A kind that this release does not know was made up by whoever sent it, and gets no
// name of its own.
func countDone(s *program.Service) func(kind, outcome, reason string) {
	done := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "portal_intake_done_total", Help: "Messages that the worker is done with, by what became of them.",
	}, []string{"kind", "outcome", "reason"})
	s.Operations.Registry().MustRegister(done)
	return func(kind, outcome, reason string) {
		if !slices.Contains(contract.Kinds(), kind) {
			kind = "other"
		}
		done.WithLabelValues(kind, outcome, reason).Inc()
	}
}
