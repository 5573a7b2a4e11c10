package main

import (
	"time"

	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/prepare"
)

func (a *app) planCommand() *cobra.Command {
	var side string
	c := &cobra.Command{
		Use:   "plan",
		Short: "Print the SQL that init would run on each side; change nothing",
		Long: `plan prints what init would do: replica identities, the publication with its column lists and row filters,
and grants on the source; tables, schema sync and grants on the target. Someone else may run it by hand:
--side prints one side for psql, which stops at the first error. It is to run as the owner of the tables.

It prints nothing when something is refused: run check.`,
		Example: `  syncer plan
  syncer plan --side source | psql "$SOURCE_OWNER"
  syncer plan --side target | psql "$TARGET_OWNER"
  syncer plan --json | jq -r '.steps[].sql'`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if side != "" && side != "source" && side != "target" {
				return fault.Usagef("--side %q is neither source nor target", side)
			}
			cfg, list, err := a.loadFiles()
			if err != nil {
				return err
			}
			report, err := prepare.Plan(c.Context(), cfg, list)
			if err != nil {
				return err
			}
			if err := report.Err(); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"steps": ofSide(report.Steps, side)})
			}
			a.printPlan(report.Steps, side, cfg.Source.LockTimeout)
			return nil
		},
	}
	c.Flags().StringVar(&side, "side", "", "only source or only target, for psql")
	oneOf(c, "side", "source", "target")
	return a.jsonFlag(c)
}

// ofSide returns the steps of one side, or all of them.
func ofSide(steps []prepare.Step, side string) []prepare.Step {
	some := []prepare.Step{}
	for _, s := range steps {
		if side == "" || s.Side == side {
			some = append(some, s)
		}
	}
	return some
}

func (a *app) printPlan(steps []prepare.Step, only string, timeout time.Duration) {
	for _, side := range []string{"source", "target"} {
		if only == "" || only == side {
			a.printSteps(side, ofSide(steps, side), only != "", timeout)
		}
	}
}

// printSteps prints the steps. Those of the source are printed in one transaction: between the change of a replica identity and that of the
// publication, the application could not change its rows.
func (a *app) printSteps(side string, steps []prepare.Step, psql bool, timeout time.Duration) {
	a.printf("-- on the %s, as %s.admin_dsn\n", side, side)
	if len(steps) == 0 {
		a.printf("-- nothing to do\n\n")
		return
	}
	if side == "source" {
		a.printf("-- %s\n", prepare.Migrations)
	}
	if psql {
		a.printf("\\set ON_ERROR_STOP on\n")
	}
	open := false // a transaction
	for _, s := range steps {
		switch {
		case s.Alone && open:
			open = false
			a.printf("COMMIT;\n")
		case !s.Alone && !open && side == "source":
			open = true
			a.printf("BEGIN;\nSET LOCAL lock_timeout = '%dms'; -- when somebody is in the way, end that or try again\n", timeout.Milliseconds())
		}
		if s.Alone {
			a.printf("-- cannot run inside a transaction:\n")
		}
		a.printf("%s\n", s.SQL)
	}
	if open {
		a.printf("COMMIT;\n")
	}
	a.printf("\n")
}
