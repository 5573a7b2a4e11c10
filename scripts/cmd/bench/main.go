// Command bench is behind scripts/bench: each verb measures one promise of the portal. Results go to
// standard output, everything else to standard error.
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
var verbs = map[string]func(ctx context.Context, args []string) error{
	"desk":        measureDesk,
	"freshness":   onDemo(freshness),
	"reception":   measureReception,
	"replication": compareReplication,
	"web":         measureWeb,
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

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || verbs[args[0]] == nil {
		return errors.New("usage: scripts/bench desk|freshness|reception|replication|web [flags]; --help after the verb lists them")
	}
	return verbs[args[0]](ctx, args[1:])
}

// onDemo gives a verb the demo, the running one or one that is started for it and stopped afterwards.
func onDemo(verb func(ctx context.Context, st stack.Status, args []string) error) func(context.Context, []string) error {
	return func(ctx context.Context, args []string) (err error) {
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
		return verb(ctx, st, args)
	}
}
