package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/status"
)

func (a *app) runCommand() *cobra.Command {
	var until string
	var current bool
	c := &cobra.Command{
		Use:   "run",
		Short: "Stream changes until stopped",
		Long: `run streams changes, copies documents and fetches sealed messages until it gets SIGINT or SIGTERM. It starts
again by itself after the loss of either server. It ends with an error when going on could lose or leak
something: it then says what to do, and changes nothing.

It may be started before either server: then it tries until both answer.

Where documents or an inbound channel are configured too, they go on when the stream can not: /healthz is red, status
says why, the stream is tried again every ten seconds, and when run is stopped meanwhile it exits with what the stream
stands at (1 failed, 3 unsafe). With on_lost: resync a lost slot is answered by a new load of every table, at most
three times within a day.

With --until-lsn or --until-current it ends when everything up to there is applied.`,
		Example: `  syncer run
  syncer run --until-current         # catch up once
  syncer run --until-lsn 0/16B3748`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if until != "" && current {
				return fault.Usagef("--until-lsn and --until-current exclude each other; see `syncer run --help`")
			}
			cfg, list, err := a.loadFiles()
			if err != nil {
				return err
			}
			log, err := a.newLogger(cfg)
			if err != nil {
				return err
			}
			lsn, err := daemon.ParseUntil(until)
			if err != nil {
				return err
			}
			live := status.NewLive(cfg.StaleAfter)
			stop, err := serveHTTP(cfg, log, live)
			if err != nil {
				return err
			}
			defer stop()
			defer startObserver(c.Context(), &status.Observer{Config: cfg, Live: live, Log: log})()
			d := &daemon.Daemon{Config: cfg, List: list, Log: log, Live: live, OnSnapshot: a.showLoading(c.Context(), cfg, log, live).noteTable, Until: lsn, UntilCurrent: current}
			return d.Run(c.Context())
		},
	}
	c.Flags().StringVar(&until, "until-lsn", "", "end when everything up to this position is applied")
	c.Flags().BoolVar(&current, "until-current", false, "end when everything committed before the start is applied")
	return c
}

// serveHTTP serves /metrics and /healthz if the configuration has an address for them.
func serveHTTP(cfg *config.Config, log *slog.Logger, live *status.Live) (stop func(), err error) {
	if cfg.Listen == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, fault.Usagef("listen: %s cannot be opened: %w; free the port or choose another", cfg.Listen, errors.Unwrap(err))
	}
	server := &http.Server{Handler: live.Handler(), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics and health are no longer served", "error", err.Error())
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
	}, nil
}
