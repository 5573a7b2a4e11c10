// Command testrun is behind scripts/test: it starts the servers that tests share, runs the tests of the modules
// and the browser journeys against copies of the demo, all in lanes beside each other, and sums up.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"portal.example/scripts/internal/gotest"
	"portal.example/scripts/internal/reach"
)

// options are what the command line asks for.
type options struct {
	browser bool
	changed bool
	base    string
	repeat  int
	load    bool
	paths   []string
}

func main() {
	var o options
	flag.BoolVar(&o.browser, "browser", true, "run the browser journeys")
	flag.BoolVar(&o.changed, "changed", false, "run only what the change since --base can reach")
	flag.StringVar(&o.base, "base", "", "the commit that --changed compares with; \"\" is origin/main or the commit before")
	flag.IntVar(&o.repeat, "repeat", 1, "run everything so many times, and count how often each package was green")
	flag.BoolVar(&o.load, "load", false, "keep all cores busy meanwhile")
	flag.Parse()
	o.paths = flag.Args()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ok, err := run(ctx, os.Getenv("PORTAL_ROOT"), o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "test:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, o options) (bool, error) {
	if err := os.Chdir(root); err != nil {
		return false, fmt.Errorf("repository: %w", err)
	}
	began := time.Now()
	selected, err := o.selection(ctx, root)
	if err != nil {
		return false, err
	}
	if len(selected.Packages) == 0 {
		fmt.Println("Nothing has changed.")
		return true, nil
	}
	if o.load {
		defer keepBusy()()
	}
	if o.repeat > 1 {
		return runRepeatedly(ctx, root, selected, o.repeat)
	}
	results, err := runAll(ctx, root, selected)
	if err != nil {
		return false, err
	}
	return summary(results, time.Since(began)), nil
}

func (o options) selection(ctx context.Context, root string) (selected reach.Selection, err error) {
	switch {
	case len(o.paths) > 0:
		selected, err = named(root, o.paths)
	case o.changed:
		selected, err = reached(ctx, root, o.base)
	default:
		selected = everything()
	}
	selected.Browser = selected.Browser && o.browser
	return selected, err
}

// summary prints the table that the whole ends in.
func summary(results []gotest.Result, took time.Duration) bool {
	ok := true
	fmt.Printf("\n%-18s %9s %7s %7s %8s %7s %9s\n", "", "packages", "passed", "failed", "skipped", "broken", "time")
	for _, r := range results {
		mark := ""
		if !r.OK() {
			ok, mark = false, "  FAILED"
		}
		fmt.Printf("%-18s %9d %7d %7d %8d %7d %7.1f s%s\n", r.Module, r.Packages, r.Passed, r.Failed, r.Skipped, r.Broken, r.Took.Seconds(), mark)
	}
	verdict := map[bool]string{true: "All tests passed", false: "TESTS FAILED"}[ok]
	fmt.Printf("\n%s (%s).\n", verdict, strings.TrimSuffix(took.Round(time.Second).String(), "0s"))
	return ok
}
