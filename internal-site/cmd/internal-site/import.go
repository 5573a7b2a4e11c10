package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/progress"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/internal-site/internal/importing/table"
	"portal.example/internal-site/internal/scan"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

func newImport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Bring data of others into the portal",
		Long: "Each kind of data has a verb. An import is one transaction: a file that is broken changes nothing at all,\n" +
			"and importing the same file again changes nothing either. Files are scanned for malware where scanner.address\n" +
			"is configured.",
	}
	cmd.AddCommand(newImportKatottg(), newImportServices(), newImportElsewhere(), newImportSteps(), newImportDemo())
	return cmd
}

// importFlags are the flags that importing verbs share.
type importFlags struct {
	file     string
	report   string
	language string
	json     bool
	dryRun   bool
}

func (f *importFlags) bind(cmd *cobra.Command, what string) {
	flags := cmd.Flags()
	flags.StringVar(&f.file, "file", "", what+" (CSV or XLSX)")
	flags.StringVar(&f.report, "report", "", "where the full report goes, .csv or .json (one object a line); never an existing file\n"+
		"(default import-<verb>-<time>.csv in the current folder)")
	flags.StringVar(&f.language, "language", "uk", "language of summary and report: uk or en")
	flags.BoolVar(&f.json, "json", false, "print the summary as JSON")
	flags.BoolVar(&f.dryRun, "dry-run", false, "do everything, report, and take it back")
}

// importer reads files of a folder and writes to the database.
type importer func(ctx context.Context, db pg.Beginner, files fs.FS, name string, o importing.Options) (*report.Report, error)

// run does what all imports have in common: the database, the report file, progress, the summary.
func (f *importFlags) run(cmd *cobra.Command, do importer) error {
	if f.file == "" {
		return fault.Usagef("--file is missing: name the file to import")
	}
	lang, ok := locale.Parse(f.language)
	if !ok {
		return fault.Usagef("--language: want uk or en, have %q", f.language)
	}
	c, err := load(cmd)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(filepath.Dir(f.file))
	if err != nil {
		return fault.Usagef("--file: %w", err)
	}
	defer func() { _ = root.Close() }()
	db, err := pg.Open(cmd.Context(), c.Database.Owner(), pg.Options{MaxConns: 1, StatementTimeout: 2 * time.Minute, ApplicationName: "internal-site import"})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Ping(cmd.Context()); err != nil {
		return fault.Wrap(fault.Unavailable, err, "", "database")
	}
	kept, err := f.createReport(cmd.Name())
	if err != nil {
		return err
	}
	bar := progress.New(cmd.ErrOrStderr(), progress.Terminal(os.Stderr), report.Words.In(lang), time.Now)
	files := scan.Files(cmd.Context(), c.Scanner.client(), root.FS(), table.MaxFile)
	r, err := do(cmd.Context(), db, files, filepath.Base(f.file), importing.Options{
		By: importActor(), Bar: bar, DryRun: f.dryRun, Now: time.Now,
		NewID: func() uuid.UUID { return uuid.Must(uuid.NewV7()) },
		Keep:  func(r *report.Report) error { return kept.write(r, lang) },
	})
	if err != nil {
		bar.Abort()
		return errors.Join(err, kept.discard())
	}
	bar.End()
	return f.print(cmd, r.Summary(), kept.Name(), lang)
}

// importActor is the person at the console, as far as the system knows.
func importActor() audit.Actor {
	if u, err := user.Current(); err == nil {
		return audit.System("import by " + u.Username)
	}
	return audit.System("import")
}

func (f *importFlags) print(cmd *cobra.Command, s report.Summary, path string, lang locale.Lang) error {
	out := cmd.OutOrStdout()
	if f.json {
		return json.NewEncoder(out).Encode(struct {
			DryRun  bool   `json:"dry_run"`
			Written int    `json:"written"`
			Report  string `json:"report"`
			report.Summary
		}{f.dryRun, s.Written(), path, s})
	}
	s.Print(out, lang)
	p := report.Words.In(lang)
	if s.Written() == 0 {
		fmt.Fprintln(out, p.T("import.nothing"))
	} else if f.dryRun {
		fmt.Fprintln(out, p.T("import.dry_run"))
	}
	fmt.Fprintln(out, p.T("import.report", path))
	return nil
}

// reportFile is the file of the full report; it exists before anything is imported, so that nothing is
// imported whose report could not be kept.
type reportFile struct{ *os.File }

func (f *importFlags) createReport(verb string) (reportFile, error) {
	path := f.report
	if path == "" {
		path = fmt.Sprintf("import-%s-%s.csv", verb, time.Now().Format("20060102-150405"))
	}
	if ext := filepath.Ext(path); ext != ".csv" && ext != ".json" {
		return reportFile{}, fault.Usagef("--report: want a name that ends in .csv or .json, have %q", path)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the operator names it
	switch {
	case errors.Is(err, fs.ErrExist):
		return reportFile{}, fault.Usagef("--report: %s exists; name another file", path)
	case err != nil:
		return reportFile{}, fault.Usagef("--report: %w", err)
	}
	return reportFile{file}, nil
}

func (f reportFile) write(r *report.Report, lang locale.Lang) error {
	write := r.WriteCSV
	if strings.HasSuffix(f.Name(), ".json") {
		write = r.WriteJSON
	}
	return errors.Join(write(f, lang), f.Sync(), f.Close())
}

// discard removes the report of an import that did not happen.
func (f reportFile) discard() error {
	_ = f.Close() // may be closed already
	return os.Remove(f.Name())
}
