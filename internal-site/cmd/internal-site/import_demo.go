package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/demo"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/importing/progress"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// demoFlags are the flags of `import demo`.
type demoFlags struct {
	today       string
	signIns     string
	signInsOnly bool
	json        bool
}

func newImportDemo() *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Load the demo region into an empty database",
		Long: "Loads a fictional region: centres, authorities, services with complete cards and forms, staff of every role,\n" +
			"and cases at all stages. It refuses a database that holds anything else, and does nothing where it was\n" +
			"loaded before. All accounts have one known password: never load it where real people work.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.today, "today", "", "the day that the region's dates are counted from, YYYY-MM-DD (default today in Kyiv)")
	flags.StringVar(&f.signIns, "sign-ins", "", "write the accounts with their passwords to this file as JSON, readable by its owner only")
	flags.BoolVar(&f.signInsOnly, "sign-ins-only", false, "load nothing, only tell the accounts")
	flags.BoolVar(&f.json, "json", false, "print accounts, and applications that can be followed, as JSON")
	return cmd
}

func (f *demoFlags) run(cmd *cobra.Command) error {
	signIns, err := demo.SignIns()
	if err != nil {
		return err
	}
	out := told{SignIns: signIns}
	if !f.signInsOnly {
		if out.Applications, err = f.load(cmd); err != nil {
			return err
		}
	}
	if f.signIns != "" {
		if err := writeSignIns(f.signIns, signIns); err != nil {
			return err
		}
	}
	return f.print(cmd.OutOrStdout(), out)
}

// told is what the command prints.
type told struct {
	SignIns      []demo.SignIn      `json:"sign_ins"`
	Applications []demo.Application `json:"applications,omitempty"`
}

func (f *demoFlags) load(cmd *cobra.Command) ([]demo.Application, error) {
	today, err := f.day()
	if err != nil {
		return nil, err
	}
	c, err := load(cmd)
	if err != nil {
		return nil, err
	}
	pool, err := pg.Open(cmd.Context(), c.Database.Owner(), pg.Options{
		MaxConns: 2, StatementTimeout: 2 * time.Minute, ApplicationName: "internal-site import demo",
	})
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	if err := pool.Ping(cmd.Context()); err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "", "database")
	}
	store := c.Objects
	store.Bucket = documents.BucketDocuments
	bucket, err := blob.Open(store)
	if err != nil {
		return nil, err
	}
	if err := bucket.Ensure(cmd.Context()); err != nil {
		return nil, err
	}
	return loadDemo(cmd.Context(), cmd.ErrOrStderr(), pool, bucket, today)
}

func loadDemo(ctx context.Context, log io.Writer, pool *pgxpool.Pool, bucket *blob.Bucket, today time.Time) ([]demo.Application, error) {
	words := report.Words.In(locale.UK)
	bar := progress.New(log, progress.Terminal(os.Stderr), words, time.Now)
	stage := ""
	store := demo.NewStore(pool)
	r, err := store.Load(ctx, bucket, demo.Options{Today: today, Progress: func(step string, done, total int) {
		if step != stage {
			bar.Stage(step, total)
			stage = step
		}
		if done > 0 {
			bar.Add(1)
		}
	}})
	if err != nil {
		bar.Abort()
		return nil, err
	}
	bar.End()
	if r.Already {
		fmt.Fprintln(log, words.T("import.demo_already"))
	} else {
		fmt.Fprintln(log, words.T("import.demo_loaded",
			r.Rows["catalogue.services"], r.Rows["org.centres"]+r.Rows["org.authorities"], r.Rows["cases.cases"], r.Objects))
	}
	return store.Applications(ctx, 10)
}

func (f *demoFlags) day() (time.Time, error) {
	if f.today == "" {
		return time.Now().In(locale.Kyiv()), nil
	}
	day, err := time.Parse(time.DateOnly, f.today)
	if err != nil {
		return day, fault.Usagef("--today: want a date like 2026-11-22, have %q", f.today)
	}
	return day, nil
}

func writeSignIns(path string, list []demo.SignIn) error {
	raw, err := json.MarshalIndent(list, "", "  ") // #nosec G117 -- the passwords of a demo are there to be told
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, append(raw, '\n'), 0o600); err != nil {
		return fault.Usagef("--sign-ins: %w", err)
	}
	return os.Chmod(path, 0o600) // an older file may have been readable by others
}

func (f *demoFlags) print(out io.Writer, t told) error {
	if f.json {
		return json.NewEncoder(out).Encode(t)
	}
	for _, s := range t.SignIns {
		fmt.Fprintf(out, "%-22s %-22s %s\n", s.Role, s.Login, s.Password)
	}
	for _, a := range t.Applications {
		fmt.Fprintf(out, "%s  %s  %s  %s (%s)\n", a.Receipt, a.Number, a.Code, a.Service, a.State)
	}
	return nil
}
