package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/terminal"
)

// askWithin is how long it may take to ask both sides once.
const askWithin = 20 * time.Second

func (a *app) statusCommand() *cobra.Command {
	var watch bool
	var every time.Duration
	var o status.Options
	c := &cobra.Command{
		Use:   "status",
		Short: "Say how the replica is: healthy or not, how far behind, since when, doing what",
		Long: `status asks both databases; the syncer itself need not run. What a configuration does not name, for example
that of one unit of a split installation, is not asked, and status says so.

Rows marked with ~ are what the server's statistics estimate; --exact counts them, which reads every table.

The scheduled comparison (compare.every) names here what differs from the source, until it is equal again.

It exits with 0 when the replica follows its source, with 3 when it follows and differs, and with 1 otherwise.`,
		Example: "  syncer status\n  syncer status --watch\n  syncer status --json | jq .lag_bytes",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if every < 100*time.Millisecond {
				return fault.Usagef("--interval %s is too short; at least 100ms", every)
			}
			cfg, err := config.Load(a.configPath)
			if err != nil {
				return err
			}
			if cfg.Source.DSN == "" && cfg.Target.DSN == "" && cfg.Inbound == nil {
				return cfg.Need("target.dsn")
			}
			if watch {
				return a.watchStatus(c.Context(), cfg, o, every)
			}
			report := askOnce(c.Context(), cfg, o)
			if a.json {
				err = a.printJSON(report)
			} else {
				a.printStatus(a.out, cfg, &report)
			}
			if err == nil && !report.Follows() {
				err = unwellError(&report)
			}
			return err
		},
	}
	c.Flags().BoolVar(&watch, "watch", false, "look again and again until interrupted")
	c.Flags().DurationVar(&every, "interval", 2*time.Second, "between two looks of --watch")
	c.Flags().BoolVar(&o.Exact, "exact", false, "count the rows of every table instead of estimating")
	return a.jsonFlag(c)
}

// unwellError returns the error that decides the exit code; nil if all is well.
func unwellError(r *status.Report) error {
	if r.State == status.Streaming && r.Differs() {
		return fault.Unsafef("the replica follows its source and differs from it; `syncer compare` shows the rows, `syncer repair` mends them")
	}
	return fmt.Errorf("the replica does not follow its source: state is %s", r.State)
}

func askOnce(ctx context.Context, cfg *config.Config, o status.Options) status.Report {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	return status.Ask(ctx, cfg, o)
}

// watchStatus prints the status repeatedly, each time over the last; with --json one line each time.
func (a *app) watchStatus(ctx context.Context, cfg *config.Config, o status.Options, every time.Duration) error {
	screen := terminal.NewScreen(a.out)
	var before *status.Report
	for {
		report := askOnce(ctx, cfg, o)
		if ctx.Err() != nil {
			return nil
		}
		if before != nil {
			report.Compare(before)
		}
		before = &report
		if a.json {
			if err := json.NewEncoder(a.out).Encode(report); err != nil {
				return err
			}
		} else {
			var page bytes.Buffer
			a.printStatus(a.out.Onto(&page), cfg, &report)
			screen.Show(page.String())
		}
		if link.Pause(ctx, every) != nil {
			return nil
		}
	}
}
