package main

import (
	"context"
	"io/fs"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/katottg"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/table"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

func newImportKatottg() *cobra.Command {
	var flags importFlags
	var encoding, sheet string
	cmd := &cobra.Command{
		Use:   "katottg",
		Short: "Import КАТОТТГ, the codifier of administrative units",
		Long: "Reads the table that the ministry publishes, in CSV or XLSX, checks every row against the others, and\n" +
			"adds and updates units. Units that a new edition has no more are reported and stay.",
		Example: "  internal-site import katottg --file kodifikator.csv\n  internal-site import katottg --file kodifikator.xlsx --dry-run --report check.csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if encoding != table.EncodingUTF8 && encoding != table.EncodingWindows1251 {
				return fault.Usagef("--encoding: want %s or %s, have %q", table.EncodingUTF8, table.EncodingWindows1251, encoding)
			}
			return flags.run(cmd, func(ctx context.Context, db pg.Beginner, files fs.FS, name string, o importing.Options) (*report.Report, error) {
				return katottg.Import(ctx, db, katottg.Source{Files: files, Name: name, Encoding: encoding, Sheet: sheet}, o)
			})
		},
	}
	flags.bind(cmd, "the codifier")
	cmd.Flags().StringVar(&encoding, "encoding", table.EncodingUTF8, "encoding of a CSV file: utf-8 or windows-1251")
	cmd.Flags().StringVar(&sheet, "sheet", "", "sheet of a workbook (default the first)")
	return cmd
}
