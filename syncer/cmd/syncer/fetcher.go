package main

import (
	"log/slog"

	"github.com/spf13/cobra"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/status"
)

func (a *app) fetcherCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "fetcher",
		Short: "Run only the part that brings sealed messages in",
		Long: `fetcher is the part of run that brings sealed messages in, as a process of its own: it copies them into the
database and the quarantine inside and, once they are durable there, lets the outside erase them. It cannot
open them. It needs neither whitelist nor replica:

  inbound:
    outside: {dsn: "postgres://fetcher@outside:5432/portal?sslmode=verify-full&…", store: {…}}
    inside:  {dsn: "postgres://fetcher@inside:5432/portal", store: {…}}`,
		Example: "  syncer fetcher --config fetcher.yaml",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.runUnit(c.Context(), config.Fetcher, func(cfg *config.Config, log *slog.Logger, live *status.Live) unit {
				return &daemon.Fetcher{Config: cfg, Log: log, Live: live}
			})
		},
	}
}
