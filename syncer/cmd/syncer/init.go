package main

import (
	"context"

	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/daemon"
	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/status"
)

func (a *app) initCommand() *cobra.Command {
	var resync, empty, unanalyzed bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Do what plan prints, make the slot and load the replica",
		Long: `init runs the SQL of plan with source.admin_dsn and target.admin_dsn, makes the replication slot and copies
the whitelisted rows. Run again, it does only what is missing; a copy that was interrupted resumes. While a large
table is copied its indexes are away, as sorting them once behind the rows is cheaper: sync.indexes on the target has
what makes them again, and whoever goes on with the copy makes them. With
--resync the slot is given up and everything is loaded anew: into shadows in schema sync_shadow, which replace the
replica in one transaction, so readers see the old replica until then and never an empty or mixed one. That
takes room for the replica twice, and begins again when it is interrupted: rows that come after an interruption are
of a later moment than those before it, and all are to be seen at once and of one moment. With --empty as well the
tables are emptied at once and filled in place: readers see them grow, and an interrupted copy resumes. While the slot
is sound, ` + "`syncer table resync --all`" + ` loads every table anew one by one beside the stream, and resumes as well.

At last the planner learns about the loaded tables (ANALYZE); with --no-analyze that is left to autovacuum, and
queries may be slow until it has come by.`,
		Example: "  syncer init\n  syncer init --resync   # after RESYNC REQUIRED",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, list, err := a.loadFiles()
			if err != nil {
				return err
			}
			log, err := a.newLogger(cfg)
			if err != nil {
				return err
			}
			report, err := initialize(c.Context(), cfg, list, resync, empty)
			if err != nil {
				return err
			}
			for _, step := range report.Steps {
				log.Debug("done", "side", step.Side, "sql", step.SQL)
			}
			live := status.NewLive(cfg.StaleAfter)
			loading := a.showLoading(c.Context(), cfg, log, live)
			d := &daemon.Daemon{Config: cfg, List: list, Log: log, Live: live, OnSnapshot: loading.noteTable}
			err = d.Load(c.Context())
			loading.closeBar()
			if err == nil && !unanalyzed {
				err = prepare.Analyze(c.Context(), cfg, list)
			}
			if err != nil {
				return err
			}
			a.printf("ready: %d tables are loaded; start the stream with `syncer run --config %s`\n%s\n", len(list.Tables), a.configPath, prepare.Migrations)
			return nil
		},
	}
	c.Flags().BoolVar(&resync, "resync", false, "give up the slot and load everything anew")
	c.Flags().BoolVar(&empty, "empty", false, "with --resync: empty the tables at once instead of replacing them when the new rows are there")
	c.Flags().BoolVar(&unanalyzed, "no-analyze", false, "leave the tables' statistics to autovacuum")
	return c
}

func initialize(ctx context.Context, cfg *config.Config, list *whitelist.List, resync, empty bool) (*prepare.Report, error) {
	switch {
	case empty && !resync:
		return nil, fault.Usagef("--empty only goes with --resync; see `syncer init --help`")
	case empty:
		return prepare.InitEmpty(ctx, cfg, list)
	}
	return prepare.Init(ctx, cfg, list, resync)
}
