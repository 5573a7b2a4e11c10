package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"portal.example/scripts/internal/replication"
)

// compareReplication measures the syncer beside PostgreSQL's own replication, on clusters made for it.
func compareReplication(ctx context.Context, args []string) error {
	root := os.Getenv("PORTAL_ROOT")
	o := replication.Options{Progress: os.Stderr}
	flags := flag.NewFlagSet("bench replication", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print the result as JSON")
	only := flags.String("only", "", "scenarios to run, with commas between; they are:\n"+replication.Scenarios())
	keep := flags.Bool("keep", false, "keep the logs of servers and syncers in .run/logs/bench")
	flags.IntVar(&o.Rounds, "rounds", 3, "turns of each contender")
	flags.BoolVar(&o.Quick, "quick", false, "a tenth of the data, and one round unless --rounds says more")
	flags.DurationVar(&o.Calm, "calm", 0, "wait before each leg until other programs use less than a tenth of the machine, for at most this long")
	flags.StringVar(&o.Syncer, "syncer", filepath.Join(root, ".run/bin/syncer"), "the program to measure")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return flag.ErrHelp
	}
	if o.Quick && !given(flags, "rounds") {
		o.Rounds = 1
	}
	if o.Rounds < 1 || o.Rounds > 100 {
		return errors.New("--rounds must be between 1 and 100")
	}
	if *only != "" {
		o.Only = strings.Split(*only, ",")
	}
	if *keep {
		o.LogsTo = filepath.Join(root, ".run/logs/bench")
	}
	return measureAlone(ctx, root, o, *asJSON)
}

func given(flags *flag.FlagSet, name string) (found bool) {
	flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// measureAlone refuses to run beside another benchmark: both would measure each other.
func measureAlone(ctx context.Context, root string, o replication.Options, asJSON bool) error {
	lock, err := os.OpenFile(filepath.Join(root, ".run/bench.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.New("another scripts/bench replication is at work, and the two would measure each other; try again when it is done")
	}
	report, err := replication.Run(ctx, o)
	if report == nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		return errors.Join(err, encoder.Encode(report))
	}
	report.Print(os.Stdout)
	return err
}
