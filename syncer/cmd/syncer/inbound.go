package main

import (
	"time"

	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/terminal"
)

func (a *app) inboundCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "inbound",
		Short: "Show how many sealed messages wait outside, since when, and how many came in damaged",
		Long: `inbound asks both ends of the inbound channel, as the fetcher does. Messages wait outside for seconds; one that
waits for longer means that the fetcher does not run, or that the inside does not take it. A message that
came in damaged is kept, and staff see it in their queue.`,
		Example: "  syncer inbound\n  syncer inbound --json | jq .waiting",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.loadConfig()
			if err != nil {
				return err
			}
			if cfg.Inbound == nil {
				return fault.Usagef("configuration %s: inbound: is missing; nothing is fetched by this syncer", a.configPath)
			}
			if err := cfg.Need("inbound.outside.dsn"); err != nil {
				return err
			}
			in, err := status.AskInbound(c.Context(), cfg.Inbound)
			if in != nil && a.json {
				if err := a.printJSON(in); err != nil {
					return err
				}
			} else if in != nil {
				a.printFacts(inboundFacts(in, time.Now()))
			}
			return err
		},
	}
	return a.jsonFlag(c)
}

func inboundFacts(in *status.Inbound, now time.Time) [][]string {
	facts := [][]string{{"waiting", inboundWaiting(in)}}
	if in.OldestAt != nil {
		facts = append(facts, []string{"oldest", momentText(*in.OldestAt, now)})
	}
	damaged := "unknown: the inside was not asked"
	if in.Damaged != nil {
		damaged = terminal.Count(*in.Damaged) + " wait for staff"
	}
	return append(facts, []string{"damaged", damaged})
}

func inboundWaiting(in *status.Inbound) string {
	if in.Waiting == 0 {
		return "none"
	}
	return terminal.Count(in.Waiting) + " messages, " + terminal.Bytes(in.Bytes)
}

// momentText formats a moment in local time, followed by how long ago it was.
func momentText(at, now time.Time) string {
	text := at.Local().Format(time.DateTime)
	if ago := now.Sub(at).Round(time.Second); ago > 0 {
		return text + " (" + terminal.Duration(ago) + " ago)"
	}
	return text + " (now)"
}
