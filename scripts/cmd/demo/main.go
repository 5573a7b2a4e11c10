// Command demo is behind scripts/demo: it runs both nodes of the portal on this machine. What it does is in
// scripts/internal/stack; here the command line is read and errors become exit codes.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"portal.example/scripts/internal/postoffice"
	"portal.example/scripts/internal/stack"
)

const usage = `usage: scripts/demo [--detach] | stop | status [--json] | reset [--yes]

  scripts/demo              start, and stay until Ctrl-C
  scripts/demo --detach     start, and return once everything works
  scripts/demo stop         stop everything, in order
  scripts/demo status       what runs where; --json for other programs
  scripts/demo reset        stop, and delete databases, objects, keys and logs of this copy

Ports begin at PORTAL_PORT_BASE (8080).`

func main() {
	err := run(os.Args[1:])
	var wrong usageError
	switch {
	case errors.As(err, &wrong):
		fmt.Fprintf(os.Stderr, "demo: %v\n%s\n", err, usage)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

type usageError struct{ error }

func run(args []string) error {
	if len(args) == 7 && args[0] == "post-office" { // the supervisor starts it, nobody types it
		return postOffice(args[1:])
	}
	layout, err := stack.Here(os.Getenv("PORTAL_ROOT"))
	if err != nil {
		return usageError{err}
	}
	switch strings.Join(args, " ") {
	case "":
		return up(layout)
	case "--detach":
		return detach(layout)
	case "stop":
		return stop(layout)
	case "status":
		return status(layout, false)
	case "status --json":
		return status(layout, true)
	case "reset", "reset --yes":
		return reset(layout, len(args) == 2)
	}
	return usageError{fmt.Errorf("%q is not understood", strings.Join(args, " "))}
}

func postOffice(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	identity, err := stack.IdentityProvider("http://"+args[2], args[4], args[5])
	if err != nil {
		return err
	}
	register, err := stack.Register()
	if err != nil {
		return err
	}
	return postoffice.Run(ctx, postoffice.Addresses{Mail: args[0], SMSC: args[1], Page: args[2]}, postoffice.Credentials{SystemID: "portal", Password: args[3]},
		map[string]http.Handler{"/id/": identity, "/laws/": register})
}

func up(l stack.Layout) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := stack.NewSupervisor(l, os.Stdout).Run(ctx)
	if errors.Is(err, stack.ErrRunning) {
		return fmt.Errorf("%w: scripts/demo status shows it, scripts/demo stop ends it", err)
	}
	return err
}

func detach(l stack.Layout) error {
	if st, err := l.Status(); err == nil && st.State == stack.StateRunning {
		fmt.Println("It runs already.")
		fmt.Print(l.Addresses())
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	return l.Detach(os.Stdout, self)
}

func stop(l stack.Layout) error {
	ran, err := l.Stop()
	if err == nil {
		fmt.Println(map[bool]string{true: "Stopped.", false: "It was not running."}[ran])
	}
	return err
}

func status(l stack.Layout, asJSON bool) error {
	st, err := l.Status()
	if err != nil {
		return err
	}
	if asJSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(st)
	}
	fmt.Println(st.State)
	for _, p := range st.Processes {
		fmt.Printf("  %-20s pid %-8d %s\n", p.Name, p.PID, p.Log)
	}
	if st.State == stack.StateRunning {
		fmt.Print(l.Addresses())
	}
	return nil
}

func reset(l stack.Layout, yes bool) error {
	folders := l.Deletes()
	if len(folders) == 0 {
		fmt.Println("There is nothing to delete.")
		return nil
	}
	fmt.Printf("This deletes all databases, objects, keys, settings and logs of this copy:\n  %s\n", strings.Join(folders, "\n  "))
	if !yes && interactive() && !confirmed() {
		return errors.New("nothing was deleted")
	}
	if _, err := l.Stop(); err != nil {
		return err
	}
	return l.Reset()
}

// interactive is true when a person sits at the terminal; scripts are not asked.
func interactive() bool {
	info, err := os.Stdin.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("CI") == "" && isTerminal(os.Stdin)
}

func confirmed() bool {
	fmt.Print("Type yes to go on: ")
	var answer string
	_, _ = fmt.Scanln(&answer) // no answer is a no
	return answer == "yes"
}
