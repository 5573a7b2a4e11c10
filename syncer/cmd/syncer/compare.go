package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/terminal"
)

const defaultKeys = 10

func (a *app) compareCommand() *cobra.Command {
	var o compare.Options
	c := &cobra.Command{
		Use:   "compare",
		Short: "Prove that the replica equals its source, or name the rows and objects that differ",
		Long: `compare looks at source and target at one position of the source's log and compares exactly what the
whitelist lets out: every row of every table, and every object that rows name. The stream goes on meanwhile;
nothing is locked and nothing is changed. A row that differs is looked at once more at a later position before
it is reported, so a difference is a fact.

It works with a running syncer, and without one when the source has not changed since. Tables that are still
being loaded are skipped, and said to be. While it works both servers keep old versions of rows, as for a dump.

The running syncer does the same by itself, slowly (compare.every); ` + "`syncer status`" + ` says what it found.

Exit code 0: all equal. 3: something differs. 1: something could not be compared.`,
		Example: `  syncer compare
  syncer compare --table catalogue.services --keys 100
  syncer compare --deep                 # read and hash every object, too
  syncer compare --json | jq '.tables[] | select(.state != "equal")'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.compareOptions(&o); err != nil {
				return err
			}
			show := &phases{app: a}
			o.OnProgress = show.showPhase
			r, err := compare.Compare(c.Context(), o)
			show.endPhase(err != nil)
			if err != nil {
				return err
			}
			if a.json {
				if err := a.printJSON(r); err != nil {
					return err
				}
			} else {
				a.printComparison(r)
			}
			return comparedError(r)
		},
	}
	a.compareFlags(c, &o)
	return a.jsonFlag(c)
}

func (a *app) compareFlags(c *cobra.Command, o *compare.Options) {
	f := c.Flags()
	f.StringArrayVar(&o.Tables, "table", nil, "only this `TABLE`, as the whitelist names it; may be given several times")
	f.IntVar(&o.Workers, "workers", 4, "how many connections read on each side")
	f.IntVar(&o.Keys, "keys", defaultKeys, "how many keys to print of each table")
	f.DurationVar(&o.Wait, "wait", time.Minute, "how long the replica may take to reach the source's position")
	f.BoolVar(&o.NoObjects, "no-objects", false, "leave the object store alone")
	f.BoolVar(&o.Deep, "deep", false, "read every object and compare its SHA-256")
	_ = c.RegisterFlagCompletionFunc("table", a.completeTables)
}

// compareOptions completes the flags from the configuration and refuses those that make no sense.
func (a *app) compareOptions(o *compare.Options) (err error) {
	if o.Config, o.List, err = a.loadFiles(); err != nil {
		return err
	}
	switch {
	case o.Workers < 1 || o.Workers > 64:
		return fault.Usagef("--workers must be between 1 and 64")
	case o.Keys < 0:
		return fault.Usagef("--keys must not be negative")
	case o.Wait <= 0:
		return fault.Usagef("--wait must be positive, for example 30s")
	case o.NoObjects && o.Deep:
		return fault.Usagef("--deep and --no-objects exclude each other")
	case len(o.Tables) > 0 && o.Deep:
		return fault.Usagef("--deep and --table exclude each other; objects are compared without --table")
	}
	for i, name := range o.Tables {
		if !strings.Contains(name, ".") {
			o.Tables[i] = "public." + name
		}
	}
	o.NoObjects = o.NoObjects || len(o.Tables) > 0
	return nil
}

// comparedError returns the error that decides the exit code. That something differs is worse than that something could not be compared.
func comparedError(r *compare.Report) error {
	if !r.Equal {
		return fault.Unsafef("the replica differs from its source: %s; `syncer repair --dry-run` shows what would be done", r.Differences())
	}
	return incompleteError(r)
}

func incompleteError(r *compare.Report) error {
	if r.Complete {
		return nil
	}
	var names []string
	for _, t := range r.Tables {
		if t.State == compare.Skipped || t.State == compare.Failed {
			names = append(names, t.Name)
		}
	}
	return fmt.Errorf("not everything could be compared: %s", strings.Join(names, ", "))
}

// phases shows one line of progress after another. Its method tell is called from several goroutines.
type phases struct {
	app     *app
	mu      sync.Mutex
	line    *terminal.Progress
	current string
}

func (s *phases) showPhase(p compare.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != p.Phase {
		s.line.Finish()
		unit := "rows"
		if p.Phase == compare.PhaseObjects {
			unit = "objects"
		}
		s.current, s.line = p.Phase, s.app.newProgress(p.Phase, p.Total).Of(unit)
	}
	s.line.Total(p.Total)
	s.line.Set(p.Done)
}

// endPhase ends the last line. failed says that the work was not finished.
func (s *phases) endPhase(failed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if failed {
		s.line.Stop()
		return
	}
	s.line.Finish()
}
