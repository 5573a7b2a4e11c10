// Command syncer replicates whitelisted tables, columns, rows and documents from one PostgreSQL to
// another, and fetches sealed messages the other way. One verb per file; everything else is in internal.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"portal.example/shared/fault"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "syncer: "+strings.Join(strings.Fields(err.Error()), " "))
	}
	return fault.ExitCode(err)
}
