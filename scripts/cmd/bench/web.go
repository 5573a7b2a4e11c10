package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"portal.example/scripts/internal/public"
)

// measureWeb measures the public site beside nginx and over a large region.
func measureWeb(ctx context.Context, args []string) error {
	o := public.Options{Progress: os.Stderr}
	flags := flag.NewFlagSet("bench web", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print the result as JSON")
	connections := flags.String("connections", "1,16,64", "how many connections at a time beside nginx")
	flags.IntVar(&o.Services, "services", 100_000, "services of the large region; the small one has a hundredth")
	flags.IntVar(&o.Rounds, "rounds", 3, "measurements of each, in turn")
	flags.DurationVar(&o.Leg, "leg", 3*time.Second, "how long each of them lasts")
	flags.IntVar(&o.Slow, "slow", 10_000, "slow connections; 0 leaves that out")
	flags.StringVar(&o.Site, "site", filepath.Join(os.Getenv("PORTAL_ROOT"), ".run/bin/external-site"), "the program to measure")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return flag.ErrHelp
	}
	for text := range strings.SplitSeq(*connections, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 || n > 1000 {
			return errors.New("--connections must be numbers from 1 to 1000, with commas between them")
		}
		o.Connections = append(o.Connections, n)
	}
	if o.Services < 1000 || o.Services > 1_000_000 || o.Rounds < 1 || o.Leg < 100*time.Millisecond || o.Slow < 0 || o.Slow > 15_000 {
		return errors.New("--services must be from 1000 to 1000000, --rounds 1 or more, --leg 100ms or more, --slow from 0 to 15000")
	}
	report, err := public.Run(ctx, o)
	if report == nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		return errors.Join(err, encoder.Encode(report))
	}
	report.Print(os.Stdout)
	return err
}
