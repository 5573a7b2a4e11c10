// Command bench is behind scripts/bench: each verb measures one promise of the portal on the demo, running
// or started for the purpose. Results go to standard output, everything else to standard error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"portal.example/scripts/internal/stack"
)

// verbs: name -> what it measures, given its own arguments.
var verbs = map[string]func(ctx context.Context, st stack.Status, args []string) error{
	"freshness": freshness,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) == 0 || verbs[args[0]] == nil {
		return errors.New("usage: scripts/bench freshness [--json] [--changes N]")
	}
	layout, err := stack.Here(os.Getenv("PORTAL_ROOT"))
	if err != nil {
		return err
	}
	st, err := layout.Status()
	if err != nil {
		return err
	}
	if st.State != stack.StateRunning {
		stop, err := layout.StartChild(ctx, os.Stderr)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
		if st, err = layout.Status(); err != nil {
			return err
		}
	}
	return verbs[args[0]](ctx, st, args[1:])
}
