package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/terminal"
)

func (a *app) repairCommand() *cobra.Command {
	var o compare.Options
	var dryRun bool
	c := &cobra.Command{
		Use:   "repair",
		Short: "Make rows and objects that differ equal again, while the stream goes on",
		Long: `repair compares, as ` + "`syncer compare`" + ` does, and then puts right what differs: missing rows are inserted, different
ones changed, extra ones deleted, each as it is in the source at the position at which the writer waits for it.
A newer change is never undone. Objects that are missing or different are copied again by the syncer, and those
that no row names are removed by it.

Only the whitelisted columns are written; columns of the target's own keep their values. --dry-run shows what
would be done and changes nothing. Find out first why the rows differ: somebody may be writing to the replica.

The running syncer repairs by itself where its configuration says so (compare.repair), up to compare.repair_limit
rows of a pass.

Exit code 0: all is right now. 3: something still differs, or would be changed (--dry-run).`,
		Example: `  syncer repair --dry-run
  syncer repair
  syncer repair --table catalogue.services`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := a.compareOptions(&o); err != nil {
				return err
			}
			show := &phases{app: a}
			o.OnProgress = show.showPhase
			out, err := compare.Repair(c.Context(), o, dryRun)
			show.endPhase(err != nil)
			if err != nil {
				return err
			}
			if a.json {
				if err := a.printJSON(out); err != nil {
					return err
				}
			} else {
				a.printRepair(out)
			}
			return repairedError(out)
		},
	}
	a.compareFlags(c, &o)
	c.Flags().BoolVar(&dryRun, "dry-run", false, "show what would be done and change nothing")
	return a.jsonFlag(c)
}

func (a *app) printRepair(out *compare.Outcome) {
	a.printComparison(out.Report)
	a.printf("\n")
	var insert, change, remove int64
	for _, t := range out.Tables {
		insert, change, remove = insert+t.Missing, change+t.Different, remove+t.Extra
	}
	o := out.Objects
	if o == nil {
		o = &compare.Objects{}
	}
	switch {
	case out.Equal:
		a.printf("There is nothing to mend.\n")
	case out.DryRun:
		a.printf("Would insert %s, change %s and delete %s rows%s. Nothing was changed.\n", terminal.Count(insert), terminal.Count(change), terminal.Count(remove),
			objectsToo("; would copy %s objects again and remove %s", o.Missing+o.Different+o.Failed, o.Extra))
	default:
		a.printf("%s rows are right now%s.\n", terminal.Count(out.Mended), objectsToo("; the syncer will copy or remove %s objects", out.Asked))
	}
	a.printUnmended(out)
}

// objectsToo adds the part about objects to a sentence, if there is any.
func objectsToo(format string, numbers ...int64) string {
	var all int64
	texts := make([]any, len(numbers))
	for i, n := range numbers {
		all += n
		texts[i] = terminal.Count(n)
	}
	if all == 0 {
		return ""
	}
	return fmt.Sprintf(format, texts...)
}

func (a *app) printUnmended(out *compare.Outcome) {
	if len(out.Unmended) == 0 {
		return
	}
	keys := map[string][]string{}
	for _, t := range out.Tables {
		keys[t.Name] = t.KeyColumns
	}
	var rows [][]string
	for _, u := range out.Unmended {
		rows = append(rows, []string{u.Table, keyOf(keys[u.Table], u.Row.Key), u.Reason})
	}
	a.printf("\n")
	terminal.Table(a.out, []terminal.Column{{Title: "table", Cut: true}, {Title: "key", Cut: true}, {Title: "still differs because", Wrap: true}}, rows...)
}

// repairedError returns the error that decides the exit code.
func repairedError(out *compare.Outcome) error {
	switch {
	case out.DryRun && !out.Equal:
		return fault.Unsafef("the replica differs from its source: %s; `syncer repair` would mend it", out.Differences())
	case !out.Clean():
		return fault.Unsafef("not everything could be mended: %d rows still differ; `syncer compare` shows them", len(out.Unmended))
	}
	return incompleteError(out.Report)
}
