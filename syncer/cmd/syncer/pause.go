package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/control"
	"portal.example/syncer/internal/terminal"
)

// obeyWithin is how long pause, resume and skip wait for the syncer by default.
const obeyWithin = 30 * time.Second

func (a *app) pauseCommand() *cobra.Command {
	var reason string
	var wait time.Duration
	c := &cobra.Command{
		Use:   "pause",
		Short: "Stop applying changes until resume; the source keeps its log meanwhile",
		Long: `pause lets the running syncer finish the batch it is at and apply nothing more until
` + "`syncer resume`" + `. The replica stays readable, as of one moment of the source. The source keeps its log
for as long as the pause lasts, up to max_slot_wal_keep_size: ` + "`syncer slot`" + ` shows how much that is.

The pause outlives restarts. pause waits until the syncer has obeyed; when none runs it says so, and the
next one to start will be paused.`,
		Example: "  syncer pause --reason 'reindexing the replica'\n  syncer pause --wait 0   # only ask, do not wait",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.onTarget(c, func(ctx context.Context, cfg *config.Config, conn *pgx.Conn) error {
				if err := control.Pause(ctx, conn, cfg.Source.Slot, whoAndWhy(reason)); err != nil {
					return err
				}
				s, err := awaitWish(ctx, conn, cfg.Source.Slot, wait, func(s control.State) bool { return s.State == "paused" })
				if err != nil {
					return err
				}
				return a.tellRequest(s, s.State == "paused", wait, "paused", "the next one to start will be paused")
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for whoever reads `syncer status`")
	waitFlag(c, &wait)
	return a.jsonFlag(c)
}

func (a *app) resumeCommand() *cobra.Command {
	var wait time.Duration
	c := &cobra.Command{
		Use:   "resume",
		Short: "Go on applying after pause",
		Long: `resume takes a pause back and waits until the syncer applies again. What the source did meanwhile is applied
in its order; ` + "`syncer status --watch`" + ` shows how the replica catches up.`,
		Example: "  syncer resume",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.onTarget(c, func(ctx context.Context, cfg *config.Config, conn *pgx.Conn) error {
				if err := control.Resume(ctx, conn, cfg.Source.Slot); err != nil {
					return err
				}
				s, err := awaitWish(ctx, conn, cfg.Source.Slot, wait, isApplying)
				if err != nil {
					return err
				}
				return a.tellRequest(s, isApplying(s), wait, "applying again", "start one with `syncer run`")
			})
		},
	}
	waitFlag(c, &wait)
	return a.jsonFlag(c)
}

func isApplying(s control.State) bool { return s.State == "streaming" || s.State == "snapshotting" }

func waitFlag(c *cobra.Command, wait *time.Duration) {
	c.Flags().DurationVar(wait, "wait", obeyWithin, "how long to wait until the syncer has obeyed; 0 asks only")
}

// awaitWish waits until the syncer obeys; with wait 0 it only looks once.
func awaitWish(ctx context.Context, conn *pgx.Conn, slot string, wait time.Duration, done func(control.State) bool) (control.State, error) {
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return control.Wait(waiting, conn, slot, done)
}

// tellRequest reports what became of a request: it was obeyed, it was only asked for, or it was not obeyed in time, which is a failure.
func (a *app) tellRequest(s control.State, done bool, wait time.Duration, what, later string) error {
	if a.json {
		err := a.printJSON(map[string]any{
			"done": done && s.Running, "running": s.Running, "state": s.State, "paused": s.Paused, "applied_lsn": s.Applied.String(), "error": s.Error,
		})
		if err != nil {
			return err
		}
	}
	switch {
	case !s.Running:
		a.printResult("noted; no syncer runs at the moment: %s", later)
	case done:
		a.printResult("%s at %s", what, s.Applied)
	case wait <= 0:
		a.printResult("asked for; the syncer's state is %s", s.State)
	case s.State == "error":
		return fmt.Errorf("the syncer cannot go on: %s", s.Error)
	default:
		return fmt.Errorf("asked for, but not obeyed within %s: the syncer's state is %s; `syncer status` says more", terminal.Duration(wait), s.State)
	}
	return nil
}

// printResult prints the answer of a verb, unless JSON was asked for.
func (a *app) printResult(format string, args ...any) {
	if !a.json {
		a.printf(format+"\n", args...)
	}
}

// whoAndWhy returns the note that others read about a pause.
func whoAndWhy(reason string) string {
	name := "somebody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		name += "@" + host
	}
	if reason != "" {
		name += ": " + terminal.Clean(reason)
	}
	return name
}
