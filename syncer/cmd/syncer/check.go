package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"portal.example/syncer/internal/prepare"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/terminal"
)

func (a *app) checkCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "check",
		Short: "Look at both sides and say what is wrong and which SQL mends it",
		Long: `check compares the whitelist with both databases and every address in the configuration. It changes
nothing. What init would do to the source it does too, with source.admin_dsn, in transactions that are rolled back:
what check lets pass, PostgreSQL lets pass. Where that role may not, check says what was not tried. It waits for no
lock longer than half a second, and takes none that keeps others from reading or writing. What it finds is one of:

  refuse   init and run will not start before a person mends it
  todo     init will do it
  warning  works, but ought to be mended

Findings are listed by side, what is refused first; the SQL below each mends it on that side.
It exits with 3 when something is refused, or when the application on the source suffers right now.`,
		Example: "  syncer check\n  syncer check --json | jq '.findings[] | select(.level==\"refuse\")'",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, list, err := a.loadFiles()
			if err != nil {
				return err
			}
			report, err := prepare.Check(c.Context(), cfg, list)
			if err != nil {
				return err
			}
			if a.json {
				if err := a.printJSON(report); err != nil {
					return err
				}
				return cmp.Or(report.Err(), report.Urgent())
			}
			a.printFindings(report.Findings)
			return cmp.Or(report.Err(), report.Urgent())
		},
	}
	return a.jsonFlag(c)
}

var (
	levels = []relation.Level{relation.Refuse, relation.Todo, relation.Warning, relation.Fine}
	sides  = []string{"source", "target", "documents", "inbound"}
)

// printFindings lists the findings by side, the worst first.
func (a *app) printFindings(findings []relation.Finding) {
	if len(findings) == 0 {
		a.printf("everything is as it should be\n")
		return
	}
	findings = slices.Clone(findings)
	slices.SortStableFunc(findings, func(x, y relation.Finding) int {
		return cmp.Or(cmp.Compare(place(sides, x.Side), place(sides, y.Side)), cmp.Compare(place(levels, x.Level), place(levels, y.Level)))
	})
	side := ""
	for _, f := range findings {
		if f.Side != side {
			if side != "" {
				a.printf("\n")
			}
			side = f.Side
			a.printf("%s\n", a.out.Bold(strings.ToUpper(side)))
		}
		a.printFinding(f)
	}
	a.printf("\n%s\n", countFindings(findings))
}

// place returns the position of v in the order; what is not in it comes last.
func place[T comparable](order []T, v T) int {
	if i := slices.Index(order, v); i >= 0 {
		return i
	}
	return len(order)
}

// indent stands before every line of a finding except the first.
const indent = "          "

func (a *app) printFinding(f relation.Finding) {
	level := fmt.Sprintf("%-8s", f.Level)
	switch f.Level {
	case relation.Refuse:
		level = a.out.Bad(level)
	case relation.Warning:
		level = a.out.Warn(level)
	}
	lines := terminal.Wrap(terminal.Clean(f.Subject+": "+f.Text), a.out.Width()-len(indent))
	a.printf("  %s%s\n", level, strings.Join(lines, "\n"+indent))
	for _, sql := range f.Mend {
		a.printf("%s\n", mendLines(sql))
	}
}

// mendLines indents SQL so that it can be copied. Of a long script it shows only the beginning.
func mendLines(sql string) string {
	const most = 6
	lines := strings.Split(strings.TrimRight(sql, "\n"), "\n")
	if n := len(lines); n > most {
		lines = append(lines[:most], fmt.Sprintf("-- … %d more lines; `syncer plan` prints them all", n-most))
	}
	return indent + "  " + strings.Join(lines, "\n"+indent+"  ")
}

func countFindings(findings []relation.Finding) string {
	count := map[relation.Level]int64{}
	for _, f := range findings {
		count[f.Level]++
	}
	text := fmt.Sprintf("%d refused, %d for init to do, %d warnings", count[relation.Refuse], count[relation.Todo], count[relation.Warning])
	if count[relation.Refuse] == 0 && count[relation.Todo] > 0 {
		text += "; `syncer init` does them, `syncer plan` prints their SQL"
	}
	return text
}
