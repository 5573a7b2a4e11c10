// Command syncer replicates whitelisted tables, columns, rows and documents from one PostgreSQL to
// another, and fetches sealed messages the other way. One verb per file; everything else is in internal.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/terminal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes the command line and returns the exit code.
func run(ctx context.Context, args []string, out, problems io.Writer) int {
	root := newRoot(out, problems)
	root.SetArgs(args)
	telling := locks.Telling(ctx, func(line string) { _, _ = fmt.Fprintln(problems, "syncer: "+terminal.Clean(line)) })
	err := root.ExecuteContext(telling)
	switch {
	case err != nil && ctx.Err() != nil:
		_, _ = fmt.Fprintln(problems, "syncer: interrupted; the same command goes on")
	case err != nil:
		_, _ = fmt.Fprintln(problems, "syncer: "+terminal.Clean(link.Text(err)))
	}
	return fault.ExitCode(err)
}
