package main

import (
	"github.com/spf13/cobra"

	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/relation"
)

func (a *app) check() *cobra.Command {
	c := &cobra.Command{
		Use:   "check",
		Short: "Look at both sides and say what is wrong and which SQL mends it",
		Long: `check compares the whitelist with both databases and every address in the configuration. It changes
nothing. What it finds is one of:

  refuse   init and run will not start before a person mends it
  todo     init will do it
  warning  works, but ought to be mended

It exits with 3 when something is refused.`,
		Example: "  syncer check\n  syncer check --json | jq '.findings[] | select(.level==\"refuse\")'",
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
			if a.json {
				if err := a.printJSON(report); err != nil {
					return err
				}
				return report.Err()
			}
			a.printFindings(report.Findings)
			return report.Err()
		},
	}
	return a.jsonFlag(c)
}

func (a *app) printFindings(findings []relation.Finding) {
	if len(findings) == 0 {
		a.printf("everything is as it should be\n")
	}
	for _, f := range findings {
		a.printf("%-8s %s %s: %s\n", f.Level, f.Side, f.Subject, f.Text)
		for _, sql := range f.Mend {
			a.printf("         %s\n", sql)
		}
	}
}
