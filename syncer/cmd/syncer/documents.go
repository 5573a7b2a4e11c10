package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/control"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/terminal"
)

var objectStates = []string{"waiting", "ready", "failed", "deleting"}

func (a *app) documentsCommand() *cobra.Command {
	var states []string
	var limit int
	c := &cobra.Command{
		Use:   "documents",
		Short: "Show which objects are on the target, and why some are not",
		Long: `documents counts the objects that replicated rows name, by state, and lists those that could not be copied
with the reason. The syncer tries them again by itself, ever more seldom; ` + "`documents retry`" + ` makes them due now.

  waiting   to be copied            ready      on the target, read back and compared
  failed    tried, to be tried      deleting   its row is gone, the object goes next

It exits with 3 when an object has failed.`,
		Example: "  syncer documents\n  syncer documents --state waiting --limit 500\n  syncer documents retry --all",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkStates(states); err != nil {
				return err
			}
			return a.onTarget(c, func(ctx context.Context, _ *config.Config, conn *pgx.Conn) error {
				return a.listObjects(ctx, conn, states, limit)
			})
		},
	}
	c.Flags().StringSliceVar(&states, "state", []string{"failed"}, "which to list: waiting, ready, failed, deleting")
	c.Flags().IntVar(&limit, "limit", 50, "how many to list at most")
	oneOf(c, "state", objectStates...)
	c.AddCommand(a.documentsRetry())
	return a.jsonFlag(c)
}

func checkStates(states []string) error {
	for _, s := range states {
		switch s {
		case "waiting", "ready", "failed", "deleting":
		default:
			return fault.Usagef("--state %q is not one of waiting, ready, failed, deleting", s)
		}
	}
	return nil
}

func (a *app) listObjects(ctx context.Context, conn *pgx.Conn, states []string, limit int) error {
	counts, err := status.CountObjects(ctx, conn)
	if err != nil {
		return err
	}
	objects, err := control.Objects(ctx, conn, states, limit)
	if err != nil {
		return err
	}
	if a.json {
		if objects == nil {
			objects = []control.Object{}
		}
		err = a.printJSON(map[string]any{"counts": counts, "objects": objects})
	} else {
		a.printObjects(counts, objects)
	}
	if err == nil && counts.Failed > 0 {
		err = fault.Unsafef("%s objects could not be copied; mend the cause, then `syncer documents retry --all`", terminal.Count(counts.Failed))
	}
	return err
}

func (a *app) printObjects(counts *status.Documents, objects []control.Object) {
	a.printf("%s\n", objectCounts(counts))
	if len(objects) == 0 {
		return
	}
	a.printf("\n")
	columns := []terminal.Column{
		{Title: "KEY", Cut: true}, {Title: "STATE"}, {Title: "SIZE", Right: true}, {Title: "TRIES", Right: true}, {Title: "NEXT TRY"}, {Title: "WHY", Wrap: true},
	}
	var rows [][]string
	for _, o := range objects {
		row := []string{o.Key, o.State, "", terminal.Count(int64(o.Attempts)), "", o.Error}
		if o.Size != nil {
			row[2] = terminal.Bytes(*o.Size)
		}
		if o.State != "ready" {
			row[4] = "now"
			if wait := time.Until(o.NextTryAt); wait > time.Second {
				row[4] = "in " + terminal.Duration(wait.Round(time.Second))
			}
		}
		rows = append(rows, row)
	}
	terminal.Table(a.out, columns, rows...)
}

func objectCounts(d *status.Documents) string {
	return terminal.Count(d.Ready) + " ready, " + terminal.Count(d.Waiting) + " waiting, " +
		terminal.Count(d.Failed) + " failed, " + terminal.Count(d.Deleting) + " to delete"
}

func (a *app) documentsRetry() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "retry KEY... | --all",
		Short: "Try failed objects again now",
		Long: `retry makes failed objects due at once, as if they had never been tried. It changes nothing else: the running
syncer copies them within seconds.`,
		Example: "  syncer documents retry files/2026/01/0197\n  syncer documents retry --all",
		RunE: func(c *cobra.Command, keys []string) error {
			if all == (len(keys) > 0) {
				return fault.Usagef("name the keys, or say --all; see `syncer documents retry --help`")
			}
			return a.onTarget(c, func(ctx context.Context, _ *config.Config, conn *pgx.Conn) error {
				n, err := control.Retry(ctx, conn, keys)
				switch {
				case err != nil:
					return err
				case n < int64(len(keys)):
					return fault.Usagef("%d of %d keys name a failed object; `syncer documents` lists them", n, len(keys))
				case a.json:
					return a.printJSON(map[string]any{"due": n})
				}
				a.printResult("%s objects are due now", terminal.Count(n))
				return nil
			})
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	c.Flags().BoolVar(&all, "all", false, "every failed object")
	return a.jsonFlag(c)
}
