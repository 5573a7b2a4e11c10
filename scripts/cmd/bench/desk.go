package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"time"

	"portal.example/scripts/internal/desk"
)

// measureDesk measures the staff site over a region with years of cases.
func measureDesk(ctx context.Context, args []string) error {
	o := desk.Options{Progress: os.Stderr}
	flags := flag.NewFlagSet("bench desk", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print the result as JSON")
	flags.IntVar(&o.Cases, "cases", 1_000_000, "cases of the large region; the small one has a tenth. A region that is there already is used again")
	flags.StringVar(&o.Folder, "folder", "/var/tmp/portal-desk", "where the regions are kept: about 10 GiB for a million cases")
	flags.IntVar(&o.People, "people", 50, "people at work at a time")
	flags.DurationVar(&o.Think, "think", 4*time.Second, "how long each of them thinks between two pages, in the mean")
	flags.DurationVar(&o.Leg, "leg", time.Minute, "how long each leg lasts")
	flags.IntVar(&o.Rounds, "rounds", 3, "legs of each region, one after the other")
	flags.IntVar(&o.Clerks, "clerks", 10, "clerks who register at a time afterwards; 0 leaves that out")
	flags.StringVar(&o.Site, "site", filepath.Join(os.Getenv("PORTAL_ROOT"), ".run/bin/internal-site"), "the program to measure")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return flag.ErrHelp
	}
	if o.Cases < 10_000 || o.Cases > 5_000_000 || o.People < 1 || o.People > 500 || o.Rounds < 1 || o.Leg < time.Second {
		return errors.New("--cases must be between 10000 and 5000000, --people between 1 and 500, --rounds 1 or more, --leg a second or more")
	}
	report, err := desk.Run(ctx, o)
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
