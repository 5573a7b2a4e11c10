package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/requests"
	"portal.example/shared/pg"
)

func newReckon() *cobra.Command {
	return &cobra.Command{
		Use:   "reckon",
		Short: "Count terms and turns of open cases, and the figures of all, anew",
		Long: "Counts anew, case by case while people work, until when each open case and stage lasts by the calendar of days off,\n" +
			"and whose turn it is; writes what differs, with a record in the history of each case whose days moved. Then what\n" +
			"statistics count of the cases that have come to their end. The site does so by itself after a change of the calendar;\n" +
			"this is for an installation in which something else has changed cases.",
		Args: cobra.NoArgs,
		RunE: reckon,
	}
}

func reckon(cmd *cobra.Command, _ []string) error {
	c, err := load(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	pool, err := pg.Open(ctx, c.Database.DSN, pg.Options{MaxConns: 3, ApplicationName: "internal-site reckon"})
	if err != nil {
		return err
	}
	defer pool.Close()
	store := cases.NewStore(pool)
	store = store.Followed(requests.NewStore(pool, store), questions.NewStore(pool), checks.NewStore(pool))
	recount, err := store.RecountAll(ctx)
	if err != nil {
		return err
	}
	turns, err := store.Reckon(ctx)
	if err != nil {
		return err
	}
	figures, err := store.MeasureAll(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "open cases: %d; terms moved: %d; turns mended: %d\nall cases: %d; figures mended: %d\n",
		recount.Seen, recount.Moved, turns, figures.Seen, figures.Changed)
	return err
}
