// Package program holds what the commands of both sites have in common: the root command with its configuration flag, signals, exit
// codes, the verbs migrate and validate, and running a service from start to end. It may import cobra, pgx, and from shared
// background, blob, config, fault, logs, operations, pg and web.
package program

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Root makes the command name with the flag --config, whose default is name.yaml. What a person types wrong is
// wrong usage, exit code 2.
func Root(name, short string, verbs ...*cobra.Command) *cobra.Command {
	root := &cobra.Command{
		Use:   name,
		Short: short,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fault.Usagef("unknown command %q; see `%s --help`", args[0], c.CommandPath())
			}
			return nil
		},
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().String("config", name+".yaml", "configuration file")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fault.Usagef("%w; see `%s --help`", err, c.CommandPath())
	})
	root.AddCommand(verbs...)
	return root
}

// Main runs the command until it ends or the process is told to stop, and exits with the code of its error.
func Main(root *cobra.Command) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := root.ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, root.Name()+": "+err.Error())
	}
	os.Exit(fault.ExitCode(err))
}

// Migrate makes the verb that brings the database behind dsn to the newest of files; table is where the applied
// version is kept.
func Migrate(files fs.FS, table string, dsn func(*cobra.Command) (string, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to this release's schema",
		Long: "Applies the migrations that the database has not seen yet, each in a transaction of its own.\n" +
			"It uses database.owner_dsn and is safe to repeat.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := dsn(cmd)
			if err != nil {
				return err
			}
			return migrate(cmd, files, table, address)
		},
	}
}

func migrate(cmd *cobra.Command, files fs.FS, table, dsn string) error {
	conn, err := pgx.Connect(cmd.Context(), dsn)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "", "database")
	}
	defer func() { _ = conn.Close(context.WithoutCancel(cmd.Context())) }()
	out := cmd.OutOrStdout()
	applied, err := pg.Migrate(cmd.Context(), conn, files, table, func(path string) { fmt.Fprintln(out, path) })
	if err != nil {
		return err
	}
	if len(applied) == 0 {
		fmt.Fprintln(out, "the schema is this release's already")
	} else {
		fmt.Fprintf(out, "the schema is this release's; migrations applied: %d\n", len(applied))
	}
	return nil
}
