package main

import (
	"context"
	"log/slog"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/status"
)

// unit is one of the syncer's parts as a process of its own.
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
	log, err := a.logger(cfg)
	if err != nil {
		return err
	}
	live := status.NewLive(cfg.StaleAfter)
	stop, err := serve(cfg, log, live)
	if err != nil {
		return err
	}
	defer stop()
	return build(cfg, log, live).Run(ctx)
}
