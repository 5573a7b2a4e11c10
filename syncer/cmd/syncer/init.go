package main

import (
	"github.com/spf13/cobra"

	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/status"
)

func (a *app) init() *cobra.Command {
	var resync bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Do what plan prints, make the slot and load the replica",
		Long: `init runs the SQL of plan with source.admin_dsn and target.admin_dsn, makes the replication slot and copies
the whitelisted rows. Run again, it does only what is missing; a copy that was interrupted resumes. With
--resync the slot and everything the replica holds are given up and loaded anew: the replica is empty meanwhile.`,
		Example: "  syncer init\n  syncer init --resync   # after RESYNC REQUIRED",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, list, err := a.load()
			if err != nil {
				return err
			}
			log, err := a.logger(cfg)
			if err != nil {
				return err
			}
			report, err := prepare.Init(c.Context(), cfg, list, resync)
			if err != nil {
				return err
			}
			for _, step := range report.Steps {
				log.Debug("done", "side", step.Side, "sql", step.SQL)
			}
			live := status.NewLive(cfg.StaleAfter)
			loading := a.loading(c.Context(), cfg, log, live)
			d := &daemon.Daemon{Config: cfg, List: list, Log: log, Live: live, OnSnapshot: loading.show}
			err = d.Load(c.Context())
			loading.end()
			if err != nil {
				return err
			}
			a.printf("ready: %d tables are loaded; start the stream with `syncer run --config %s`\n", len(list.Tables), a.configPath)
			return nil
		},
	}
	c.Flags().BoolVar(&resync, "resync", false, "give up the slot and the replica's rows, and load everything anew")
	return c
}
