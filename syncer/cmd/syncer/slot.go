package main

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/terminal"
)

func (a *app) slotCommand() *cobra.Command {
	var measure time.Duration
	c := &cobra.Command{
		Use:   "slot",
		Short: "Show how much log the source keeps for this syncer, and for how long it may",
		Long: `slot shows the replication slot on the source: whether somebody reads it, how much log is kept for it, how
much may be (max_slot_wal_keep_size), and, when log is written faster than it is read, how long it will
last at the present rate. A slot that is lost means that the replica must be loaded anew.

Status is reserved (well), extended (more than max_wal_size is kept), unreserved (it will be lost at the
next checkpoint) or lost.`,
		Example: "  syncer slot\n  syncer slot --measure 30s        # for a better guess\n  syncer slot drop --yes           # the replica is given up",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.onSource(c, func(ctx context.Context, cfg *config.Config, conn *pgx.Conn) error {
				slot, err := a.measureSlot(ctx, conn, cfg.Source.Slot, measure)
				if err != nil {
					return err
				}
				if a.json {
					err = a.printJSON(slot)
				} else {
					a.printSlot(slot)
				}
				if err == nil && slot.Status == "lost" {
					err = publisher.ResyncError("replication slot %q is lost", slot.Name)
				}
				return err
			})
		},
	}
	c.Flags().DurationVar(&measure, "measure", 2*time.Second, "how long to watch how fast log is written; 0 does not")
	c.AddCommand(a.slotDrop())
	return a.jsonFlag(c)
}

// onSource reads the configuration and calls do with a connection to the source.
func (a *app) onSource(c *cobra.Command, do func(context.Context, *config.Config, *pgx.Conn) error) error {
	cfg, err := a.loadConfig("source.dsn")
	if err != nil {
		return err
	}
	conn, err := link.Open(c.Context(), cfg.Source.DSN, link.Options{Name: "source.dsn", Application: c.Name()})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	return do(c.Context(), cfg, conn)
}

// obvious is how long a wait needs no explanation.
const obvious = 5 * time.Second

// measureSlot looks twice, so that the rate is known.
func (a *app) measureSlot(ctx context.Context, conn *pgx.Conn, name string, wait time.Duration) (*status.Slot, error) {
	first, began, err := lookAtSlot(ctx, conn, name)
	if err != nil || wait <= 0 || first.Safe == nil {
		return first, err
	}
	if wait > obvious {
		a.tellPeople("measuring for %s", terminal.Duration(wait))
	}
	if link.Pause(ctx, wait) != nil {
		return first, nil
	}
	second, now, err := lookAtSlot(ctx, conn, name)
	if err != nil {
		return nil, err
	}
	second.Pace(first, now.Sub(began))
	return second, nil
}

func lookAtSlot(ctx context.Context, conn *pgx.Conn, name string) (*status.Slot, time.Time, error) {
	slot, err := status.ReadSlot(ctx, conn, name)
	if errors.Is(err, publisher.ErrNoSlot) {
		err = fault.Usagef("source: there is no replication slot %q; `syncer init` makes it together with the first load", name)
	}
	return slot, time.Now(), err
}

func (a *app) printSlot(s *status.Slot) {
	facts := [][]string{
		{"slot", s.Name},
		{"read by", map[bool]string{true: "a syncer, now", false: "nobody at the moment"}[s.Active]},
		{"status", s.Status},
		{"confirmed", s.Confirmed},
		{"keeps", terminal.Bytes(s.Retained) + " of log"},
		{"limit", slotLimit(s)},
	}
	if s.LostIn != nil {
		facts = append(facts, []string{"lasts", terminal.Duration(time.Duration(*s.LostIn*float64(time.Second))) + " at the present rate"})
	}
	a.printFacts(facts)
}

func slotLimit(s *status.Slot) string {
	switch {
	case s.Limit == nil:
		return "none (max_slot_wal_keep_size = -1): log is kept until the source's disk is full"
	case s.Safe == nil:
		return terminal.Bytes(*s.Limit)
	}
	return terminal.Bytes(*s.Limit) + ", of which " + terminal.Bytes(*s.Safe) + " are left"
}

// printFacts prints names and values, and wraps long values.
func (a *app) printFacts(rows [][]string) {
	terminal.Table(a.out, []terminal.Column{{}, {Wrap: true}}, rows...)
}

func (a *app) slotDrop() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "drop",
		Short: "Drop the slot of a replica that is given up, so that the source keeps no log for it",
		Long: `drop removes the replication slot from the source, and those of tables that were just joining. The replica can then not be continued, only loaded anew
with ` + "`syncer init --resync`" + `. It refuses while a syncer reads the slot. The publication stays: it keeps no log.`,
		Example: "  syncer slot drop --yes",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !yes {
				return fault.Usagef("the replica could not be continued afterwards, only loaded anew; say --yes when it is given up")
			}
			return a.onSource(c, func(ctx context.Context, cfg *config.Config, conn *pgx.Conn) error {
				slot, _, err := lookAtSlot(ctx, conn, cfg.Source.Slot)
				if err != nil {
					return err
				}
				if slot.Active {
					return fault.Unsafef("a syncer reads slot %q at this moment; stop it first", slot.Name)
				}
				if err := dropSlot(ctx, cfg); err != nil {
					return err
				}
				if a.json {
					return a.printJSON(map[string]any{"dropped": slot.Name, "freed_bytes": slot.Retained})
				}
				a.printResult("slot %s is dropped; the source may remove %s of log", slot.Name, terminal.Bytes(slot.Retained))
				return nil
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "the replica is given up")
	return a.jsonFlag(c)
}

// dropSlot drops the slot and those of tables that were joining. It uses a replication connection, on which the role that owns the slot
// needs no further right.
func dropSlot(ctx context.Context, cfg *config.Config) error {
	repl, err := link.Open(ctx, cfg.Source.DSN, link.Options{Name: "source.dsn", Application: "slot drop", Replication: true})
	if err != nil {
		return err
	}
	defer link.Close(repl)
	if err := publisher.DropSlot(ctx, repl, cfg.Source.Slot); err != nil {
		return err
	}
	_, err = publisher.DropJoinSlots(ctx, repl, cfg.Source.Slot, nil)
	return err
}
