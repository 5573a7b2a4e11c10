package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"portal.example/scripts/internal/hall"
	"portal.example/scripts/internal/stack"
)

// receptionBase is the first port of the copy that is measured, unless PORTAL_PORT_BASE names another: not that of the demo.
const receptionBase = 28480

// measureReception measures a hall on the morning on which everybody wants to come.
func measureReception(ctx context.Context, args []string) error {
	o := hall.Options{Progress: os.Stderr}
	flags := flag.NewFlagSet("bench reception", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print the result as JSON")
	flags.IntVar(&o.People, "people", 5000, "people who book the same morning at once")
	flags.IntVar(&o.Windows, "windows", 20, "windows that receive appointments: each has about twenty places of a morning")
	flags.IntVar(&o.Displays, "displays", 300, "displays of the hall that are open while people are called")
	flags.IntVar(&o.Phones, "phones", 5000, "phones on which the page of an appointment is open; no more than people")
	flags.IntVar(&o.Calls, "calls", 15, "people who come, are called, served and go")
	flags.DurationVar(&o.Pause, "pause", time.Second, "pause between two acts of staff")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return flag.ErrHelp
	}
	if o.People < 10 || o.People > 9000 || o.Windows < 1 || o.Windows > 200 || o.Displays < 1 || o.Displays > 2000 || o.Phones < 1 || o.Calls < 1 || o.Calls > 200 || o.Pause < 0 {
		return errors.New("--people must be from 10 to 9000, --windows from 1 to 200, --displays from 1 to 2000, --phones 1 or more, --calls from 1 to 200")
	}
	o.Phones = min(o.Phones, o.People)
	layout, err := stack.Here(os.Getenv("PORTAL_ROOT"))
	if err != nil {
		return err
	}
	if o.Layout, err = ownCopy(layout); err != nil {
		return err
	}
	report, err := hall.Run(ctx, o)
	if report == nil {
		return err
	}
	report.Reckon()
	return errors.Join(err, printDesk(report, *asJSON))
}

// ownCopy is where the copy that is measured and deleted afterwards may be: at ports at which nothing is kept. What an earlier run left behind at the ports of
// this bench goes; what somebody keeps at ports that they named does not, whether it runs or not.
func ownCopy(layout stack.Layout) (stack.Layout, error) {
	if layout.Base == stack.DefaultBase {
		layout.Base = receptionBase
		if err := layout.Reset(); err != nil {
			return layout, fmt.Errorf("a copy of an earlier run at port %d: %w", layout.Base, err)
		}
		return layout, nil
	}
	if there := layout.Deletes(); len(there) > 0 {
		return layout, fmt.Errorf("a copy is kept at port %d, and this run would delete it: %s; name other ports in PORTAL_PORT_BASE", layout.Base, strings.Join(there, ", "))
	}
	return layout, nil
}
