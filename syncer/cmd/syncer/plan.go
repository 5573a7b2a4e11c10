package main

import (
	"github.com/spf13/cobra"

	"portal.example/syncer/internal/prepare"
)

func (a *app) plan() *cobra.Command {
	c := &cobra.Command{
		Use:   "plan",
		Short: "Print the SQL that init would run on each side; change nothing",
		Long: `plan prints what init would do: replica identities, the publication with its column lists and row filters,
and grants on the source; tables, schema sync and grants on the target. Someone else may run it by hand.
It prints nothing when something is refused: run check.`,
		Example: "  syncer plan > plan.sql\n  syncer plan --json",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, list, err := a.load()
			if err != nil {
				return err
			}
			report, err := prepare.Examine(c.Context(), cfg, list)
			if err != nil {
				return err
			}
			if err := report.Err(); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"steps": report.Steps})
			}
			for _, side := range []string{"source", "target"} {
				a.printSteps(side, report.Steps)
			}
			return nil
		},
	}
	return a.jsonFlag(c)
}

func (a *app) printSteps(side string, steps []prepare.Step) {
	a.printf("-- on the %s, as %s.admin_dsn\n", side, side)
	n := 0
	for _, s := range steps {
		if s.Side == side {
			a.printf("%s\n", s.SQL)
			n++
		}
	}
	if n == 0 {
		a.printf("-- nothing to do\n")
	}
	a.printf("\n")
}
