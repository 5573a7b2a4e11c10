package main

import (
	"context"
	"io/fs"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/services"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

func newImportServices() *cobra.Command {
	var flags importFlags
	var mapping string
	cmd := &cobra.Command{
		Use:   "services",
		Short: "Import a catalogue of services from another system",
		Long: "Reads the table of services and the tables and pages beside it, as the mapping describes them, repairs\n" +
			"what has one reading, and adds and updates services with their cards. Services that the source has no more\n" +
			"are reported and stay; what staff have changed stays theirs. deploy/import/igov.yaml is a complete mapping,\n" +
			"internal-site/internal/importing/README.md explains every key.",
		Example: "  internal-site import services --file igov/Service.csv --mapping deploy/import/igov.yaml --dry-run",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if mapping == "" {
				return fault.Usagef("--mapping is missing: name the file that says what the columns mean")
			}
			m, err := services.LoadMapping(mapping)
			if err != nil {
				return err
			}
			return flags.run(cmd, func(ctx context.Context, db pg.Beginner, files fs.FS, name string, o importing.Options) (*report.Report, error) {
				return services.Import(ctx, db, services.Source{Files: files, Name: name, Mapping: m}, o)
			})
		},
	}
	flags.bind(cmd, "the table of services")
	cmd.Flags().StringVar(&mapping, "mapping", "", "what the files mean (YAML)")
	return cmd
}
