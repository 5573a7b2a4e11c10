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
)

func main() {
	browser := flag.Bool("browser", true, "run the browser journeys")
	changed := flag.Bool("changed", false, "run only what the change since --base can reach")
	base := flag.String("base", "", "the commit that --changed compares with; \"\" is origin/main or the commit before")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ok, err := run(ctx, os.Getenv("PORTAL_ROOT"), *browser, *changed, *base)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "test:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, browser, changed bool, base string) (bool, error) {
	if err := os.Chdir(root); err != nil {
		return false, fmt.Errorf("repository: %w", err)
	}
	began := time.Now()
	selected := everything()
	if changed {
		var err error
		if selected, err = reached(ctx, root, base); err != nil {
			return false, err
		}
		if len(selected.Packages) == 0 {
			fmt.Println("Nothing has changed.")
			return true, nil
		}
	}
	selected.Browser = selected.Browser && browser
	results, err := runAll(ctx, root, selected)
	if err != nil {
		return false, err
	}
	return summary(results, time.Since(began)), nil
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
