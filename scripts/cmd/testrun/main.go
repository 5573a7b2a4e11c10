// Command testrun is behind scripts/test: it starts the servers that tests share, runs the tests of every
// module, then the browser journeys against a copy of the demo, and sums up.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"portal.example/scripts/internal/gotest"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

var modules = []string{"shared", "internal-site", "external-site", "syncer", "scripts"}

func main() {
	browser := flag.String("browser", "yes", "run the browser journeys: yes or no")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ok, err := run(ctx, os.Getenv("PORTAL_ROOT"), *browser == "yes")
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "test:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, browser bool) (bool, error) {
	if err := os.Chdir(root); err != nil {
		return false, fmt.Errorf("repository: %w", err)
	}
	began := time.Now()
	results, err := goTests(ctx, root)
	if err != nil {
		return false, err
	}
	if browser {
		fmt.Println("\nbrowser journeys")
		result, err := journeys(ctx, root)
		if err != nil {
			fmt.Println(err)
			result.Broken++
		}
		results = append(results, result)
	}
	return summary(results, time.Since(began)), nil
}

// goTests runs every module's tests on one cluster and one store, which are gone afterwards.
func goTests(ctx context.Context, root string) (results []gotest.Result, err error) {
	cluster, err := pgtest.Launch(pgtest.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	store, err := blobtest.Launch()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	shared := []string{pgtest.EnvCluster + "=" + cluster.DSN("postgres"), blobtest.EnvStore + "=" + store.URL()}
	for _, module := range modules {
		env := shared
		if module == "scripts" {
			env = append(env[:len(env):len(env)], "GOWORK=off")
		}
		fmt.Printf("\n%s\n", module)
		result, err := gotest.Run(ctx, os.Stdout, module, filepath.Join(root, module), env)
		if err != nil {
			return results, err
		}
		if ctx.Err() != nil {
			return results, errors.New("interrupted")
		}
		results = append(results, result)
	}
	return results, nil
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
