package main

import (
	"context"
	"io/fs"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/paths"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/pg"
)

func newImportElsewhere() *cobra.Command {
	var flags importFlags
	cmd := &cobra.Command{
		Use:   "elsewhere",
		Short: "Import services that people look for and others give",
		Long: "Reads a table with the columns code, name, words, provider and, when there, name_en, provider_en, url, position.\n" +
			"Whoever types one of the names or words (phrases between commas) into the search is told who gives the service.\n" +
			"Rows are added and updated by their code, never removed.",
		Example: "  internal-site import elsewhere --file elsewhere.csv --dry-run",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return flags.run(cmd, func(ctx context.Context, db pg.Beginner, files fs.FS, name string, o importing.Options) (*report.Report, error) {
				return paths.ImportElsewhere(ctx, db, files, name, o)
			})
		},
	}
	flags.bind(cmd, "the list")
	return cmd
}

func newImportSteps() *cobra.Command {
	var flags importFlags
	cmd := &cobra.Command{
		Use:   "steps",
		Short: "Import the order of services in life situations",
		Long: "Reads a table with the columns situation, service, step and, when there, note and note_en; situations and services are\n" +
			"named by their codes. Services with the same step are applied for together; 100 stands beside the path.",
		Example: "  internal-site import steps --file steps.csv --dry-run",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return flags.run(cmd, func(ctx context.Context, db pg.Beginner, files fs.FS, name string, o importing.Options) (*report.Report, error) {
				return paths.ImportSteps(ctx, db, files, name, o)
			})
		},
	}
	flags.bind(cmd, "the order")
	return cmd
}
