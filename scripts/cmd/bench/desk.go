package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"time"

	"portal.example/scripts/internal/desk"
)

// measureDesk measures the staff site over a region with years of cases.
func measureDesk(ctx context.Context, args []string) error {
	o := desk.Options{Progress: os.Stderr}
	flags := flag.NewFlagSet("bench desk", flag.ContinueOnError)
	count := flags.Bool("count", false, "count the statements and buffers of each page instead, which a busy machine does not change")
	flags.StringVar(&o.Of, "of", "", "count only the kinds of page whose names begin with that, and list their statements")
	asJSON := flags.Bool("json", false, "print the result as JSON")
	flags.IntVar(&o.Cases, "cases", 1_000_000, "cases of the large region. A region that is there already is used again")
	flags.IntVar(&o.Small, "small", 0, "cases of the small region; 0 is a tenth of the large one's")
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
	if o.Cases < 10_000 || o.Cases > 5_000_000 || o.People < 1 || o.People > 500 || o.Rounds < 0 || o.Leg < time.Second {
		return errors.New("--cases must be between 10000 and 5000000, --people between 1 and 500, --rounds 0 (clerks alone) or more, --leg a second or more")
	}
	if o.Small == 0 {
		o.Small = o.Cases / 10
	}
	if o.Small < 1000 || o.Small > o.Cases {
		return errors.New("--small must be between 1000 and --cases")
	}
	if *count {
		counts, err := desk.Count(ctx, o)
		if counts == nil {
			return err
		}
		return errors.Join(err, printDesk(counts, *asJSON))
	}
	report, err := desk.Run(ctx, o)
	if report == nil {
		return err
	}
	return errors.Join(err, printDesk(report, *asJSON))
}

func printDesk(result interface{ Print(w io.Writer) }, asJSON bool) error {
	if !asJSON {
		result.Print(os.Stdout)
		return nil
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}
