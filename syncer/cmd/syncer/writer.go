package main

import (
	"log/slog"

	"github.com/spf13/cobra"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/status"
)

func (a *app) writerCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "writer",
		Short: "Run only the part that writes the target",
		Long: `writer is the part of run that holds the target's credentials, as a process of its own. It dials the reader's
Unix socket wire.socket and applies what comes, as far as its own whitelist allows it. Its configuration
holds no credentials of the source:

  target: {dsn: "postgres://writer@outside:5432/portal?sslmode=verify-full&…"}
  whitelist: whitelist.yaml
  documents: {target: {endpoint: …, bucket: documents, secure: true}}      # when objects are copied
  wire: {socket: /run/portal-syncer/wire.sock}

It begins again by itself after the loss of the reader or the target, and ends with an error when going on
could lose or leak something.`,
		Example: "  syncer writer --config writer.yaml",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.runUnit(c.Context(), config.Writer, func(cfg *config.Config, log *slog.Logger, live *status.Live) unit {
				return &daemon.Writer{Config: cfg, Log: log, Live: live, OnSnapshot: a.showLoading(c.Context(), cfg, log, live).noteTable}
			})
		},
	}
}
