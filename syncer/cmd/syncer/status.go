package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/status"
)

func (a *app) status() *cobra.Command {
	c := &cobra.Command{
		Use:   "status",
		Short: "Say how the replica is: healthy or not, how far behind, since when",
		Long: `status asks both databases; the syncer itself need not run. It exits with 0 when the replica follows its
source, and with 1 otherwise.`,
		Example: "  syncer status\n  syncer status --json",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := config.Load(a.configPath)
			if err != nil {
				return err
			}
			if err := cfg.Require(config.Run); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(c.Context(), 20*time.Second)
			defer cancel()
			report := status.Ask(ctx, cfg)
			if a.json {
				err = a.printJSON(report)
			} else {
				a.printStatus(report)
			}
			if err == nil && report.State != "streaming" {
				err = fmt.Errorf("the replica does not follow its source: state is %s", report.State)
			}
			return err
		},
	}
	return a.jsonFlag(c)
}

func (a *app) printStatus(r status.Report) {
	a.printf("state     %s\n", r.State)
	if r.Error != "" {
		a.printf("error     %s\n", r.Error)
	}
	if r.LagBytes != nil && r.LagSeconds != nil {
		a.printf("behind    %d bytes, %.1f s (source %s, applied %s)\n", *r.LagBytes, *r.LagSeconds, r.SourceLSN, r.AppliedLSN)
	}
	if r.LastMessageAt != nil {
		a.printf("heard     %s\n", r.LastMessageAt.Local().Format(time.DateTime))
	}
	if r.Slot != nil {
		a.printf("slot      %s %s, active %t, keeps %d bytes of log\n", r.Slot.Name, r.Slot.Status, r.Slot.Active, r.Slot.Retained)
	}
	if d := r.Documents; d != nil {
		a.printf("objects   %d ready, %d waiting, %d failed, %d to delete\n", d.Ready, d.Waiting, d.Failed, d.Deleting)
	}
	if r.Inbound != nil {
		a.printf("inbound   %d messages wait outside\n", r.Inbound.Waiting)
	}
	for _, t := range r.Tables {
		a.printf("table     %-40s %-8s %d rows\n", t.Name, t.State, t.Rows)
	}
}
