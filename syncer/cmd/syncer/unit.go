package main

import (
	"context"
	"log/slog"
	"time"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/status"
)

// unit is a part of the syncer that runs as a process of its own.
type unit interface {
	Run(ctx context.Context) error
}

// runUnit reads the unit's own configuration, serves its health, and runs it.
func (a *app) runUnit(ctx context.Context, which config.Unit, build func(*config.Config, *slog.Logger, *status.Live) unit) error {
	cfg, err := config.Load(a.configPath)
	if err != nil {
		return err
	}
	if err := cfg.Require(which); err != nil {
		return err
	}
	log, err := a.newLogger(cfg)
	if err != nil {
		return err
	}
	live := status.NewLive(staleAfter(cfg, which))
	stop, err := serveHTTP(cfg, log, live)
	if err != nil {
		return err
	}
	defer stop()
	defer startObserver(ctx, &status.Observer{Config: cfg, Live: live, Log: log, Reads: which == config.Reader})()
	return build(cfg, log, live).Run(ctx)
}

// staleAfter allows a fetcher that polls seldom the time until its next poll.
func staleAfter(cfg *config.Config, which config.Unit) time.Duration {
	if which == config.Fetcher {
		return max(cfg.StaleAfter, 3*cfg.Inbound.Poll)
	}
	return cfg.StaleAfter
}

// startObserver runs o while a unit runs, if its metrics can be asked for.
func startObserver(ctx context.Context, o *status.Observer) (stop func()) {
	if o.Config.Listen == "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}
