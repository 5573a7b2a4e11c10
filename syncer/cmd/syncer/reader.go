package main

import (
	"log/slog"

	"github.com/spf13/cobra"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/status"
)

func (a *app) readerCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reader",
		Short: "Run only the part that reads the source",
		Long: `reader is the part of run that holds the source's credentials, as a process of its own. It listens on the Unix
socket wire.socket, where the writer fetches changes, rows and objects, and speaks to nobody but the source.
Its configuration holds no credentials of the target:

  source: {dsn: "postgres://reader@inside:5432/portal"}
  whitelist: whitelist.yaml
  documents: {source: {endpoint: …, bucket: documents}}      # when objects are copied
  wire: {socket: /run/portal-syncer/wire.sock, peers: [portal-syncer-writer]}

It ends with an error when the source refuses it. What a stream of the writer comes to, the writer is told,
and the reader waits for the next.`,
		Example: "  syncer reader --config reader.yaml",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.runUnit(c.Context(), config.Reader, func(cfg *config.Config, log *slog.Logger, live *status.Live) unit {
				return &daemon.Reader{Config: cfg, Log: log, Live: live}
			})
		},
	}
}
